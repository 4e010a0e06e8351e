from stillflow.interchange.constants_for_variables import (
    convert_variables_to_constants as convert_variables_to_constants,
)
from stillflow.interchange.freezing import extract_sub_graph as extract_sub_graph
from stillflow.interchange.freezing import must_run_on_cpu as must_run_on_cpu
from stillflow.interchange.freezing import remove_training_nodes as remove_training_nodes
from stillflow.interchange.freezing import (
    tensor_shape_from_node_def_name as tensor_shape_from_node_def_name,
)
from stillflow.interchange.importer import import_graph_def as import_graph_def
