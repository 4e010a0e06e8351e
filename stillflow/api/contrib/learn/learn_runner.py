"""`tf.contrib.learn.learn_runner`: experiments, run by a schedule."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
