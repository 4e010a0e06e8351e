"""`tf.feature_column`: features as the numbers of a model. feature_column.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
