"""`tf.contrib.mixed_precision`: losses scaled for gradients in few bits."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
