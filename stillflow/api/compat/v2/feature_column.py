"""`tf.compat.v2.feature_column`. feature_column.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
