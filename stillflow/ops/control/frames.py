"""Enter, Exit, NextIteration, LoopCond: the nodes that a loop is made of.

They forward a value into a loop's frame, out of it, and from one of its iterations to the next. A
run does not carry them out one by one: it finds the loop that they bound (see `runtime.regions`).
"""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import to_tensor
from stillflow.declare.opdef import op
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape


def _entered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return ctx.shape(0) if ctx.attrs["is_constant"] else None


@op("Enter", "data: T -> output: T", shape=_entered, frame="enter")
def enter_op(
    xp, data, *, frame_name: str, is_constant: bool = False, parallel_iterations: int = 10
):
    """data: n[...] -> n[...], in the frame `frame_name`; the same in each of its iterations."""
    return data


@op("RefEnter", "data: ref T -> output: ref T", shape=shapes.same, frame="enter")
def ref_enter_op(
    xp, data, *, frame_name: str, is_constant: bool = False, parallel_iterations: int = 10
):
    """Enter for a variable."""
    return data


@op("Exit", "data: T -> output: T", shape=shapes.same, frame="exit")
def exit_op(xp, data):
    """data: n[...] -> n[...], in the frame around the loop."""
    return data


@op("RefExit", "data: ref T -> output: ref T", shape=shapes.same, frame="exit")
def ref_exit_op(xp, data):
    """Exit for a variable."""
    return data


@op("NextIteration", "data: T -> output: T", shape=shapes.same, frame="next")
def next_iteration_op(xp, data):
    """data: n[...] -> n[...], in the next iteration of its loop."""
    return data


@op("RefNextIteration", "data: ref T -> output: ref T", shape=shapes.same, frame="next")
def ref_next_iteration_op(xp, data):
    """NextIteration for a variable."""
    return data


@op(
    "LoopCond",
    "input: bool -> output: bool",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 0),
    frame="condition",
)
def loop_cond_op(xp, go_on):
    """go_on: bool[] -> bool[], whether the loop does one more iteration."""
    return go_on


def enter_gradient(op, grad):
    """That of what goes into a loop, which the backward loop says."""
    return _context().enter_gradient(op, grad)


def exit_gradient(op, grad):
    """That of a loop variable, which goes into the backward loop."""
    return _context().exit_gradient(op, grad)


def next_iteration_gradient(op, grad):
    """That of the value before; the rule of the loop variable's Switch closes the loop."""
    return grad


def _context() -> Any:
    return get_default_graph()._get_control_flow_context()


enter_op.gradient(enter_gradient)
ref_enter_op.gradient(enter_gradient)
exit_op.gradient(exit_gradient)
ref_exit_op.gradient(exit_gradient)
next_iteration_op.gradient(next_iteration_gradient)
ref_next_iteration_op.gradient(next_iteration_gradient)
loop_cond_op.not_differentiable()


@op("ControlTrigger", "->")
def control_trigger_op(xp):
    """Does nothing once its control inputs have run, whichever of them are dead."""


def enter(
    data: Any,
    frame_name: str,
    is_constant: bool = False,
    parallel_iterations: int = 10,
    keeps_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`data`, a tensor, a reference to a variable or a composite tensor, in the frame `frame_name`.

    What is constant is the same in each iteration. Its shape may be another in later ones unless
    `keeps_shape`.
    """

    def entered(tensor: Tensor, own_name: str | None = None) -> Tensor:
        build = ref_enter_op if tensor.dtype._is_ref_dtype else enter_op
        inside = build(tensor, frame_name, is_constant, parallel_iterations, name=own_name)
        if keeps_shape:
            inside.set_shape(tensor.shape)
        return inside

    if isinstance(data, CompositeTensor):
        return nest.map_structure(entered, data, expand_composites=True)
    return entered(to_tensor(data, as_ref=True), name)


def exit_(data: Any, name: str | None = None) -> Any:
    """`data`, of a loop, in the frame around it."""
    if isinstance(data, CompositeTensor):
        return nest.map_structure(exit_, data, expand_composites=True)
    tensor = to_tensor(data, as_ref=True)
    return (ref_exit_op if tensor.dtype._is_ref_dtype else exit_op)(tensor, name=name)


def next_iteration(data: Any, name: str | None = None) -> Any:
    """`data`, of a loop, in its next iteration."""
    if isinstance(data, CompositeTensor):
        return nest.map_structure(next_iteration, data, expand_composites=True)
    tensor = to_tensor(data, as_ref=True)
    is_ref = tensor.dtype._is_ref_dtype
    return (ref_next_iteration_op if is_ref else next_iteration_op)(tensor, name=name)


def add_back_edge(merged: Any, value: Any, check_shape: bool = True) -> Any:
    """Makes `value` what `merged`, the merge of a loop variable, is in the next iteration.

    Raises:
      ValueError: with `check_shape`, its shape is not known to be the variable's.
      InvalidArgumentError: it is of another type, which TensorFlow says in the first run.
    """
    if isinstance(merged, IndexedSlices):
        from stillflow.ops.array.indexed_slices import as_slices

        value = next_iteration(as_slices(value, optimize=False))
        for part, own in zip(*(nest.flatten(x, True) for x in (merged, value)), strict=True):
            part.op._update_input(1, own)
        return value
    value = next_iteration(to_tensor(value))
    if check_shape:
        _check_shape_stays(merged, value)
    _check_type_stays(merged, value)
    merged.op._update_input(1, value)
    return value


def _check_shape_stays(merged: Tensor, value: Tensor) -> None:
    if not is_within(value.shape, merged.shape):
        initial = merged.op.inputs[0].op.inputs[0]
        raise ValueError(
            f"Input tensor '{initial.name}' enters the loop with shape {initial.shape}, but has "
            f"shape {value.shape} after one iteration. To allow the shape to vary across "
            "iterations, use the `shape_invariants` argument of tf.while_loop to specify a "
            "less-specific shape."
        )


def _check_type_stays(merged: Tensor, value: Tensor) -> None:
    if value.dtype.base_dtype is not merged.dtype.base_dtype:
        names = value.dtype.base_dtype.runtime_name, merged.dtype.base_dtype.runtime_name
        raise InvalidArgumentError(
            None,
            merged.op,
            f"Input 1 of node {merged.op.name} was passed {names[0]} from {value.name} incompatible"
            f" with expected {names[1]}.\n  A loop variable keeps its type: convert what the body "
            "returns with tf.cast.",
        )


def is_within(shape: TensorShape, bound: TensorShape) -> bool:
    """Whether all of `bound` that is known is known of `shape` as well, and the same."""
    if bound.sizes is None:
        return True
    if shape.sizes is None or len(shape.sizes) != len(bound.sizes):
        return False
    return all(b is None or a == b for a, b in zip(shape.sizes, bound.sizes, strict=True))
