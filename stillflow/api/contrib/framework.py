"""`tf.contrib.framework`, spelled as TensorFlow 1.15 spells it. Re-exports only."""

from stillflow.api import _missing
from stillflow.checkpoint.management import list_variables as list_variables
from stillflow.checkpoint.management import load_checkpoint as load_checkpoint
from stillflow.checkpoint.management import load_variable as load_variable
from stillflow.train.checkpoint_init import init_from_checkpoint as init_from_checkpoint
from stillflow.train.contrib_variables import assign_from_checkpoint as assign_from_checkpoint
from stillflow.train.contrib_variables import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from stillflow.train.contrib_variables import assign_from_values as assign_from_values
from stillflow.train.contrib_variables import assign_from_values_fn as assign_from_values_fn
from stillflow.train.contrib_variables import filter_variables as filter_variables
from stillflow.train.contrib_variables import get_local_variables as get_local_variables
from stillflow.train.contrib_variables import get_model_variables as get_model_variables
from stillflow.train.contrib_variables import get_trainable_variables as get_trainable_variables
from stillflow.train.contrib_variables import get_unique_variable as get_unique_variable
from stillflow.train.contrib_variables import get_variable_full_name as get_variable_full_name
from stillflow.train.contrib_variables import get_variables as get_variables
from stillflow.train.contrib_variables import get_variables_by_name as get_variables_by_name
from stillflow.train.contrib_variables import get_variables_by_suffix as get_variables_by_suffix
from stillflow.train.contrib_variables import get_variables_to_restore as get_variables_to_restore
from stillflow.train.training_util import assert_global_step as assert_global_step
from stillflow.train.training_util import create_global_step as create_global_step
from stillflow.train.training_util import get_global_step as get_global_step
from stillflow.train.training_util import get_or_create_global_step as get_or_create_global_step

__getattr__, __dir__ = _missing.fallback(__name__)
