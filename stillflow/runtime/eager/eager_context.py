"""`context.context()`: what TensorFlow's own modules and programs ask of eager mode's context."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.graph import context
from stillflow.graph.eager_tensor import DEVICE
from stillflow.graph.scopes import device as device_scope
from stillflow.runtime.eager.mode import SYNC

GRAPH_MODE = 0
EAGER_MODE = 1
_CPU = "CPU:0"


class Context:
    """The one context of a process; what differs between threads, it asks of the thread."""

    execution_mode = SYNC
    device_policy = None
    config = None

    def executing_eagerly(self) -> bool:
        return context.executing_eagerly()

    def ensure_initialized(self) -> None:
        """Nothing is to be initialized."""

    def num_gpus(self) -> int:
        """0: eager operations run on the CPU."""
        return 0

    def devices(self) -> list[str]:
        return [DEVICE]

    def list_physical_devices(self, device_type: str | None = None) -> list[str]:
        return [DEVICE] if device_type in (None, "CPU") else []

    @property
    def device_name(self) -> str | None:
        name: str = context.eager_graph()._current_device()
        return name or None

    @property
    def scope_name(self) -> str:
        scope: str = context.eager_graph().get_name_scope()
        return f"{scope}/" if scope else ""

    def device(self, name: Any) -> AbstractContextManager:
        return device_scope(name)

    def async_wait(self) -> None:
        """Nothing is waited for: each operation is done when its call returns."""

    def async_clear_error(self) -> None:
        """No error waits to be told."""

    def start_step(self) -> None:
        """Steps need no room of their own."""

    def end_step(self) -> None:
        """Steps need no room of their own."""


_context = Context()


def the_context() -> Context:
    """The context of the process."""
    return _context


def list_devices() -> list[str]:
    """The names of the devices that eager operations can run on."""
    return _context.devices()


def num_gpus() -> int:
    """0: eager operations run on the CPU."""
    return _context.num_gpus()


def ensure_initialized() -> None:
    """Nothing is to be initialized."""


def async_wait() -> None:
    """Nothing is waited for: each operation is done when its call returns."""


def async_clear_error() -> None:
    """No error waits to be told."""


def execution_mode(mode: Any) -> AbstractContextManager:
    """A `with` block in which operations run one after another, as they always do.

    Raises:
      ValueError: `mode` is neither SYNC nor ASYNC.
    """
    if mode not in (None, 0, 1):
        raise ValueError(f"Execution mode should be None/SYNC/ASYNC. Got {mode}")
    return nullcontext()


def set_execution_mode(mode: Any) -> None:
    """Operations run one after another, whatever is set.

    Raises:
      ValueError: `mode` is neither SYNC nor ASYNC.
    """
    with execution_mode(mode):
        pass


def device(name: Any) -> AbstractContextManager:
    """A `with` block of a device."""
    return device_scope(name)


def global_seed() -> Any:
    """The seed that tf.set_random_seed has set in eager mode, or None."""
    return context.eager_graph().seed


def set_global_seed(seed: Any) -> None:
    """Sets the seed of eager mode."""
    context.eager_graph().seed = seed


def internal_operation_seed() -> int:
    """The second seed of an operation that has none of its own."""
    seed: int = context.eager_graph()._next_op_seed()
    return seed
