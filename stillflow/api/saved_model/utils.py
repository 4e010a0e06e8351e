"""`tf.saved_model.utils`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.interchange.saved_model.signatures import build_tensor_info as build_tensor_info
from stillflow.interchange.saved_model.signatures import (
    get_tensor_from_tensor_info as get_tensor_from_tensor_info,
)

__getattr__, __dir__ = _missing.fallback(__name__)
