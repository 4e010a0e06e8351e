"""`tf.contrib.keras`: the modules of `tf.keras`. keras.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
