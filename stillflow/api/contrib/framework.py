"""`tf.contrib.framework`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.train.training_util import assert_global_step as assert_global_step
from stillflow.train.training_util import create_global_step as create_global_step
from stillflow.train.training_util import get_global_step as get_global_step
from stillflow.train.training_util import get_or_create_global_step as get_or_create_global_step

__getattr__, __dir__ = _missing.fallback(__name__)
