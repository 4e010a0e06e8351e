"""`tf.contrib.learn.io`: arrays, tables and files as input."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
