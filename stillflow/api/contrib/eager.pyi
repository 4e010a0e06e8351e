from stillflow.gradients.custom import custom_gradient as custom_gradient
from stillflow.graph.behavior import is_at_2
from stillflow.graph.tensor_spec import TensorSpec as TensorSpec
from stillflow.ops.debug.py_func import py_func as py_func
from stillflow.ops.variables.template import make_template as make_template
from stillflow.testing.decorators import (
    run_all_in_graph_and_eager_modes,
    run_in_graph_and_eager_modes,
)
from stillflow.tracking.auto import AutoTrackable
from stillflow.train.objects.checkpoint import Checkpoint as Checkpoint

Checkpointable = AutoTrackable
executing_eagerly = is_at_2
in_eager_mode = is_at_2
run_all_tests_in_graph_and_eager_modes = run_all_in_graph_and_eager_modes
run_test_in_graph_and_eager_modes = run_in_graph_and_eager_modes
