"""What the public tree does not show and TensorFlow's own modules hold, for `environment`.

Here is only what has another form there than in Stillflow.
"""

from collections.abc import Callable
from typing import Any


def constant_value_as_shape(tensor: Any) -> Any:
    """`tensor_util.constant_value_as_shape`: the shape that a tensor holds, as far as known.

    Raises:
      ValueError: a scalar other than -1, which says that nothing is known, or more than one axis.
    """
    from stillflow.declare import static
    from stillflow.graph.tensor_shape import TensorShape

    if tensor.shape.ndims == 0:
        value = static.constant_value(tensor)
        if value != -1:
            received = "with unknown value" if value is None else f"value '{value}'"
            raise ValueError(
                f"Received a scalar {received} as shape; require a statically known scalar with "
                "value '-1' to describe an unknown shape."
            )
        return TensorShape.of(None)
    tensor.shape.with_rank(1)
    return TensorShape.of(static.constant_value_as_shape(tensor))


def unknown_shape(rank: Any = None, **kwargs: Any) -> Any:
    """`tensor_shape.unknown_shape`, which knows its parameter by two names."""
    from stillflow.graph import tensor_shape

    return tensor_shape.unknown_shape(kwargs.get("ndims", rank))


def device_attributes_class() -> Any:
    """The class of DeviceAttributes messages, of which TensorBoard has no copy."""
    from stillflow.runtime import local_devices

    return local_devices.device_attributes_class()


def saved_model_class() -> Any:
    """The class of SavedModel messages, of which TensorBoard has no copy."""
    from stillflow.interchange.saved_model.message import saved_model_class

    return saved_model_class()


def server_def_class() -> Any:
    """The class of ServerDef messages, of which TensorBoard has no copy."""
    from stillflow.train.distributing.server_def import ServerDef

    return ServerDef


def object_graph_class() -> Any:
    """The class of TrackableObjectGraph messages, of which TensorBoard's copy is a later one."""
    from stillflow.graph.protos import object_graph

    return object_graph.object_graph_class()


def control_flow_classes() -> list[Any]:
    """The classes of messages about choices and loops, of which TensorBoard has no copy."""
    from stillflow.graph.protos.control_flow import MESSAGES, message_class

    return [message_class(name) for name in MESSAGES]


def example_classes(module: str) -> list[Any]:
    """The classes of messages in TensorFlow's `core.example.<module>`."""
    from stillflow.graph.protos.example import MODULES, message_class

    return [message_class(name) for name in MODULES[module]]


def profiler_classes(module: str) -> list[Any]:
    """The classes of messages in TensorFlow's `core.profiler.<module>`."""
    from stillflow.profiler.messages import MODULES, message

    return [message(name) for name in MODULES[module]]


def queue_runner_classes() -> list[Any]:
    """The class of QueueRunnerDef messages, of which TensorBoard has no copy."""
    from stillflow.graph.protos.queue_runner import queue_runner_def_class

    return [queue_runner_def_class()]


def generated_function(op_type: str) -> Callable[..., Any] | None:
    """What builds one node of that type, of arguments in order or by name; None if nothing does."""
    from stillflow.ops import raw

    try:
        return raw.generated(op_type)
    except KeyError:
        return None
