from stillflow.graph.nest import assert_same_structure as assert_same_structure
from stillflow.graph.nest import flatten as flatten
from stillflow.graph.nest import flatten_dict_items as flatten_dict_items
from stillflow.graph.nest import (
    flatten_with_joined_string_paths as flatten_with_joined_string_paths,
)
from stillflow.graph.nest import flatten_with_tuple_paths as flatten_with_tuple_paths
from stillflow.graph.nest import is_nested as is_nested
from stillflow.graph.nest import is_sequence as is_sequence
from stillflow.graph.nest import map_structure as map_structure
from stillflow.graph.nest import map_structure_with_paths as map_structure_with_paths
from stillflow.graph.nest import map_structure_with_tuple_paths as map_structure_with_tuple_paths
from stillflow.graph.nest import pack_sequence_as as pack_sequence_as
from stillflow.graph.nest import yield_flat_paths as yield_flat_paths
from stillflow.graph.nest_above import assert_shallow_structure as assert_shallow_structure
from stillflow.graph.nest_above import flatten_up_to as flatten_up_to
from stillflow.graph.nest_above import (
    get_traverse_shallow_structure as get_traverse_shallow_structure,
)
from stillflow.graph.nest_above import map_structure_up_to as map_structure_up_to
