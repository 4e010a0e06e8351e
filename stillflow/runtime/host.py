"""The host tier: a plan's steps in NumPy, one after another, with no compile time.

The first run with given feed shapes also specialises the plan. What depends only on constants and
shapes is folded into a constant, and a step that gave back its input object is dropped, so that
later runs do only what can differ. It needs no second set of rules: the run shows the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.shapes import format_sizes
from stillflow.graph.errors import InternalError, InvalidArgumentError, OpError
from stillflow.graph.operation import Operation
from stillflow.runtime.plan import Plan, Step
from stillflow.runtime.segments import static_inputs

_MAX_FOLDED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class HostProgram:
    """Steps ready to go: each a function, the slots of its inputs, and the slot(s) of its outputs.

    `single` holds the output slot of a step with one output, else None, and `outputs` the slots.
    """

    constants: list[Any]
    steps: Sequence[tuple[partial, tuple[int, ...], int | None, tuple[int, ...]]]
    ops: list[Operation]
    aliases: dict[int, int]

    def run(self, slots: list[Any]) -> None:
        """Fills `slots`, in which feeds, variables and streams are set already."""
        done = 0
        try:
            for call, inputs, single, outputs in self.steps:
                result = call(*[slots[i] for i in inputs])
                if single is None:
                    for slot, value in zip(outputs, result, strict=True):
                        slots[slot] = value
                else:
                    slots[single] = result
                done += 1
        except Exception as error:
            op = self.ops[done]
            raise run_error(op, error, [slots[i] for i in self.steps[done][1]]) from error

    @property
    def inputs(self) -> list[int]:
        """The slots that the steps read."""
        return [slot for _, inputs, _, _ in self.steps for slot in inputs]


def host_program(
    constants: list[Any], steps: Sequence[Step], aliases: dict[int, int] | None = None
) -> HostProgram:
    """The program that does `steps`; a slot in `aliases` is read from another."""
    aliases = aliases or {}
    calls = []
    for step in steps:
        single = step.outputs[0] if len(step.outputs) == 1 else None
        inputs = tuple(aliases.get(slot, slot) for slot in step.inputs)
        call = partial(step.fn, NUMPY, **step.attrs)
        calls.append((call, inputs, single, step.outputs if single is None else ()))
    return HostProgram(constants, calls, [step.op for step in steps], aliases)


def specialised_program(plan: Plan, slots: list[Any]) -> tuple[HostProgram, list[Step], set[int]]:
    """The program for feeds of the shapes that `slots`, filled by a generic run, was made from.

    Also returns the steps that are left in it, and the slots whose shapes are the same every time.
    """
    static = set(_constant_slots(plan))
    written = set(plan.written.values())
    residual: list[Step] = []
    aliases: dict[int, int] = {}
    fixed = static | set(plan.feeds) | set(_fixed_variables(plan)) | set(plan.streams.values())
    constants = list(plan.constants)
    budget = _MAX_FOLDED_BYTES
    for step in plan.steps:
        check_outputs(step, slots)
        if step.guards is not None:
            residual.append(step)
            continue
        if _has_fixed_shape(step, fixed, static):
            fixed.update(step.outputs)
        size = sum(_nbytes(slots[slot]) for slot in step.outputs)
        if _is_static(step, fixed, static) and size <= budget:
            budget -= size
            static.update(step.outputs)
            for slot in step.outputs:
                constants[slot] = slots[slot]
        elif (source := _returned_input(step, slots, static, written)) is not None:
            aliases[step.outputs[0]] = aliases.get(source, source)
        else:
            residual.append(step)
    return host_program(constants, residual, aliases), residual, fixed


def _constant_slots(plan: Plan) -> list[int]:
    return [slot for slot, value in enumerate(plan.constants) if value is not None]


def _fixed_variables(plan: Plan) -> list[int]:
    """Slots of the variables whose shape no run can change."""
    return [
        slot
        for variable, slot in plan.variables.items()
        if variable.outputs[0].shape.is_fully_defined()
    ]


def _has_fixed_shape(step: Step, fixed: set[int], static: set[int]) -> bool:
    """Whether the shapes of the outputs follow from the shapes of the feeds."""
    if step.op.defn.host or not fixed.issuperset(step.inputs):
        return False
    return static.issuperset(static_inputs(step))


def _is_static(step: Step, fixed: set[int], static: set[int]) -> bool:
    defn = step.op.defn
    if not defn.is_pure:
        return False
    return (fixed if defn.of_shape else static).issuperset(step.inputs)


def _returned_input(
    step: Step, slots: list[Any], static: set[int], written: set[int]
) -> int | None:
    """The slot of the input that the step gave back as it was, when every other input is static.

    A variable that the run writes does not count: its slot holds its new value by now.
    """
    if len(step.outputs) != 1 or step.op.defn.stateful or step.op.defn.host:
        return None
    result = slots[step.outputs[0]]
    varying = [slot for slot in step.inputs if slot not in static]
    if len(varying) == 1 and varying[0] not in written and slots[varying[0]] is result:
        return varying[0]
    return None


def _nbytes(value: Any) -> int:
    return getattr(value, "nbytes", 0)


def check_outputs(step: Step, slots: Any) -> None:
    """Holds an op to the types that it declares; NumPy widens where TensorFlow does not."""
    written = len(step.outputs) - sum(not t.dtype._is_ref_dtype for t in step.op.outputs)
    plain = [t for t in step.op.outputs if not t.dtype._is_ref_dtype]
    for slot, tensor in zip(step.outputs[written:], plain, strict=True):
        dtype = getattr(slots[slot], "dtype", None)
        if tensor.dtype.is_numpy_compatible and dtype != np.dtype(tensor.dtype.as_numpy_dtype):
            raise InternalError(
                None,
                step.op,
                f"{step.op.type} gave {dtype or type(slots[slot]).__name__} for output "
                f"{tensor.value_index}, which is declared {tensor.dtype.name}.\n"
                "  This is a fault in Stillflow's declaration of the op; please report it.",
            )


def run_error(op: Operation, error: Exception, inputs: Sequence[Any]) -> Exception:
    """The error of a failed step, with the operation and its inputs' shapes."""
    if isinstance(error, OpError):
        if error.op is not None:
            return error
        return type(error)(None, op, error.message)  # type: ignore[call-arg]
    if not isinstance(error, (ValueError, TypeError, IndexError, np.exceptions.AxisError)):
        return error
    inputs = inputs[: len(op.inputs) + (op.defn.stream is not None)]  # no guards
    shapes = [format_sizes(np.shape(value)) for value in inputs]
    explained = op.defn.explain(op, inputs) if op.defn.explain else None
    if explained:
        message = explained
    elif op.defn.broadcasts and len(shapes) == 2:
        message = f"Incompatible shapes: {shapes[0]} vs. {shapes[1]}"
    else:
        message = f"{op.type}: {error}\n  Its inputs have shapes {', '.join(shapes) or 'none'}."
    return InvalidArgumentError(None, op, message)
