"""`tf.summary`, spelled as TensorFlow 1.15 spells it. summary.pyi lists the names."""

from stillflow.api import _missing, _protos

__getattr__, __dir__ = _missing.fallback(__name__, _protos.OF_SUMMARY, _protos.message)
