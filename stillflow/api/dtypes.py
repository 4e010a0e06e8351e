"""`tf.dtypes`: element types and conversions between them. dtypes.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
