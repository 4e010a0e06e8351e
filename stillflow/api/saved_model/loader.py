"""`tf.saved_model.loader`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.interchange.saved_model.loader import load as load
from stillflow.interchange.saved_model.loader import (
    maybe_saved_model_directory as maybe_saved_model_directory,
)

__getattr__, __dir__ = _missing.fallback(__name__)
