"""`tf.compat.v2.image`: what differs there from `tf.image`, and the rest. Re-exports only."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
