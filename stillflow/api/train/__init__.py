"""`tf.train`, spelled as TensorFlow 1.15 spells it. __init__.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
