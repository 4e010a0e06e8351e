"""`tf.keras.applications.vgg16`. vgg16.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
