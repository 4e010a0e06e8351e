"""`tf.profiler`: reports of what a graph holds and what its runs took."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
