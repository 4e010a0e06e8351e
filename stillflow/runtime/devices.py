"""The devices that a session names: the host alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from stillflow.graph.device import HOST_MEMORY_LIMIT


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
    """The devices of a new session with this ConfigProto: the host, as often as it says."""
    count = config.device_count.get("CPU", 1) if config is not None else 1
    name = "/job:localhost/replica:0/task:0/device:CPU"
    return [
        SessionDevice(f"{name}:{index}", "CPU", HOST_MEMORY_LIMIT, _incarnation())
        for index in range(count)
    ]


def _incarnation() -> int:
    """Drawn from the system: a program's own `random` goes on as it would."""
    return random.SystemRandom().getrandbits(63) | 1
