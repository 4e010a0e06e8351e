"""When a run is worth compiling: a deterministic estimate, so that a program always takes one path.

Both tiers' cost of a run is estimated from its steps, the bytes they touch and their arithmetic.
The plan is compiled once the time that the host tier has lost against XLA exceeds what compiling
costs. The constants are rounded from measurements on two cores of a current x86-64 server; being
off by a factor of two moves the switch, not the results.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.runtime.steps import Step

# Microseconds.
_HOST_STEP = 1.6
_HOST_RUN = 8.0
_XLA_RUN = 25.0
_XLA_START = 500_000.0
_COMPILE_STEP = 3_000.0
# Writing a step as Python takes as long as these runs of it lose in the loop over steps.
RUNS_BEFORE_WRITING = 20
# Per microsecond. NumPy's rate includes the fresh memory that each large result takes.
_HOST_BYTES = 1_500.0
_XLA_BYTES = 12_000.0
_FLOPS = 100_000.0


def runs_before_compiling(steps: Sequence[Step], slots: list[Any]) -> float:
    """How many runs of `steps` the host tier does before they are compiled; it may be infinite.

    `slots` hold the values of one run.
    """
    touched = sum(_bytes(step, slots) for step in steps)
    work = sum(_flops(step, slots) for step in steps)
    host = _HOST_RUN + _HOST_STEP * len(steps) + touched / _HOST_BYTES + work / _FLOPS
    compiled = _XLA_RUN + touched / _XLA_BYTES + work / _FLOPS
    if host <= compiled:
        return math.inf
    return (_XLA_START + _COMPILE_STEP * len(steps)) / (host - compiled)


def _bytes(step: Step, slots: list[Any]) -> int:
    return sum(getattr(slots[slot], "nbytes", 0) for slot in (*step.inputs, *step.outputs))


def _flops(step: Step, slots: list[Any]) -> float:
    if step.flops is None:
        return 0.0
    return step.flops(*(np.shape(slots[slot]) for slot in step.inputs))
