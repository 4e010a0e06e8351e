"""Carries out a plan for many rows at once, by what its steps say of rows (`declare.rows`).

Of the values some are stacked: they have one row for each, along a new first axis. What does not
depend on these is computed once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.numpy.denormals import flushed
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.rows import Rows, repeated
from stillflow.runtime.steps import Plan


class Unstackable(Exception):
    """A step cannot give all rows at once."""


class RowProgram:
    """A plan whose feeds `stacked` are stacked. `is_possible` if its steps have rules for that."""

    def __init__(self, plan: Plan, stacked: Collection[int]):
        self._plan = plan
        self._stacked = set(stacked)
        reached, is_possible = set(stacked), not (plan.variables or plan.streams or plan.kept)
        for step in plan.steps:
            is_possible &= step.is_pure or step.rows is not None
            is_possible &= step.region is None and not step.waits
            if not reached.isdisjoint(step.inputs):
                is_possible &= step.rows is not None
                reached.update(step.outputs)
        self.is_possible = is_possible and not plan.sided and None not in plan.fetches

    def run(self, feeds: Sequence[Any], count: int) -> list[np.ndarray]:
        """The fetches for each row, stacked; Unstackable where a step refuses that."""
        plan, stacked = self._plan, set(self._stacked)
        slots = list(plan.constants)
        for slot, value in zip(plan.feeds, feeds, strict=True):
            slots[slot] = value
        with flushed(), np.errstate(all="ignore"):
            for step in plan.steps:
                inputs = [slots[slot] for slot in step.inputs]
                kernel = partial(step.fn, NUMPY)
                if stacked.isdisjoint(step.inputs):
                    result = kernel(*inputs, **step.attrs)
                else:
                    assert step.rows is not None
                    flags = [slot in stacked for slot in step.inputs]
                    result = step.rows(Rows(kernel, inputs, flags, count, step.attrs))
                    if result is NotImplemented:
                        raise Unstackable
                    stacked.update(step.outputs)
                given = (result,) if len(step.outputs) == 1 else result
                for slot, value in zip(step.outputs, given, strict=True):
                    slots[slot] = value
        return [
            slots[slot] if slot in stacked else repeated(slots[slot], count)
            for slot in plan.fetches
            if slot is not None
        ]
