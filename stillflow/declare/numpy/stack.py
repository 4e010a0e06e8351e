"""Stacks of the host: what a loop pushes for its gradients, and these pop."""

from __future__ import annotations

from typing import Any

from stillflow.declare.array_facts import StackFacts
from stillflow.declare.refusing import refuse


class HostStack:
    """Values in the order in which they were pushed, of any shape."""

    def __init__(self, facts: StackFacts):
        self.facts = facts
        self._values: list[Any] = []

    def push(self, xp: Any, value: Any) -> None:
        self.facts.check_open()
        if self.facts.most is not None and len(self._values) >= self.facts.most:
            refuse(self.facts.is_full())
        self._values.append(value)

    def pop(self, xp: Any) -> Any:
        self.facts.check_open()
        if not self._values:
            refuse(self.facts.is_empty())
        return self._values.pop()

    def close(self) -> None:
        self.facts.is_closed = True
        self._values.clear()
