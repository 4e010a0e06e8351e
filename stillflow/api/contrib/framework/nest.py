"""`tf.contrib.framework.nest`: nested structures, beyond `tf.nest`. nest.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
