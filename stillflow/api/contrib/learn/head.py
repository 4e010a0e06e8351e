"""`tf.contrib.learn.head`: what comes after the logits."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
