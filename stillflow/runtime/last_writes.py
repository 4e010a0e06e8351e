"""Rows of variables are written in place where the run's last step on a variable writes some.

Such a step gives a `PutOff`. Once the run has succeeded the rows are written, into the variable's
own array if the session alone has it: another run that goes on beside, a fetched value, another
variable that was given the same array, a queue or a view would all be holders.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stillflow.declare.numpy.putting_off import PUTTING_OFF, PutOff
from stillflow.graph.operation import Operation
from stillflow.runtime.steps import Step


def with_last_writes_put_off(steps: Sequence[Step], read: Collection[int | None]) -> list[Step]:
    """`steps`, of which those put off what they write that write rows last.

    `read` are the slots that are read after the steps.
    """
    later = set(read)
    found = []
    for step in reversed(steps):
        written = step.outputs[: len(step.writes)]
        if step.writes_rows and later.isdisjoint(written):
            step = replace(step, fn=_putting_off(step.fn))
        found.append(step)
        later.update((*step.inputs, *written))
    return found[::-1]


def _putting_off(fn: Callable[..., Any]) -> Callable[..., Any]:
    return lambda xp, *inputs, **attrs: fn(PUTTING_OFF, *inputs, **attrs)


def carried_out(change: PutOff, variable: Operation, variables: dict[Operation, Any]) -> np.ndarray:
    """The new value of `variable`, whose old one is to be in `variables` and nowhere else."""
    mine = variables.get(variable) is change.array and change.array.flags.writeable
    return change.carried_out(in_place=mine and _holders(change) in _ALONE)


def _holders(change: PutOff) -> tuple[int, int]:
    """How often an array and the memory under it, which its views hold, are referred to."""
    memory = change.array.base
    return sys.getrefcount(change.array), 0 if memory is None else sys.getrefcount(memory)


def _alone(array: np.ndarray) -> tuple[int, int]:
    """What `_holders` says of an array that a mapping and a `PutOff` hold."""
    variables, change = {0: array}, PutOff(array, np.ndarray.__setitem__, 0, 0)
    del array
    return _holders(change) if variables else (0, 0)


_ALONE = {_alone(np.zeros(1)), _alone(np.zeros(1)[:])}
