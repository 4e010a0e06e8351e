"""`tf.contrib.learn.monitors`: what looks at a training."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
