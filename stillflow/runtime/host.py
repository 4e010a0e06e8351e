"""The host tier: a plan's steps in NumPy, one after another, with no compile time.

The first run with given feed shapes also specialises the plan. What depends only on constants and
shapes is folded into a constant, and a step that gave back its input object is dropped, so that
later runs do only what can differ. It needs no second set of rules: the run shows the values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph.operation import Operation
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.variables import declared_shape

_MAX_FOLDED_BYTES = 64 << 20


# A step ready to go: a function, the slots of its inputs, and the slot of its one output, else None
# and the slots of its outputs.
Call = tuple[partial, tuple[int, ...], int | None, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class HostProgram:
    """Steps as calls. A slot in `aliases` is read from another."""

    constants: list[Any]
    calls: Sequence[Call]
    steps: Sequence[Step]
    aliases: dict[int, int]

    def run(self, slots: list[Any]) -> None:
        """Fills `slots`, in which feeds, variables and kept state are set already."""
        done = 0
        try:
            for call, inputs, single, outputs in self.calls:
                result = call(*[slots[i] for i in inputs])
                if single is None:
                    for slot, value in zip(outputs, result, strict=True):
                        slots[slot] = value
                else:
                    slots[single] = result
                done += 1
        except Exception as error:
            inputs = self.calls[done][1]
            raise self.steps[done].failure(error, [slots[i] for i in inputs]) from error

    @property
    def inputs(self) -> list[int]:
        """The slots that the steps read."""
        return [slot for _, inputs, _, _ in self.calls for slot in inputs]


def host_program(
    constants: list[Any], steps: Sequence[Step], aliases: dict[int, int] | None = None
) -> HostProgram:
    """The program that does `steps`."""
    aliases = aliases or {}
    calls = []
    for step in steps:
        single = step.outputs[0] if len(step.outputs) == 1 else None
        inputs = tuple(aliases.get(slot, slot) for slot in step.inputs)
        fn = _checking(step) if step.checks else step.fn
        call = partial(fn, NUMPY, **step.attrs)
        calls.append((call, inputs, single, step.outputs if single is None else ()))
    return HostProgram(constants, calls, steps, aliases)


def _checking(step: Step) -> Callable[..., Any]:
    return lambda xp, *inputs, **attrs: step.checked(inputs, step.fn(xp, *inputs, **attrs))


@dataclass(frozen=True, slots=True)
class Specialised:
    """What a plan comes to for feeds of certain shapes.

    `steps` are those that are left, and the shapes of the slots `fixed` are the same every time.
    """

    program: HostProgram
    steps: list[Step]
    fixed: set[int]


def specialised(plan: Plan, slots: list[Any], reshaped: Collection[Operation]) -> Specialised:
    """What `plan` comes to for feeds of the shapes that `slots`, filled by a run, was made from.

    `reshaped` are the variables whose values may have other shapes than they were declared with.
    """
    static = {slot for slot, value in enumerate(plan.constants) if value is not None}
    written = set(plan.written.values())
    residual: list[Step] = []
    aliases: dict[int, int] = {}
    views: dict[int, int] = {}  # of a slot: the one whose elements it shows in their order
    fixed = static | set(plan.feeds) | set(plan.streams.values())
    fixed |= {s for v, s in plan.variables.items() if _has_one_shape(v, reshaped)}
    constants = list(plan.constants)
    budget = _MAX_FOLDED_BYTES
    for step in plan.steps:
        step.check_types(slots)
        if _has_fixed_shape(step, fixed, static):
            fixed.update(step.outputs)
            if step.checks:
                step = replace(step, writes=())  # a check that was passed once is always
        size = sum(_nbytes(slots[slot]) for slot in step.outputs)
        if _is_static(step, fixed, static) and size <= budget:
            budget -= size
            static.update(step.outputs)
            fixed.update(step.outputs)
            for slot in step.outputs:
                constants[slot] = slots[slot]
        elif (source := _shown_input(step, slots, static, written)) is not None:
            source = views.get(source, source)
            if slots[source].shape == slots[step.outputs[0]].shape:
                aliases[step.outputs[0]] = aliases.get(source, source)
            else:
                views[step.outputs[0]] = source
                residual.append(step)
        else:
            residual.append(step)
    spared = [s for s in residual if s.is_total and _has_fixed_shape(s, fixed, static)]
    residual = _without_unread(plan, residual, aliases, spared)
    return Specialised(host_program(constants, residual, aliases), residual, fixed)


def _without_unread(
    plan: Plan, steps: list[Step], aliases: dict[int, int], spared: list[Step]
) -> list[Step]:
    """`steps` without those of `spared` that nothing reads: having run once, they cannot fail.

    There are some in every training run: a gate waits for all the gradients of an op, that of the
    fed images too.
    """
    slots = [*plan.fetches, *plan.written.values(), *(slot for _, slot in plan.sided)]
    read = {aliases.get(slot, slot) for slot in slots if slot is not None}
    may_go = set(map(id, spared))
    kept = []
    for step in reversed(steps):
        if id(step) not in may_go or not read.isdisjoint(step.outputs):
            kept.append(step)
            read.update(aliases.get(slot, slot) for slot in step.inputs)
    return kept[::-1]


def _has_one_shape(variable: Operation, reshaped: Collection[Operation]) -> bool:
    return declared_shape(variable).is_fully_defined() and variable not in reshaped


def _has_fixed_shape(step: Step, fixed: set[int], static: set[int]) -> bool:
    """Whether the shapes of the outputs follow from the shapes of the feeds."""
    if step.on_host or step.region is not None:
        return False
    return fixed.issuperset(step.inputs) and static.issuperset(step.static)


def _is_static(step: Step, fixed: set[int], static: set[int]) -> bool:
    return step.is_pure and (fixed if step.of_shape else static).issuperset(step.inputs)


def _shown_input(step: Step, slots: list[Any], static: set[int], written: set[int]) -> int | None:
    """The slot of the input whose elements the step gave back, when every other input is static.

    A variable that the run writes does not count: its slot holds its new value by now.
    """
    if len(step.outputs) != 1 or not step.may_pass_input:
        return None
    result = slots[step.outputs[0]]
    varying = [slot for slot in step.inputs if slot not in static]
    if len(varying) == 1 and varying[0] not in written and _shows(result, slots[varying[0]]):
        return varying[0]
    return None


def _shows(result: Any, x: Any) -> bool:
    """Whether an array is another one, or its elements in their order and in another shape."""
    if result is x:
        return True
    if type(result) is not np.ndarray or type(x) is not np.ndarray or not x.size:
        return False
    return (
        (result.dtype, result.nbytes, result.ctypes.data) == (x.dtype, x.nbytes, x.ctypes.data)
        and result.flags.c_contiguous
        and x.flags.c_contiguous
    )


def _nbytes(value: Any) -> int:
    return getattr(value, "nbytes", 0)
