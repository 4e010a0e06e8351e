"""Loops whose values grow: whether what is known of their turns is what a few turns have shown.

What tracing knows follows from constants and shapes, and shapes from the number of the turn. It was
seen in a few turns, and taken to rise evenly between them; all others are gone through here, in
NumPy, with empty arrays in place of those that only a run has. A condition on a size that holds in
one turn alone does not stay unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.runtime.regions import Part
from stillflow.runtime.steps import Step

# Going through more turns than that would take longer than compiling.
MAX_TURNS = 5_000


class Uneven(Exception):
    """What is known differs from turn to turn in a way that no one form of the loop has."""


def line(numbers: Sequence[Any], turns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The first of whole numbers, seen in `turns` (0, 1, ...), and by how much they rise in each.

    Raises:
      Uneven: they do not rise evenly, or are not whole.
    """
    arrays = [np.asarray(number) for number in numbers]
    if len({array.shape for array in arrays}) > 1:
        raise Uneven
    first = arrays[0].astype(np.int64)
    step = arrays[1].astype(np.int64) - first
    for turn, array in zip(turns, arrays, strict=True):
        if not np.array_equal(first + turn * step, array):
            raise Uneven
    return first, step


def begins_with(array: np.ndarray, other: np.ndarray) -> bool:
    """Whether `other` is, bit for bit, the first part of `array` along every axis."""
    if array.ndim != other.ndim or array.dtype != other.dtype:
        return False
    return array[tuple(map(slice, other.shape))].tobytes() == other.tobytes()


def check_turns(part: Part, seen: Mapping[int, Mapping[int, Any]], turns: int) -> None:
    """Goes through all turns but those that were `seen`: by turn, the values of the slots.

    Those that only a run has are there as anything that has their shape and type.

    Raises:
      Uneven: in another turn something else is known.
    """
    facts = _Facts(seen)
    folded, used = _followed(part, facts)
    for turn in range(turns) if folded else ():
        if turn not in seen:
            _check(folded, used, facts, turn)


def _followed(part: Part, facts: _Facts) -> tuple[list[Step], set[int]]:
    """The steps that compute what is known from what varies, and the slots that others read."""
    folded: list[Step] = []
    used = {slot for slot in part.plan.fetches if slot is not None}
    touched: set[int] = set()
    for step in part.plan.steps:
        varies = facts.varying(step.inputs) or not touched.isdisjoint(step.inputs)
        if varies and step.region is not None:
            raise Uneven
        if not facts.are_known(step.outputs):
            used.update(step.inputs)
        elif varies:
            folded.append(step)
            touched.update(step.outputs)
    return folded, used


def _check(folded: Sequence[Step], used: Set[int], facts: _Facts, turn: int) -> None:
    """Computes what is known in a turn; what others use of it must be what is expected."""
    values: dict[int, Any] = {}
    for step in folded:
        for slot in step.inputs:
            if slot not in values:
                values[slot] = facts.value(slot, turn)
        try:
            result = step.fn(NUMPY, *(values[slot] for slot in step.inputs), **step.attrs)
        except Exception as error:
            raise Uneven from error
        results = (result,) if len(step.outputs) == 1 else result
        values.update(zip(step.outputs, results, strict=True))
        for slot in used & set(step.outputs):
            expected, own = np.asarray(facts.value(slot, turn)), np.asarray(values[slot])
            if own.shape != expected.shape or not begins_with(expected, own):
                raise Uneven


class _Facts:
    """What was seen of each slot in some turns, and what follows for the others."""

    def __init__(self, seen: Mapping[int, Mapping[int, Any]]):
        self._turns = sorted(seen)
        slots = set.intersection(*(set(values) for values in seen.values()))
        self._seen = {slot: [seen[turn][slot] for turn in self._turns] for slot in slots}

    def are_known(self, slots: Collection[int]) -> bool:
        return any(_is_known(self._seen.get(slot, ())) for slot in slots)

    def varying(self, slots: Collection[int]) -> bool:
        """Whether one of `slots` has another shape, or is known to be another value, in a turn."""
        return any(_varies(self._seen[slot]) for slot in slots if slot in self._seen)

    def value(self, slot: int, turn: int) -> Any:
        """What is known of a slot in a turn; zeros in place of what only a run has."""
        if slot not in self._seen:
            raise Uneven
        values = self._seen[slot]
        first, step = line([value.shape for value in values], self._turns)
        shape = tuple(first + turn * step)
        if not _is_known(values):
            return np.broadcast_to(np.zeros((), values[0].dtype), shape)
        if all(begins_with(values[-1], value) for value in values):
            return values[-1][tuple(map(slice, shape))]
        first, step = line(values, self._turns)
        return (first + turn * step).astype(values[0].dtype)


def _is_known(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, (np.ndarray, np.generic)) for value in values)


def _varies(values: Sequence[Any]) -> bool:
    if len({getattr(value, "shape", None) for value in values}) > 1:
        return True
    return _is_known(values) and len({np.asarray(value).tobytes() for value in values}) > 1
