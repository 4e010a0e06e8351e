"""`tf.saved_model.tag_constants`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.interchange.saved_model.names import GPU as GPU
from stillflow.interchange.saved_model.names import SERVING as SERVING
from stillflow.interchange.saved_model.names import TPU as TPU
from stillflow.interchange.saved_model.names import TRAINING as TRAINING

__getattr__, __dir__ = _missing.fallback(__name__)
