"""`tf.contrib.eager`, as far as it has a meaning in graphs. eager.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
