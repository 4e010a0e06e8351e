"""`tf.keras.applications.inception_v3`. inception_v3.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
