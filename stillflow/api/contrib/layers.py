"""`tf.contrib.layers`: regularizers and initializers."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
