"""`tf.compat`: TensorFlow 1.15's `compat.v1` repeats the root, so here it is the root."""

import numbers as _numbers

import numpy as _np

from stillflow.api import _missing

bytes_or_text_types = (bytes, str)
integral_types = (_numbers.Integral, _np.integer)
real_types = (_numbers.Real, _np.integer, _np.floating)
complex_types = (_numbers.Complex, _np.number)

__getattr__, __dir__ = _missing.fallback(__name__)
