"""`tf.compat`: TensorFlow 1.15's `compat.v1` repeats the root, so here it is the root."""

import numbers as _numbers

import numpy as _np

import stillflow.api as v1
from stillflow.api import _missing
from stillflow.graph.tensor_shape import dimension_at_index as dimension_at_index
from stillflow.graph.tensor_shape import dimension_value as dimension_value
from stillflow.graph.text import as_bytes as as_bytes
from stillflow.graph.text import as_str_any as as_str_any
from stillflow.graph.text import as_text as as_str
from stillflow.graph.text import as_text as as_text
from stillflow.graph.text import path_to_str as path_to_str

bytes_or_text_types = (bytes, str)
integral_types = (_numbers.Integral, _np.integer)
real_types = (_numbers.Real, _np.integer, _np.floating)
complex_types = (_numbers.Complex, _np.number)

__getattr__, __dir__ = _missing.fallback(__name__)
