"""How many turns a loop is going to make, found out before the run that makes them.

Compiled code keeps what a loop leaves for its gradient, and the elements of an array that grows, in
buffers of a size that is known while compiling. A decoder that stops when all its sequences have
ended makes as many turns as the fed lengths say: its condition is gone through in NumPy first, and
the plan is compiled anew for each number of turns.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.numpy.denormals import flushed
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.partly import UNKNOWN
from stillflow.graph.operation import Operation
from stillflow.runtime.regions import Loop
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.trips import Trips, Turns

# A plan is compiled for numbers of turns that were asked for so often, and for no more of them.
_TIMES_ASKED = 3
_MAX_NUMBERS = 64


class Measures:
    """The loops of a plan that are measured before a run, as they cannot be compiled otherwise."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._measures: dict[Operation, Measure] = {}
        self._asked: dict[Hashable, int] = {}

    def turns(
        self, feeds: Sequence[np.ndarray], constants: Sequence[Any]
    ) -> dict[Operation, Trips] | None:
        """The turns of the measured loops, see `Measure.trips`; None when one cannot be told."""
        turns = {}
        for op, measure in self._measures.items():
            trips = measure.trips(feeds, constants)
            if trips is None:
                return None
            turns[op] = trips
        return turns

    def is_frequent(self, turns: Hashable) -> bool:
        """Whether compiling for these turns will serve for more than a few runs, as far as seen."""
        times = self._asked[turns] = self._asked.get(turns, 0) + 1
        chosen = [asked for asked in self._asked.values() if asked >= _TIMES_ASKED]
        return times >= _TIMES_ASKED and len(chosen) <= _MAX_NUMBERS

    def added(
        self, ops: Collection[Operation], feeds: Sequence[np.ndarray], constants: Sequence[Any]
    ) -> set[Operation]:
        """Those of `ops` that are loops which are measured from now on."""
        loops = [step for step in self._plan.steps if isinstance(step.region, Loop)]
        found = {
            step.op: Measure(self._plan, step)
            for step in loops
            if step.op in ops and step.op not in self._measures
        }
        found = {op: m for op, m in found.items() if m.trips(feeds, constants) is not None}
        self._measures.update(found)
        return set(found)


class Measure:
    """Counts the turns of one loop of a plan, given the values of the plan's feeds."""

    def __init__(self, plan: Plan, step: Step):
        """`step` is that of the loop."""
        self._plan = plan
        self._step = step
        self._turns = Turns(step.region)
        self._makers = {slot: step for step in plan.steps for slot in step.outputs}

    def trips(self, feeds: Sequence[np.ndarray], constants: Sequence[Any]) -> Trips | None:
        """The turns in a run with these feeds; None where feeds alone do not tell.

        `constants` are those of the plan, by slot, or more that are known for feeds of such shapes.
        """
        if not self._turns.is_light:
            return None
        values = {slot: value for slot, value in enumerate(constants) if value is not None}
        values.update(zip(self._plan.feeds, feeds, strict=True))
        try:
            with flushed(), np.errstate(all="ignore"):
                inputs = [
                    self._value(slot, values) if position in self._turns.read else UNKNOWN
                    for position, slot in enumerate(self._step.inputs)
                ]
                trips = self._turns.counted(inputs)
        except Exception:  # the run itself will tell of it
            return None
        return None if trips.exact is None else trips

    def _value(self, slot: int, values: dict[int, Any]) -> Any:
        """The value in a slot, UNKNOWN if it takes more than a little arithmetic over the feeds."""
        if slot not in values:
            values[slot] = UNKNOWN
            step = self._makers.get(slot)
            if step is not None and step.is_pure and step.region is None and step.flops is None:
                self._do(step, values)
        return values[slot]

    def _do(self, step: Step, values: dict[int, Any]) -> None:
        inputs = [self._value(slot, values) for slot in step.inputs]
        if any(value is UNKNOWN for value in inputs):
            return
        result = step.fn(NUMPY, *inputs, **step.attrs)
        results = (result,) if len(step.outputs) == 1 else result
        values.update(zip(step.outputs, results, strict=True))
