"""Switch and Merge: the nodes that a choice between two sides is made of.

A switch marks the value on the side that is not taken as dead. What needs a dead value does not run
and gives dead values in turn (see `runtime.sides`), and a merge takes the value that is not dead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import to_tensor
from stillflow.declare.dead import dead, is_dead
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.control.nodes import is_loop_merge, is_loop_switch, output_context
from stillflow.ops.math.comparison import equal


def _switched(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    return ctx.shape(0)


@op(
    "Switch",
    "data: T, pred: bool -> output_false: T, output_true: T",
    shape=_switched,
    host=True,
    splits=True,
)
def switch_op(xp, data, pred):
    """data: n[...], pred: bool[] -> `data` on the side that `pred` names, dead on the other.

    Behind a handle `data` may be no array, or None where a variable has no value.
    """
    nothing = dead(getattr(data, "dtype", np.float32))
    return (nothing, data) if pred else (data, nothing)


def switch(data: Any, pred: Any, dtype: Any = None, name: str | None = None) -> Any:
    """(output_false, output_true): `data` is on the side that `pred` names, the other is dead.

    `data` may be a composite tensor; then both are.
    """
    with name_scope(name, "Switch", [data, pred]) as scope:
        data = to_composite(data, dtype, "data")
        pred = to_tensor(pred, name="pred")
        if isinstance(data, Tensor):
            return switch_op(data, pred, name=scope)
        sides = [switch_op(part, pred) for part in nest.flatten(data, expand_composites=True)]
        return tuple(
            nest.pack_sequence_as(data, list(side), expand_composites=True)
            for side in zip(*sides, strict=True)
        )


def to_composite(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A composite tensor as it is; anything else as a tensor, a variable as its reference."""
    if isinstance(value, CompositeTensor):
        return value
    return to_tensor(value, dtype, name, as_ref=True)


@op(
    "RefSwitch",
    "data: ref T, pred: bool -> output_false: ref T, output_true: ref T",
    shape=_switched,
    host=True,
    stateful=True,
    asks_state=True,
    splits=True,
)
def ref_switch_op(xp, data, pred):
    """Switch of a variable, which is None when it has no value."""
    nothing = dead(getattr(data, "dtype", np.float32))
    return (nothing, data) if pred else (data, nothing)


def switch_ref_or_tensor(data: Any, pred: Tensor, name: str = "Switch") -> Any:
    """`switch` beside what makes `data`, by a RefSwitch where it is a reference to a variable."""
    data = data if isinstance(data, CompositeTensor) else to_tensor(data, name="data")
    with colocate_with(data, ignore_existing=True):
        if isinstance(data, Tensor) and data.dtype._is_ref_dtype:
            return ref_switch_op(data, pred, name=name)
        return switch(data, pred, name=name)


def _merged(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    """What all inputs have in common, where they are of one rank."""
    first, *rest = ctx.shapes()
    if first is None or any(sizes is None or len(sizes) != len(first) for sizes in rest):
        return [None, ()]
    common = (set(sizes) for sizes in zip(first, *rest, strict=True))
    return [tuple(sizes.pop() if len(sizes) == 1 else None for sizes in common), ()]


@op(
    "Merge",
    "inputs: N * T -> output: T, value_index: int32",
    shape=_merged,
    host=True,
    joins=True,
)
def merge_op(xp, *inputs):
    """inputs: n[...] each -> the first that is not dead, and its number, i32[]; dead if all are."""
    alive = [index for index, value in enumerate(inputs) if not is_dead(value)]
    return (inputs[alive[0]], np.int32(alive[0])) if alive else (inputs[0], dead(np.int32))


@op(
    "RefMerge",
    "inputs: N * ref T -> output: ref T, value_index: int32",
    shape=_merged,
    host=True,
    joins=True,
)
def ref_merge_op(xp, *inputs):
    """Merge of a variable's references."""
    return merge_op.fn(xp, *inputs)


def _selected(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(0), 0)
    first, *rest = ctx.shapes()[1:]
    is_one = first is not None and None not in first and all(sizes == first for sizes in rest)
    return first if is_one else None


@op("RefSelect", "index: int32, inputs: N * ref T -> output: ref T", shape=_selected, host=True)
def ref_select_op(xp, index, *inputs):
    """index: i32[], references to variables -> the one of that number."""
    if not 0 <= index < len(inputs):
        refuse(f"index must be in the range [0, {len(inputs)}) but got: {index}")
    return inputs[index]


def merge(inputs: Any, name: str | None = None) -> Any:
    """(output, value_index): the one of `inputs` that is not dead, and its number.

    Where some of them are IndexedSlices, the others become such.

    Raises:
      ValueError: one of them is None.
    """
    if any(value is None for value in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        values = [to_composite(value) for value in inputs]
        if all(isinstance(value, Tensor) for value in values):
            is_ref = all(value.dtype._is_ref_dtype for value in values)
            return (ref_merge_op if is_ref else merge_op)(values, name=scope)
        return _merged_parts(values)


def _merged_parts(values: list[Any]) -> tuple[Any, Tensor]:
    slices = values
    if any(isinstance(value, IndexedSlices) for value in values):
        from stillflow.ops.array.indexed_slices import as_slices_list

        slices = as_slices_list(values, optimize=False)
    for other in slices[1:]:
        nest.assert_same_structure(slices[0], other, expand_composites=True)
    parts = zip(*(nest.flatten(one, expand_composites=True) for one in slices), strict=True)
    merged: list[Any] = [merge_op(list(part)) for part in parts]
    outputs = [each.output for each in merged]
    chosen = nest.pack_sequence_as(slices[0], outputs, expand_composites=True)
    return chosen, merged[0].value_index


# Gradients: a choice or a loop says itself what those of its nodes are ----------------------------


def switch_gradient(op, *grads):
    """The gradient of what was switched is the one from the side that was taken."""
    context = op._control_flow_context
    if _is_said_by(context, is_loop_switch(op)):
        return context.switch_gradient(op, *grads)
    if_false = switch(grads[0], op.inputs[1])[0]
    if_true = switch(grads[1], op.inputs[1])[1]
    return merge([if_false, if_true])[0], None


def merge_gradient(op, grad, _):
    """The gradient goes to the input that was taken, to the others goes a dead value."""
    context = output_context(op.inputs[0].op)
    if _is_said_by(context, is_loop_merge(op)):
        return context.merge_gradient(grad)
    was_taken = [equal(op.outputs[1], number) for number in range(len(op.inputs))]
    return [switch_ref_or_tensor(grad, taken)[1] for taken in was_taken]


def _is_said_by(context: Any, is_of_variable: bool) -> bool:
    """Whether a context says what the gradient is; of a loop's nodes those of its variables."""
    if context is None or context.IsXLAContext():
        return False
    return is_of_variable or not context.IsWhileContext()


switch_op.gradient(switch_gradient)
ref_switch_op.gradient(switch_gradient)
merge_op.gradient(merge_gradient)
ref_merge_op.gradient(merge_gradient)
