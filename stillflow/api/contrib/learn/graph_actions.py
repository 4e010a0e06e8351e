"""`tf.contrib.learn.graph_actions`: graphs run for a program."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
