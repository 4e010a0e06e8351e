"""`tf.saved_model.main_op`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.interchange.saved_model.main_op import main_op as main_op
from stillflow.interchange.saved_model.main_op import main_op_with_restore as main_op_with_restore

__getattr__, __dir__ = _missing.fallback(__name__)
