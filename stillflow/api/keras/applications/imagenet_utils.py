"""`tf.keras.applications.imagenet_utils`. imagenet_utils.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
