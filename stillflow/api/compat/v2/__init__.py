"""`tf.compat.v2`: what TensorFlow 1.15 offers of version 2 where it differs. Re-exports only."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
