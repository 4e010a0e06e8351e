"""`tf.compat.v2.strings`: what differs there from `tf.strings`, and the rest. Re-exports only."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
