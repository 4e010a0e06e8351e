"""Rewrites the steps of a plan by the rules that ops declare (`declare.rewriting`). Knows none.

What constants and declared shapes alone decide is a constant to the rules, as TensorFlow folds a
graph before it looks at its arithmetic; the steps that compute it stay as they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import OpDef
from stillflow.declare.rewriting import Instead, Operand, Seen
from stillflow.declare.static import Sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.runtime.steps import Plan, Step


def rewrite(plan: Plan) -> None:
    """Changes steps of `plan` in place, and drops those that nothing needs any more."""
    if any(step.region is None and step.op.defn.rewrites for step in plan.steps):
        rewriting = _Rewriting(plan)
        rewriting.run()
        rewriting.made.clear()  # what it saw knows it


# No larger constant is worth computing before a run, in elements.
_LARGEST_FOLDED = 1 << 16


class _Rewriting:
    def __init__(self, plan: Plan):
        self.plan = plan
        self.uses = Counter(slot for step in plan.steps if _counts(step) for slot in step.inputs)
        self.uses.update(slot for slot in plan.fetches if slot is not None)
        self.made: dict[int, _View] = {}
        self.written = set(plan.written.values())
        self.folded: dict[int, np.ndarray | None] = {}

    def run(self) -> None:
        steps = []
        for step in self.plan.steps:
            view = _View(self, step, step.op.defn)
            while (instead := self._instead(view)) is not None:
                view = self._replaced(view, instead)
            steps.append(view.step)
            if len(step.outputs) == 1 and step.is_pure:
                self.made[step.outputs[0]] = view
        dropped = {slot for slot, view in self.made.items() if view.is_dropped}
        self.plan.steps = [step for step in steps if dropped.isdisjoint(step.outputs)]

    def _instead(self, view: _View) -> Instead | None:
        if view.step.region is not None:
            return None
        found = (rule(view) for rule in view.defn.rewrites)
        return next((instead for instead in found if instead is not None), None)

    def _replaced(self, view: _View, instead: Instead) -> _View:
        """The view of the step that computes what is to be computed instead."""
        slots = tuple(
            operand.slot if operand.slot >= 0 else self.plan.new_slot(operand.constant)
            for operand in instead.operands
        )
        self.uses.update(slots)
        for operand in view.operands:
            self._give_up(operand.slot)
        step = replace(
            view.step,
            fn=instead.defn.fn,
            attrs={**instead.defn.attr_defaults, **instead.attrs},
            inputs=slots,
            static=(),
            near_zero=slots if instead.defn.near_zero else (),
            flops=instead.defn.flops,
            fitted=instead.defn.fitted,
        )
        return _View(self, step, instead.defn)

    def constant(self, slot: int) -> Any:
        """The value of a slot that is the same in every run, else None."""
        value, made = self.plan.constants[slot], self.made.get(slot)
        if value is not None or made is None:
            return value
        if slot not in self.folded:
            self.folded[slot] = _folded(made)
        return self.folded[slot]

    def _give_up(self, slot: int) -> None:
        """One use less of what a slot holds; with the last one, what made it is not needed."""
        self.uses[slot] -= 1
        made = self.made.get(slot)
        if made is not None and not self.uses[slot]:
            made.is_dropped = True
            for slot in made.step.inputs if _counts(made.step) else ():
                self._give_up(slot)


def _counts(step: Step) -> bool:
    """Whether a step uses its inputs' values; a shape that is known needs none."""
    return not (step.of_shape and all(t.shape.is_fully_defined() for t in step.op.inputs))


def _folded(view: _View) -> np.ndarray | None:
    """What a step gives in every run, where that is known."""
    step = view.step
    size = step.op.outputs[0].shape.num_elements()
    if step.region is not None or step.on_host or size is None or size > _LARGEST_FOLDED:
        return None
    if step.of_shape:
        values = [_any_of_shape(tensor) for tensor in step.op.inputs]
    else:
        values = [operand.constant for operand in view.operands]
    if any(value is None for value in values):
        return None
    try:
        with np.errstate(all="ignore"):
            result = step.fn(NUMPY, *values, **step.attrs)
    except Exception:  # the run itself will say what is wrong
        return None
    return np.asarray(result) if isinstance(result, np.ndarray | np.generic) else None


def _any_of_shape(tensor: Tensor) -> np.ndarray | None:
    """An array of a tensor's declared shape, without memory of its own; None where that is open."""
    sizes = [size for size in tensor.shape.sizes or () if size is not None]
    if len(sizes) != tensor.shape.rank or not tensor.dtype.is_numpy_compatible:
        return None
    return np.broadcast_to(np.zeros((), tensor.dtype.stored_as), sizes)


class _View(Seen):
    def __init__(self, rewriting: _Rewriting, step: Step, defn: OpDef):
        self._rewriting = rewriting
        self.step = step
        self.defn = defn
        self.attrs = step.attrs
        self.is_dropped = False

    @cached_property
    def operands(self) -> tuple[Operand, ...]:
        constant = self._rewriting.constant
        return tuple(Operand(slot, constant(slot)) for slot in self.step.inputs)

    @property
    def dtype(self) -> DType:
        return self.step.declared[0]

    def shape(self, index: int) -> Sizes:
        operand = self.operands[index]
        if operand.constant is not None:
            return operand.constant.shape
        made = self._rewriting.made.get(operand.slot)
        if made is not None:
            return made.step.op.outputs[0].shape.sizes
        inputs = self.step.op.inputs
        return inputs[index].shape.sizes if len(inputs) == len(self.operands) else None

    def producer(self, index: int) -> _View | None:
        slot, rewriting = self.operands[index].slot, self._rewriting
        made = rewriting.made.get(slot) if rewriting.uses[slot] == 1 else None
        if made is None or not rewriting.written.isdisjoint(made.step.inputs):
            return None  # a variable is read where the step behind is, not later
        return made
