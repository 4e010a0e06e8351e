"""How many turns a loop makes, as far as that is known while compiling.

What a condition looks at is as a rule a counter and a limit, whatever else the loop computes. These
alone are gone through, in NumPy, turn by turn: they give the number of turns where the limit is
known, and a bound where the condition stops at a known one at the latest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    as far as they are known integers; `ends` what variables are behind the last turn, as far as
    that is known.
    """

    exact: int | None
    at_most: int | None
    ranges: dict[int, tuple[int, int]]
    ends: dict[int, Any] = {}  # noqa: RUF012 (nobody changes it)

    @property
    def key(self) -> tuple:
        """The same for trips that are the same."""
        return self.exact, self.at_most, *sorted(self.ranges.items())


UNCOUNTED = Trips(None, None, {})


def trips_of(loop: Loop, inputs: Sequence[Any]) -> Trips:
    """The turns of `loop` for the inputs of its step, of which those in NumPy are known."""
    return Turns(loop).counted(inputs)


class Turns:
    """What of a loop decides how many turns it makes.

    `read` are the positions of the inputs of its step that this depends on; where it `is_light`,
    there are no products among what it takes.
    """

    def __init__(self, loop: Loop):
        self._loop = loop
        self._condition = _Slice(loop.condition, [0])
        self._body: _Slice | None = None
        positions: set[int] = set()
        wanted = self._condition.bound
        while not wanted <= positions:
            positions |= wanted
            self._body = _Slice(loop.body, sorted(positions))
            wanted = {position for position in self._body.bound if position < loop.count}
        positions |= _counters(loop, positions)
        if positions:
            self._body = _Slice(loop.body, sorted(positions))
        self._positions = sorted(positions)
        slices = [self._condition, *([self._body] if self._body else [])]
        self.read = positions.union(*(found.captured for found in slices))
        self.is_light = all(step.flops is None for found in slices for step in found.steps)

    def counted(self, inputs: Sequence[Any]) -> Trips:
        """The turns for the inputs of the loop's step, of which those in NumPy are known."""
        going = [_known(value) for value in inputs[: self._loop.count]]
        is_certain = True
        ranges: dict[int, tuple[int, int]] = {}
        for turn in range(_MAX_TURNS):
            goes_on, hope = self._condition.values(going, inputs)
            if not is_exact(goes_on[0]):
                if not hope:
                    break
                is_certain = False
            elif not goes_on[0]:
                ends = {p: going[p] for p in self._positions if is_exact(going[p])}
                return Trips(turn, turn, ranges, ends) if is_certain else Trips(None, turn, ranges)
            _widen(ranges, going, self._positions, is_first=not turn)
            if self._body is not None:
                later, _ = self._body.values(going, inputs)
                for position, value in zip(self._positions, later, strict=True):
                    going[position] = value
            elif is_certain:
                break  # nothing changes, so it never ends
        return UNCOUNTED


def _counters(loop: Loop, positions: Collection[int]) -> set[int]:
    """Of the other loop variables, those that count for themselves, as gradients have them."""
    found = set()
    for position, (dtype, shape) in enumerate(zip(loop.types, loop.shapes, strict=True)):
        if position not in positions and dtype.is_integer and shape.ndims == 0:
            own = _Slice(loop.body, [position])
            if own.bound == {position} and not own.captured and len(own.steps) == 1:
                found.add(position)
    return found


def _widen(
    ranges: dict[int, tuple[int, int]],
    going: Sequence[Any],
    positions: Sequence[int],
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

    `bound` are the numbers of the part's bound feeds among what they follow from, `captured` the
    positions of the region's inputs.
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
        self.steps = steps[::-1]
        self.bound = {n for n, slot in enumerate(plan.feeds[: part.bound]) if slot in needed}
        self.captured = {position for position, slot in part.captures if slot in needed}

    def values(self, bound: Sequence[Any], inputs: Sequence[Any]) -> tuple[list[Any], bool]:
        """The fetches, and whether one that is unknown may be known in a later turn."""
        plan, hope = self._part.plan, False
        slots: dict[int, Any] = {n: c for n, c in enumerate(plan.constants) if c is not None}
        # What the condition hands to the body is not gone through.
        slots.update(zip(plan.feeds, bound, strict=False))
        around = {slot: inputs[position] for position, slot in self._part.captures}
        slots.update((slot, _known(value)) for slot, value in around.items())
        for step in self.steps:
            given = [slots.get(slot, UNKNOWN) for slot in step.inputs]
            result: Any = UNKNOWN
            if step.of_shape and step.is_pure and _are_there(around, step.inputs):
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


def _are_there(around: Mapping[int, Any], slots: Sequence[int]) -> bool:
    return all(slot in around and is_exact(around[slot]) for slot in slots)
