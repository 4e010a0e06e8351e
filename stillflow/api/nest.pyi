from stillflow.graph.nest import assert_same_structure as assert_same_structure
from stillflow.graph.nest import flatten as flatten
from stillflow.graph.nest import is_nested as is_nested
from stillflow.graph.nest import map_structure as map_structure
from stillflow.graph.nest import pack_sequence_as as pack_sequence_as
