from stillflow.api.contrib.eager import metrics as metrics
from stillflow.eager.iterator import Iterator as Iterator
from stillflow.eager.network_checkpoints import (
    restore_network_checkpoint as restore_network_checkpoint,
)
from stillflow.eager.network_checkpoints import save_network_checkpoint as save_network_checkpoint
from stillflow.eager.saving import Saver as Saver
from stillflow.eager.saving import get_optimizer_variables as get_optimizer_variables
from stillflow.eager.saving import restore_variables_on_create as restore_variables_on_create
from stillflow.functions.decorated import function as function
from stillflow.functions.polymorphic import defun as defun
from stillflow.gradients.custom import custom_gradient as custom_gradient
from stillflow.gradients.eager_functions import gradients_function as gradients_function
from stillflow.gradients.eager_functions import implicit_gradients as implicit_gradients
from stillflow.gradients.eager_functions import (
    implicit_value_and_gradients as implicit_value_and_gradients,
)
from stillflow.gradients.eager_functions import (
    value_and_gradients_function as value_and_gradients_function,
)
from stillflow.gradients.gradient_tape import GradientTape as GradientTape
from stillflow.gradients.py_function import py_function
from stillflow.graph.context import executing_eagerly as executing_eagerly
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.layers.network import Network as Network
from stillflow.layers.network import Sequential as Sequential
from stillflow.ops.variables.eager_store import EagerVariableStore as EagerVariableStore
from stillflow.ops.variables.resource_variable import ResourceVariable
from stillflow.ops.variables.template import make_template as make_template
from stillflow.runtime.eager.callbacks import add_execution_callback as add_execution_callback
from stillflow.runtime.eager.callbacks import clear_execution_callbacks as clear_execution_callbacks
from stillflow.runtime.eager.eager_context import async_clear_error as async_clear_error
from stillflow.runtime.eager.eager_context import async_wait as async_wait
from stillflow.runtime.eager.eager_context import execution_mode as execution_mode
from stillflow.runtime.eager.eager_context import list_devices as list_devices
from stillflow.runtime.eager.eager_context import num_gpus as num_gpus
from stillflow.runtime.eager.eager_context import set_execution_mode as set_execution_mode
from stillflow.runtime.eager.mode import ASYNC as ASYNC
from stillflow.runtime.eager.mode import DEVICE_PLACEMENT_EXPLICIT as DEVICE_PLACEMENT_EXPLICIT
from stillflow.runtime.eager.mode import DEVICE_PLACEMENT_SILENT as DEVICE_PLACEMENT_SILENT
from stillflow.runtime.eager.mode import DEVICE_PLACEMENT_WARN as DEVICE_PLACEMENT_WARN
from stillflow.runtime.eager.mode import SYNC as SYNC
from stillflow.runtime.eager.mode import eager_run
from stillflow.runtime.eager.mode import enable_eager_execution as enable_eager_execution
from stillflow.runtime.eager.numerics import ExecutionCallback as ExecutionCallback
from stillflow.runtime.eager.numerics import errstate as errstate
from stillflow.runtime.eager.numerics import inf_callback as inf_callback
from stillflow.runtime.eager.numerics import inf_nan_callback as inf_nan_callback
from stillflow.runtime.eager.numerics import nan_callback as nan_callback
from stillflow.runtime.eager.numerics import seterr as seterr
from stillflow.testing.decorators import (
    run_all_in_graph_and_eager_modes,
    run_in_graph_and_eager_modes,
)
from stillflow.tracking.auto import AutoTrackable
from stillflow.train.objects.checkpoint import Checkpoint as Checkpoint

Checkpointable = AutoTrackable
Variable = ResourceVariable
py_func = py_function
run = eager_run
in_eager_mode = executing_eagerly
run_all_tests_in_graph_and_eager_modes = run_all_in_graph_and_eager_modes
run_test_in_graph_and_eager_modes = run_in_graph_and_eager_modes
