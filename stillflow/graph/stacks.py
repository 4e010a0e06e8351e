"""What the open scopes of a graph say of what is built in them: one set, or one for each thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stillflow.graph.control import ControlDependencies
    from stillflow.graph.operation import Operation


class Stacks:
    """The innermost scope last. Lists are replaced, not changed, but for `devices`."""

    def __init__(self, devices: list[Any] | None = None) -> None:
        self.control: list[ControlDependencies] = []
        self.devices: list[Any] = devices or []
        self.colocation: list[Operation] = []
        self.future_group: list[bytes] = []
        self.flow: Any = None  # the innermost branch or loop: see `ops.control.contexts`


class ThreadStacks(threading.local, Stacks):
    """Stacks of each thread; one that comes later starts within the devices of the beginning."""

    def __init__(self, devices: list[Any]) -> None:
        Stacks.__init__(self, list(devices))

    @classmethod
    def like(cls, stacks: Stacks) -> ThreadStacks:
        """Stacks per thread, of which this thread's are `stacks`."""
        own = cls(stacks.devices)
        own.control, own.colocation = stacks.control, stacks.colocation
        own.future_group, own.flow = stacks.future_group, stacks.flow
        return own


class NameStack(threading.local):
    """The name scope that a thread is in; no thread sees another's."""

    def __init__(self) -> None:
        self.scope = ""
