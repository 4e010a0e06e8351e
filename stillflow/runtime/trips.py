"""How many turns a loop makes, as far as that is known while compiling.

What a condition looks at is as a rule a counter and a limit, whatever else the loop computes. These
alone are gone through, in NumPy, turn by turn: they give the number of turns where the limit is
known, and a bound where the condition stops at a known one at the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.partly import NEVER_KNOWN, UNKNOWN, is_exact
from stillflow.runtime.regions import Loop, Part
from stillflow.runtime.steps import Step

# Going through more turns than that would take longer than a loop on the host.
_MAX_TURNS = 30_000


class Trips(NamedTuple):
    """The number of turns, and a bound of it; each None where it is not known.

    `ranges` are the least and the greatest value that loop variables have in a turn, by position,
    as far as they are known integers.
    """

    exact: int | None
    at_most: int | None
    ranges: dict[int, tuple[int, int]]


def trips_of(loop: Loop, inputs: Sequence[Any]) -> Trips:
    """The turns of `loop` for the inputs of its step, of which those in NumPy are known."""
    condition, body = _Slice(loop.condition, [0]), None
    positions: set[int] = set()
    wanted = condition.bound
    while not wanted <= positions:
        positions |= wanted
        body = _Slice(loop.body, sorted(positions))
        wanted = {position for position in body.bound if position < loop.count}
    going = [_known(value) for value in inputs[: loop.count]]
    is_certain = True
    ranges: dict[int, tuple[int, int]] = {}
    for turn in range(_MAX_TURNS):
        goes_on, hope = condition.values(going, inputs)
        if not is_exact(goes_on[0]):
            if not hope:
                break
            is_certain = False
        elif not goes_on[0]:
            return Trips(turn if is_certain else None, turn, ranges)
        _widen(ranges, going, positions, is_first=not turn)
        if body is not None:
            later, _ = body.values(going, inputs)
            for position, value in zip(sorted(positions), later, strict=True):
                going[position] = value
        elif is_certain:
            break  # nothing changes, so it never ends
    return Trips(None, None, {})


def _widen(
    ranges: dict[int, tuple[int, int]],
    going: Sequence[Any],
    positions: set[int],
    is_first: bool,
) -> None:
    """Lets `ranges` hold the values of one more turn."""
    for position in positions:
        value = going[position]
        if not is_exact(value) or np.ndim(value) or value.dtype.kind != "i":
            ranges.pop(position, None)
        elif is_first:
            ranges[position] = int(value), int(value)
        elif position in ranges:
            low, high = ranges[position]
            ranges[position] = min(low, int(value)), max(high, int(value))


def _known(value: Any) -> Any:
    return value if isinstance(value, (np.ndarray, np.generic)) else UNKNOWN


class _Slice:
    """The steps of a part that some of its fetches follow from.

    `bound` are the numbers of the part's bound feeds among what they follow from.
    """

    def __init__(self, part: Part, fetches: Sequence[int]):
        plan = part.plan
        self._part = part
        self._fetches = [plan.fetches[index] for index in fetches]
        needed = {slot for slot in self._fetches if slot is not None}
        steps: list[Step] = []
        for step in reversed(plan.steps):
            if not needed.isdisjoint(step.outputs):
                steps.append(step)
                needed.update(step.inputs)
        self._steps = steps[::-1]
        self.bound = {n for n, slot in enumerate(plan.feeds[: part.bound]) if slot in needed}

    def values(self, bound: Sequence[Any], inputs: Sequence[Any]) -> tuple[list[Any], bool]:
        """The fetches, and whether one that is unknown may be known in a later turn."""
        plan, hope = self._part.plan, False
        slots: dict[int, Any] = {n: c for n, c in enumerate(plan.constants) if c is not None}
        # What the condition hands to the body is not gone through.
        slots.update(zip(plan.feeds, bound, strict=False))
        around = {slot: inputs[position] for position, slot in self._part.captures}
        slots.update((slot, _known(value)) for slot, value in around.items())
        for step in self._steps:
            given = [slots.get(slot, UNKNOWN) for slot in step.inputs]
            result: Any = UNKNOWN
            if step.of_shape and step.is_pure and around.keys() >= set(step.inputs):
                result = step.fn(NUMPY, *(around[slot] for slot in step.inputs), **step.attrs)
            elif all(map(is_exact, given)):
                result = step.fn(NUMPY, *given, **step.attrs) if step.is_pure else UNKNOWN
            elif step.partly is not None:
                result = step.partly(*given)
                hope |= result is not NEVER_KNOWN
            if len(step.outputs) == 1:
                slots[step.outputs[0]] = result
            elif is_exact(result):
                slots.update(zip(step.outputs, result, strict=True))
        return [
            UNKNOWN if slot is None else slots.get(slot, UNKNOWN) for slot in self._fetches
        ], hope
