"""The devices that a session names: the host, and GPUs that JAX has.

Nodes may name what is not there.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from stillflow.graph.device import HOST_MEMORY_LIMIT, DeviceSpec
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.runtime import accelerators
from stillflow.runtime.tiers import xla

HOST = "/job:localhost/replica:0/task:0"


class Gpu(NamedTuple):
    """A GPU of this machine; `memory` is how many bytes JAX takes of it."""

    number: int
    name: str
    memory: int
    capability: str

    @property
    def description(self) -> str:
        """As TensorFlow describes one, but for its place on the bus, which JAX does not tell."""
        told = f"device: {self.number}, name: {self.name}"
        return f"{told}, compute capability: {self.capability}" if self.capability else told


@cache
def gpus() -> list[Gpu]:
    """The GPUs that JAX has. It starts and opens them where some can be expected."""
    if accelerators.platform() != "gpu":
        return []
    return [Gpu(*told) for told in xla().gpus()]


@dataclass(frozen=True, slots=True)
class SessionDevice:
    """A device of a session; `incarnation` is another number in every session, and not 0."""

    name: str
    device_type: str
    memory_limit_bytes: int
    incarnation: int

    def __repr__(self) -> str:
        fields = f"{self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation}"
        return f"_DeviceAttributes({fields})"


def session_devices(config: Any) -> list[SessionDevice]:
    """The devices of a new session with this ConfigProto: the host, as often as it says, and GPUs.

    It may say how many of them there are to be.
    """
    counts = {} if config is None else config.device_count
    hosts = [("CPU", index, HOST_MEMORY_LIMIT) for index in range(counts.get("CPU", 1))]
    found = [] if counts.get("GPU") == 0 else gpus()
    named = [*hosts, *(("GPU", gpu.number, gpu.memory) for gpu in found[: counts.get("GPU")])]
    return [
        SessionDevice(f"{HOST}/device:{kind}:{index}", kind, memory, _incarnation())
        for kind, index, memory in named
    ]


class Places:
    """Where nodes may be, in a session with this ConfigProto, of a server with these tasks."""

    def __init__(self, config: Any, tasks: Collection[tuple[str, int]] = ()):
        self._tasks = tasks
        self._hosts = 1 if config is None else config.device_count.get("CPU", 1)
        self._is_soft = config is not None and config.allow_soft_placement
        self._known: dict[str, bool] = {"": True}

    def check(self, ops: Iterable[Operation]) -> None:
        """InvalidArgumentError where an operation's device is not there.

        Where the session places softly, the host stands for devices that are not.
        """
        for op in ops:
            device = op._device
            if device not in self._known:
                self._known[device] = self._is_there(DeviceSpec.from_string(device))
            if not self._known[device]:
                raise self._refusal(op)

    def _is_there(self, spec: DeviceSpec) -> bool:
        if _is_elsewhere(spec) and not self._has_task(spec):
            return False
        # Where a program names a GPU, Stillflow runs it wherever it finds best.
        if self._is_soft or spec.device_type in (None, "GPU"):
            return True
        hosts = {"CPU": self._hosts, "XLA_CPU": 1}
        return (spec.device_index or 0) < hosts.get(spec.device_type, 0)

    def _has_task(self, spec: DeviceSpec) -> bool:
        return any(
            spec.job in (None, job) and spec.task in (None, task) and not spec.replica
            for job, task in self._tasks
        )

    def _refusal(self, op: Operation) -> InvalidArgumentError:
        there = ", ".join(f"{HOST}/device:CPU:{index}" for index in range(self._hosts))
        asked = DeviceSpec.from_string(op._device)
        remedy = (
            "A session has this process alone: leave out job, replica and task."
            if _is_elsewhere(asked)
            else "With tf.ConfigProto(allow_soft_placement=True) the host stands for what is not "
            "there."
        )
        return InvalidArgumentError(
            None,
            op,
            f"Cannot assign a device for operation {op.name}: node {op.name} was explicitly "
            f"assigned to {asked.to_string()} but available devices are [ {there} ]. Make sure "
            f"the device specification refers to a valid device.\n  {remedy}",
        )


def _is_elsewhere(spec: DeviceSpec) -> bool:
    return spec.job not in (None, "localhost") or bool(spec.replica or spec.task)


def _incarnation() -> int:
    """Drawn from the system: a program's own `random` goes on as it would."""
    return random.SystemRandom().getrandbits(63) | 1
