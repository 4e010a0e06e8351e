"""`tf.keras.applications.inception_resnet_v2`. inception_resnet_v2.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
