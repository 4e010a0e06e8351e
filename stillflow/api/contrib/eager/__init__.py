"""`tf.contrib.eager`. Re-exports only, which __init__.pyi lists."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
