"""`tf.contrib`, spelled as TensorFlow 1.15 spells it."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
