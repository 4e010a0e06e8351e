"""Specialising: what a plan comes to for feeds of certain shapes.

What depends only on constants and shapes is folded into a constant, and a step that gave back its
input object is dropped, so that later runs do only what can differ. It needs no second set of
rules: a run shows the values. So it is within choices and loops, where a run has been there; a
value that goes round a loop keeps its shape if one turn, given that shape, gives it back.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stillflow.graph.operation import Operation
from stillflow.runtime.host import HostProgram, host_program
from stillflow.runtime.joint_updates import with_joint_updates
from stillflow.runtime.last_writes import with_last_writes_put_off
from stillflow.runtime.regions import Loop, Part, Region
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.variables import declared_shape

_MAX_FOLDED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Specialised:
    """What a plan comes to for feeds of certain shapes.

    `steps` are those that are left, of which the program has several updates made one. The shapes
    of the slots `fixed` are the same every time.
    """

    program: HostProgram
    steps: list[Step]
    fixed: set[int]


def specialised(
    plan: Plan,
    slots: list[Any],
    reshaped: Collection[Operation],
    seen: Mapping[Part, list[Any]],
) -> Specialised:
    """What `plan` comes to for feeds of the shapes that `slots`, filled by a run, was made from.

    `reshaped` are the variables whose values may have other shapes than they were declared with.
    `seen` are the slots of the parts that the run has been in.
    """
    found = _Specialising(plan, slots, reshaped, seen, set(plan.feeds), {}, set())
    return found.result(ends_run=True)


class _Specialising:
    """Goes over the steps of one plan.

    fixed: the slots whose values have the same shape every time.
    static: those whose values are the same.
    unsteady: of the stacks and arrays that are given elements whose shapes may differ, the ids.
    """

    def __init__(
        self,
        plan: Plan,
        slots: list[Any],
        reshaped: Collection[Operation],
        seen: Mapping[Part, list[Any]],
        fixed: set[int],
        known: dict[int, Any],
        unsteady: set[int],
    ):
        """`fixed` are feeds, `known` the values of those that are always the same."""
        self.plan = plan
        self.slots = slots
        self.reshaped = reshaped
        self.seen = seen
        self.unsteady = unsteady
        self.constants = list(plan.constants)
        for slot, value in known.items():
            self.constants[slot] = value
        self.static = {n for n, value in enumerate(self.constants) if value is not None}
        self.fixed = self.static | fixed | set(plan.streams.values())
        self.fixed |= {s for v, s in plan.variables.items() if _has_one_shape(v, reshaped)}
        self.written = set(plan.written.values())
        self.residual: list[Step] = []
        self.aliases: dict[int, int] = {}
        self.views: dict[int, int] = {}  # of a slot: the one whose elements it shows in their order
        self.budget = _MAX_FOLDED_BYTES
        for step in plan.steps:
            step.check_types(slots)
            self._add(step)

    def result(self, ends_run: bool = False) -> Specialised:
        """What the plan comes to, which is a part of another one or all that a run does."""
        spared = [step for step in self.residual if step.is_total and self._keeps_shape(step)]
        steps = _without_unread(self.plan, self.residual, self.aliases, spared)
        done = steps
        if ends_run:
            steps = with_last_writes_put_off(steps, self.plan.fetches)
            done = with_joint_updates(steps, self.slots, self.fixed, self.static, self.aliases)
        program = host_program(self.constants, done, self.aliases)
        return Specialised(program, steps, self.fixed)

    def _add(self, step: Step) -> None:
        slots = self.slots
        if step.region is None and not self.fixed.issuperset(step.inputs):
            self.unsteady.update(map(id, self._holders(step)))
        if step.region is not None:
            step = self._within(step)
        elif self._keeps_shape(step):
            self.fixed.update(step.outputs)
            if step.checks:
                step = replace(step, writes=())  # a check that was passed once is always
            if step.fitted is not None:
                inputs = (slots[slot] for slot in step.inputs)
                step = replace(step, kernel=step.fitted(step.fn, *inputs, **step.attrs))
        size = sum(_nbytes(slots[slot]) for slot in step.outputs)
        if _is_static(step, self.fixed, self.static) and size <= self.budget:
            self.budget -= size
            self.static.update(step.outputs)
            self.fixed.update(step.outputs)
            for slot in step.outputs:
                self.constants[slot] = slots[slot]
        elif (source := _shown_input(step, slots, self.static, self.written)) is not None:
            source = self.views.get(source, source)
            if slots[source].shape == slots[step.outputs[0]].shape:
                self.aliases[step.outputs[0]] = self.aliases.get(source, source)
            else:
                self.views[step.outputs[0]] = source
                self.residual.append(step)
        else:
            self.residual.append(step)

    def _keeps_shape(self, step: Step) -> bool:
        """Whether the shapes of the outputs follow from the shapes of the feeds."""
        if step.on_host or step.region is not None:
            return False
        if not (self.fixed.issuperset(step.inputs) and self.static.issuperset(step.static)):
            return False
        holders = self._holders(step)
        return all(h.has_one_shape and id(h) not in self.unsteady for h in holders)

    def _holders(self, step: Step) -> list[Any]:
        """The stacks and arrays of tensors that a step works on."""
        values = (self.slots[slot] for slot in step.inputs)
        return [value for value in values if hasattr(value, "has_one_shape")]

    # Regions --------------------------------------------------------------------------------------

    def _within(self, step: Step) -> Step:
        """The step of a region, with its parts specialised as far as a run has been in them."""
        region: Region = copy.copy(step.region)
        if isinstance(region, Loop):
            self._specialise_loop(region, step)
        else:
            region.parts = [self._part(part, step, set()) for part in region.parts]
        if self.plan.trusts_shapes:
            shapes = zip(region.results_of(step.outputs), region.shapes, strict=True)
            self.fixed.update(slot for slot, shape in shapes if shape.is_fully_defined())
        return replace(step, fn=region.run, region=region)

    def _part(self, part: Part, step: Step, bound: set[int]) -> Part:
        """`part`, for bound feeds of which those with the numbers `bound` keep their shapes."""
        if part not in self.seen:
            return part
        return part.doing(self._inside(part, step, bound).result().program)

    def _inside(self, part: Part, step: Step, bound: set[int]) -> _Specialising:
        around = {own: step.inputs[position] for position, own in part.captures}
        fixed = {own for own, slot in around.items() if slot in self.fixed}
        fixed |= {part.plan.feeds[number] for number in bound}
        known = {own: self.constants[slot] for own, slot in around.items() if slot in self.static}
        return _Specialising(
            part.plan, self.seen[part], self.reshaped, self.seen, fixed, known, self.unsteady
        )

    def _specialise_loop(self, loop: Loop, step: Step) -> None:
        condition, body = loop.parts
        if body not in self.seen:
            return
        kept = {n for n in range(loop.count) if step.inputs[n] in self.fixed}
        while True:
            before = len(self.unsteady)
            first = self._inside(condition, step, kept)
            shared = first.fixed_among(condition.plan.fetches[1:], loop.count)
            second = self._inside(body, step, kept | shared)
            after = second.fixed_among(body.plan.fetches, 0)
            still = {n for n in kept & after if self._comes_back(n, body, step)}
            if still == kept and len(self.unsteady) == before:
                break
            kept = still
        loop.parts = [condition.doing(first.result().program), body.doing(second.result().program)]
        results = loop.results_of(step.outputs)
        self.fixed.update(results[n] for n in kept)

    def _comes_back(self, number: int, body: Part, step: Step) -> bool:
        """Whether what a turn gives has the shape that it was given."""
        slots = self.seen[body]
        given, fetched = body.plan.feeds[number], body.plan.fetches[number]
        shapes = {np.shape(slots[slot]) for slot in (given, fetched)}  # type: ignore[index]
        return len(shapes) == 1 and shapes == {np.shape(self.slots[step.inputs[number]])}

    def fixed_among(self, fetches: Collection[int | None], start: int) -> set[int]:
        """The places, counted from `start`, of the `fetches` that keep their shapes."""
        return {start + n for n, slot in enumerate(fetches) if slot in self.fixed}


def _without_unread(
    plan: Plan, steps: list[Step], aliases: dict[int, int], spared: list[Step]
) -> list[Step]:
    """`steps` without those of `spared` that nothing reads: having run once, they cannot fail.

    There are some in every training run: a gate waits for all the gradients of an op, that of the
    fed images too.
    """
    noted = [slot for _, slot in (*plan.sided, *plan.drawn)]
    slots = [*plan.fetches, *plan.written.values(), *noted]
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
