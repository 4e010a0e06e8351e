"""`context.context()`: what TensorFlow's own modules and programs ask of eager mode's context."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from stillflow.declare.refusing import check_executor_type
from stillflow.graph import context
from stillflow.graph.device import DeviceSpec, canonical_name
from stillflow.graph.eager_tensor import DEVICE
from stillflow.graph.scopes import device as device_scope
from stillflow.graph.summary_state import SummaryState, open_now
from stillflow.runtime.eager.callbacks import (
    Callback,
    add_execution_callback,
    callbacks_now,
    clear_execution_callbacks,
)
from stillflow.runtime.eager.mode import ASYNC, SYNC

GRAPH_MODE = 0
EAGER_MODE = 1
_CPU = "CPU:0"


class Executor:
    """What operations are handed to: it carries each out before the call returns."""

    def __init__(self, enable_async: bool = False):
        self._is_async = enable_async

    def is_async(self) -> bool:
        """What was asked for; operations run one after another in any case."""
        return self._is_async

    def wait(self) -> None:
        """Nothing is waited for."""

    def clear_error(self) -> None:
        """No error waits to be told."""


def new_executor(enable_async: bool) -> Executor:
    """An executor of its own."""
    return Executor(enable_async)


class _Settings(threading.local):
    """What a thread has set in a context."""

    mode: int | None = None
    scope = ""
    device = ""


class Context:
    """A context, with scopes and devices of its own; of all contexts eager mode is the same.

    Args:
      config: recorded.
      device_policy: recorded.
      execution_mode: `SYNC` or `ASYNC`; operations run one after another in both.
      server_def: recorded.

    Raises:
      ValueError: the mode is neither.
    """

    def __init__(
        self,
        config: Any = None,
        device_policy: Any = None,
        execution_mode: int | None = None,
        server_def: Any = None,
    ):
        self.config = config
        self.device_policy = device_policy
        self.server_def = server_def
        self._settings = _Settings()
        self._summaries = SummaryState()
        self._first_mode = _checked_mode(execution_mode)

    @property
    def execution_mode(self) -> int:
        """This thread's mode: what was asked for."""
        mode = self._settings.mode
        return self._first_mode if mode is None else mode

    @execution_mode.setter
    def execution_mode(self, mode: int | None) -> None:
        self._settings.mode = _checked_mode(mode)

    @property
    def executor(self) -> Executor:
        return Executor(self.is_async())

    def is_async(self) -> bool:
        return self.execution_mode == ASYNC

    @property
    def _handle(self) -> Context:
        """What TensorFlow's generated code hands on."""
        return self

    @property
    def post_execution_callbacks(self) -> list[Callback]:
        """This thread's callbacks, which are called after each operation."""
        return callbacks_now()

    def add_post_execution_callback(self, callback: Callback) -> None:
        add_execution_callback(callback)

    def clear_post_execution_callbacks(self) -> None:
        clear_execution_callbacks()

    def _set_global_seed(self, seed: Any) -> None:
        set_global_seed(seed)

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
    def device_name(self) -> str:
        """The device of this thread's block, whole; empty where there is none."""
        return self._settings.device

    @property
    def device_spec(self) -> DeviceSpec:
        return DeviceSpec.from_string(self.device_name)

    def device(self, name: Any) -> AbstractContextManager:
        """A `with` block of a device of this context; None leaves those around it."""
        return self._within(name)

    @contextmanager
    def _within(self, name: Any) -> Iterator[None]:
        before, self._settings.device = self._settings.device, _whole(name)
        try:
            yield
        finally:
            self._settings.device = before

    @property
    def scope_name(self) -> str:
        """What begins names in this thread."""
        return self._settings.scope

    @scope_name.setter
    def scope_name(self, scope: str) -> None:
        self._settings.scope = scope

    @property
    def summary_writer(self) -> Any:
        """The writer that is open in this thread, or None."""
        return self._summaries.writer

    @summary_writer.setter
    def summary_writer(self, writer: Any) -> None:
        self._summaries.writer = writer

    @property
    def summary_recording(self) -> Any:
        """Whether this thread's summaries are recorded; None where nothing says."""
        return self._summaries.recording

    @summary_recording.setter
    def summary_recording(self, condition: Any) -> None:
        self._summaries.recording = condition

    @property
    def summary_step(self) -> Any:
        """The step of this thread's summaries, or None."""
        return self._summaries.step

    @summary_step.setter
    def summary_step(self, step: Any) -> None:
        self._summaries.step = step

    def async_wait(self) -> None:
        """Nothing is waited for: each operation is done when its call returns."""

    def async_clear_error(self) -> None:
        """No error waits to be told."""

    def start_step(self) -> None:
        """Steps need no room of their own."""

    def end_step(self) -> None:
        """Steps need no room of their own."""


def _checked_mode(mode: Any) -> int:
    """SYNC for None; ValueError for what is no mode."""
    if mode not in (None, SYNC, ASYNC):
        raise ValueError(f"Execution mode should be None/SYNC/ASYNC. Got {mode}")
    return SYNC if mode is None else mode


def _whole(device: Any) -> str:
    """The name of a device of this process, with all its parts."""
    if not device:
        return ""
    spec = DeviceSpec.from_string("/job:localhost/replica:0/task:0")
    return spec.make_merged_spec(DeviceSpec.from_string(canonical_name(device))).to_string()


class _OfProcess(Context):
    """The context in which a program runs: its scopes and devices are those of `tf.name_scope`,
    `tf.device` and `tf.contrib.summary`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._summaries = open_now

    @property
    def device_name(self) -> str:
        return _whole(context.eager_graph()._current_device())

    def device(self, name: Any) -> AbstractContextManager:
        return device_scope(name)

    @property  # type: ignore[misc]  # read alone: `tf.name_scope` opens scopes
    def scope_name(self) -> str:
        scope: str = context.eager_graph().get_name_scope()
        return f"{scope}/" if scope else ""


_context = _OfProcess()


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
    """A `with` block of a mode; operations run one after another in any.

    Raises:
      ValueError: `mode` is neither SYNC nor ASYNC.
    """
    return _in_mode(_checked_mode(mode))


@contextmanager
def _in_mode(mode: int) -> Iterator[None]:
    before, _context.execution_mode = _context.execution_mode, mode
    try:
        yield
    finally:
        _context.execution_mode = before


def set_execution_mode(mode: Any) -> None:
    """Sets this thread's mode; operations run one after another in any.

    Raises:
      ValueError: `mode` is neither SYNC nor ASYNC.
    """
    _context.execution_mode = mode


def executor_scope(executor: Executor) -> AbstractContextManager:
    """A `with` block of an executor; operations run one after another in any."""
    return execution_mode(ASYNC if executor.is_async() else SYNC)


def function_executor_type(executor_type: str | None) -> AbstractContextManager:
    """A `with` block in which functions are run by what is named; here all run alike.

    Raises:
      NotFoundError: TensorFlow has nothing of this name.
    """
    check_executor_type(executor_type or "")
    return nullcontext()


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
