"""`tf.compat.v2.keras.callbacks`. callbacks.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
