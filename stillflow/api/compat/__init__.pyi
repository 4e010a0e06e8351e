from stillflow import api
from stillflow.api.compat import v2 as v2
from stillflow.graph.tensor_shape import dimension_at_index as dimension_at_index
from stillflow.graph.tensor_shape import dimension_value as dimension_value
from stillflow.graph.text import as_bytes as as_bytes
from stillflow.graph.text import as_str_any as as_str_any
from stillflow.graph.text import as_text as as_text
from stillflow.graph.text import path_to_str as path_to_str
from stillflow.platform.forward_compatibility import (
    forward_compatibility_horizon as forward_compatibility_horizon,
)
from stillflow.platform.forward_compatibility import forward_compatible as forward_compatible

as_str = as_text
v1 = api
bytes_or_text_types: tuple[type, ...]
integral_types: tuple[type, ...]
real_types: tuple[type, ...]
complex_types: tuple[type, ...]
