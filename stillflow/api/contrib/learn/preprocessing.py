"""`tf.contrib.learn.preprocessing`: texts and categories as numbers."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
