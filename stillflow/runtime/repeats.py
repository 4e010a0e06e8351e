"""Repeated structure: steps that do the same again and again, each with what the last one gave.

A compiler takes a minute for a chain of five thousand equal steps, and no time for a loop, which is
several times as fast as well. Here such chains are found; `runtime.xla_walk` traces them as loops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from stillflow.runtime.steps import Step

# How often steps must come again: XLA makes one pass over memory of a few of them, a loop many.
_LEAST = 32
_LONGEST = 16  # so many steps at most come again together
_SMALL = 64  # elements of constants that are compared by what they hold


@dataclass(frozen=True, slots=True)
class Repeat:
    """`steps`, of which the first `period` come again and again.

    Each reads what the step before it gave, the first one the slot `start`; nothing else reads
    that, and they read nothing else that differs from one time to the next.
    """

    steps: Sequence[Step]
    period: int
    start: int

    @property
    def block(self) -> Sequence[Step]:
        """The steps that come again."""
        return self.steps[: self.period]

    @property
    def times(self) -> int:
        return len(self.steps) // self.period


def rolled(
    steps: Sequence[Step], kept: Collection[int], constant: Callable[[int], Any]
) -> list[Step | Repeat]:
    """`steps` in their order, those that repeat as one Repeat.

    `kept` are the slots that are read after the steps. `constant(slot)` gives the value of a slot
    that is known before a run, else None.
    """
    found: list[Step | Repeat] = []
    for chain in _chains(steps, kept):
        if len(chain) < _LEAST:
            found += chain
        else:
            found += _rolled(chain, _numbers(chain, constant))
    return found


def _chains(steps: Sequence[Step], kept: Collection[int]) -> list[list[Step]]:
    """`steps` in pieces: within one, what a step gives the next one reads, and nothing else."""
    readers = Counter(slot for step in steps for slot in {*step.inputs})
    readers.update(kept)
    chains: list[list[Step]] = []
    passed = None  # the slot of what the last step gave, if it may be passed on
    for step in steps:
        if passed in step.inputs:
            chains[-1].append(step)
        else:
            chains.append([step])
        may_pass = _may_repeat(step) and readers[step.outputs[0]] == 1
        passed = step.outputs[0] if may_pass else None
    return chains


def _may_repeat(step: Step) -> bool:
    """Whether nothing but what it gives can be told of a step, and that is one array."""
    is_plain = step.is_pure and step.is_total and not step.on_host and step.region is None
    return is_plain and not step.static and len(step.outputs) == 1


def _numbers(chain: Sequence[Step], constant: Callable[[int], Any]) -> list[int]:
    """For each step but the first a number, the same for those that do the same."""
    numbers: dict[Hashable, int] = {}
    found = []
    for before, step in pairwise(chain):
        passed = before.outputs[0]
        inputs = tuple(-1 if s == passed else _of_slot(s, constant) for s in step.inputs)
        does = _may_repeat(step), step.fn, tuple(step.attrs.items()), inputs
        try:
            found.append(numbers.setdefault(does, len(numbers)))
        except TypeError:  # an attribute has no hash
            found.append(numbers.setdefault(step, len(numbers)))
    return found


def _of_slot(slot: int, constant: Callable[[int], Any]) -> Hashable:
    """The same for slots that hold the same in every run."""
    value = constant(slot)
    if isinstance(value, np.ndarray) and value.size <= _SMALL and value.dtype.kind in "biufc":
        return value.dtype.str, value.shape, value.tobytes()
    return slot


def _rolled(chain: Sequence[Step], numbers: Sequence[int]) -> list[Step | Repeat]:
    """A chain whose first step stands alone; `numbers` are of the others."""
    periods = range(1, _LONGEST + 1)
    alike = {period: _alike(numbers, period) for period in periods}
    found: list[Step | Repeat] = [chain[0]]
    at = 1
    while at < len(chain):
        for period in periods:
            times = alike[period][at - 1] // period + 1
            if times >= _LEAST:
                end = at + times * period
                found.append(Repeat(chain[at:end], period, chain[at - 1].outputs[0]))
                at = end
                break
        else:
            found.append(chain[at])
            at += 1
    return found


def _alike(numbers: Sequence[int], period: int) -> list[int]:
    """For each place, how many from there on are the same as those `period` places on."""
    found = [0] * len(numbers)
    for at in range(len(numbers) - period - 1, -1, -1):
        if numbers[at] == numbers[at + period]:
            found[at] = found[at + 1] + 1
    return found
