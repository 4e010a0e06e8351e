"""`tf.autograph`: Python's control flow as TensorFlow's. __init__.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
