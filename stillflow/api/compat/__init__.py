"""`tf.compat`: TensorFlow 1.15's `compat.v1` repeats the root, so here it is the root."""

import stillflow.api as v1  # noqa: F401
from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
