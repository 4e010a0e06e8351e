"""Stacks of the host: what a loop pushes for its gradients, and these pop."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.array_facts import StackFacts
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle


class HostStack(Handle):
    """Values in the order in which they were pushed, of any shape."""

    has_one_shape = True  # what pushes of one shape have left

    def __init__(self, facts: StackFacts):
        self.facts = facts
        self._values: list[Any] = []

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        """What a fetch of the handle shows, str[2]."""
        return np.array([b"_stacks", self.facts.name.encode()], object)

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

    def close(self, xp: Any) -> None:
        self.facts.is_closed = True
        self._values.clear()
