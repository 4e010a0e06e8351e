from stillflow.layers.contrib.collecting import NamedOutputs as NamedOutputs
from stillflow.layers.contrib.collecting import append_tensor_alias as append_tensor_alias
from stillflow.layers.contrib.collecting import collect_named_outputs as collect_named_outputs
from stillflow.layers.contrib.collecting import (
    convert_collection_to_dict as convert_collection_to_dict,
)
from stillflow.layers.contrib.collecting import gather_tensors_aliases as gather_tensors_aliases
from stillflow.layers.contrib.collecting import get_tensor_aliases as get_tensor_aliases
from stillflow.layers.contrib.collecting import get_variable_collections as get_variable_collections
from stillflow.layers.contrib.conditions import constant_value as constant_value
from stillflow.layers.contrib.conditions import smart_cond as smart_cond
from stillflow.layers.contrib.conditions import static_cond as static_cond
from stillflow.layers.contrib.sizes import channel_dimension as channel_dimension
from stillflow.layers.contrib.sizes import last_dimension as last_dimension
from stillflow.layers.contrib.sizes import n_positive_integers as n_positive_integers
from stillflow.layers.contrib.sizes import two_element_tuple as two_element_tuple
