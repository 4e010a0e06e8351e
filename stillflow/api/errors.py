"""`tf.errors`: one exception class for each status code of a run. errors.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
