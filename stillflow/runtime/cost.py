"""When a run is worth compiling: a deterministic estimate, so that a program always takes one path.

Both tiers' cost of a run is estimated from its steps, the bytes they touch and their arithmetic.
The plan is compiled once the time that the host tier has lost against XLA exceeds what compiling
costs. The host's constants are rounded from measurements on two cores of a current x86-64 server,
those of compiled code are its platform's (`runtime.platforms`); being off by a factor of two moves
the switch, not the results.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.runtime import platforms
from stillflow.runtime.platforms import Platform
from stillflow.runtime.repeats import Repeat
from stillflow.runtime.steps import Step

# Microseconds.
_HOST_STEP = 1.6
_HOST_RUN = 8.0
_MANY_STEPS = 2_000.0  # with which each step takes twice as long to compile
# Writing a step as Python takes as long as these runs of it lose in the loop over steps.
RUNS_BEFORE_WRITING = 20
# Per microsecond. NumPy's rate is that of results large and small.
_HOST_BYTES = 4_000.0
_HOST_FLOPS = 100_000.0


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


class Switch(NamedTuple):
    """When a plan is compiled: after `runs` on the host, which may be infinite.

    `compiling` is what that costs, in microseconds; `bytes` are those that a run touches.
    """

    runs: float
    compiling: float
    bytes: float


def switch(
    steps: Sequence[Step],
    slots: Sequence[Any],
    moved: Sequence[Any] = (),
    rolled: Sequence[Step | Repeat] | None = None,
) -> Switch:
    """When a plan of which `steps` can be compiled is.

    `slots` hold the values of one run, of which a compiled run moves `moved` to its device or back.
    `rolled` are the steps as they are compiled, if some of them repeat.
    """
    platform = platforms.current()
    work = work_of(steps, slots)
    host = _HOST_RUN + _HOST_STEP * work.steps + work.bytes / _HOST_BYTES + work.flops / _HOST_FLOPS
    compiled = platform.run + platform.step * work.steps
    compiled += work.bytes / platform.bytes + work.flops / platform.flops
    compiled += moving(moved, platform)
    compiling = _compiling(_count(steps if rolled is None else rolled), platform)
    runs = math.inf if host <= compiled else compiling / (host - compiled)
    return Switch(runs, compiling, work.bytes)


def moving(values: Sequence[Any], platform: Platform | None = None) -> float:
    """What it takes to move values between the host and the device of compiled code."""
    platform = platform or platforms.current()
    return platform.moving(len(values), sum(getattr(value, "nbytes", 0) for value in values))


def _compiling(count: int, platform: Platform) -> float:
    """What compiling `count` steps costs. A network unrolled over time has thousands."""
    return platform.start + platform.compile_step * count * (1 + count / _MANY_STEPS)


def _count(steps: Sequence[Step | Repeat]) -> int:
    """How many steps there are to compile, those within regions included; what repeats once."""
    count = 0
    for step in steps:
        if isinstance(step, Repeat):
            count += step.period
        else:
            parts = () if step.region is None else step.region.parts
            count += 1 + sum(_count(part.plan.steps) for part in parts)
    return count


def _bytes(step: Step, slots: Sequence[Any]) -> int:
    inputs = step.inputs[1:] if step.picks else step.inputs
    read = step.outputs if step.picks else ()
    return sum(getattr(slots[slot], "nbytes", 0) for slot in (*inputs, *read, *step.outputs))


def _flops(step: Step, slots: Sequence[Any]) -> float:
    if step.flops is None:
        return 0.0
    return step.flops(*(np.shape(slots[slot]) for slot in step.inputs))
