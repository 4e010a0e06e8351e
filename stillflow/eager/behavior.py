"""The switches between the behaviour of TensorFlow 1 and that of TensorFlow 2."""

from __future__ import annotations

from stillflow.graph import version_behavior
from stillflow.graph.shape_behavior import disable_v2_tensorshape, enable_v2_tensorshape
from stillflow.ops.equality import disable_tensor_equality, enable_tensor_equality
from stillflow.ops.variables.kinds import disable_resource_variables, enable_resource_variables
from stillflow.runtime.eager.mode import disable_eager_execution, enable_eager_execution


class _Switches:
    """What stands at 2."""

    control_flow = False


def enable_v2_behavior() -> None:
    """Switches all that differs to TensorFlow 2's way, in a program that has built nothing yet.

    Eager execution, numbers as the sizes of shapes, variables behind handles, `==` of values; of
    Keras also layers' types, initializers by name, metrics' names and the format of files.

    Raises:
      ValueError: something was built in the default graph before.
    """
    enable_eager_execution()
    enable_v2_tensorshape()
    enable_resource_variables()
    enable_tensor_equality()
    enable_control_flow_v2()
    version_behavior.enable()


def disable_v2_behavior() -> None:
    """Switches all that differs to TensorFlow 1's way."""
    disable_eager_execution()
    disable_v2_tensorshape()
    disable_resource_variables()
    disable_tensor_equality()
    disable_control_flow_v2()
    version_behavior.disable()


def enable_control_flow_v2() -> None:
    """Records that choices and loops are to be TensorFlow 2's.

    They compute the same either way; here a graph has them as Switch and Merge nodes in both.
    """
    _Switches.control_flow = True


def disable_control_flow_v2() -> None:
    """Records that choices and loops are to be TensorFlow 1's."""
    _Switches.control_flow = False


def control_flow_v2_enabled() -> bool:
    """Whether choices and loops are to be TensorFlow 2's."""
    return _Switches.control_flow
