"""`tf.contrib.tfprof`: the profiler under its older names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
