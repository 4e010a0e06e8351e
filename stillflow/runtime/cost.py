"""When a run is worth compiling: a deterministic estimate, so that a program always takes one path.

Both tiers' cost of a run is estimated from its steps, the bytes they touch and their arithmetic.
The plan is compiled once the time that the host tier has lost against XLA exceeds what compiling
costs. The constants are rounded from measurements on two cores of a current x86-64 server; being
off by a factor of two moves the switch, not the results.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.runtime.steps import Step

# Microseconds.
_HOST_STEP = 1.6
_HOST_RUN = 8.0
_XLA_RUN = 25.0
_XLA_START = 500_000.0
_COMPILE_STEP = 5_000.0
_MANY_STEPS = 2_000.0  # with which each step takes twice as long to compile
# Writing a step as Python takes as long as these runs of it lose in the loop over steps.
RUNS_BEFORE_WRITING = 20
# Per microsecond. NumPy's rate is that of results large and small.
_HOST_BYTES = 4_000.0
_XLA_BYTES = 12_000.0
_FLOPS = 100_000.0


class Work(NamedTuple):
    """What steps do in a run: how many there are, the bytes they touch, their arithmetic."""

    steps: float = 0.0
    bytes: float = 0.0
    flops: float = 0.0

    def __add__(self, other: Any) -> Work:
        return Work(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, count: int) -> Work:
        return Work(*(count * part for part in self))


def work_of(steps: Sequence[Step], slots: Sequence[Any]) -> Work:
    """The work of a run of `steps` that gave `slots`; of a region, that of the last watched run."""
    total = Work()
    for step in steps:
        if step.region is not None:
            total += step.region.work
        else:
            total += Work(1, _bytes(step, slots), _flops(step, slots))
    return total


def runs_before_compiling(steps: Sequence[Step], slots: Sequence[Any]) -> float:
    """How many runs of `steps` the host tier does before they are compiled; it may be infinite.

    `slots` hold the values of one run.
    """
    work = work_of(steps, slots)
    arithmetic = work.flops / _FLOPS
    host = _HOST_RUN + _HOST_STEP * work.steps + work.bytes / _HOST_BYTES + arithmetic
    compiled = _XLA_RUN + work.bytes / _XLA_BYTES + arithmetic
    if host <= compiled:
        return math.inf
    return _compiling(_count(steps)) / (host - compiled)


def _compiling(count: int) -> float:
    """What compiling `count` steps costs. A network unrolled over time has thousands."""
    return _XLA_START + _COMPILE_STEP * count * (1 + count / _MANY_STEPS)


def _count(steps: Sequence[Step]) -> int:
    """How many steps there are to compile, those within regions included."""
    inner = (part.plan.steps for s in steps if s.region is not None for part in s.region.parts)
    return len(steps) + sum(map(_count, inner))


def _bytes(step: Step, slots: Sequence[Any]) -> int:
    inputs = step.inputs[1:] if step.picks else step.inputs
    read = step.outputs if step.picks else ()
    return sum(getattr(slots[slot], "nbytes", 0) for slot in (*inputs, *read, *step.outputs))


def _flops(step: Step, slots: Sequence[Any]) -> float:
    if step.flops is None:
        return 0.0
    return step.flops(*(np.shape(slots[slot]) for slot in step.inputs))
