"""`tf.contrib.eager.metrics`. Re-exports only."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
