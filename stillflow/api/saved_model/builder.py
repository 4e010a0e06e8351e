"""`tf.saved_model.builder`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.interchange.saved_model.builder import SavedModelBuilder as SavedModelBuilder

__getattr__, __dir__ = _missing.fallback(__name__)
