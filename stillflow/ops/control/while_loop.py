"""`tf.while_loop`: a body that runs as long as a condition holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.control import effects, frames, shape_invariants
from stillflow.ops.control.carried import as_before, as_carried
from stillflow.ops.control.eager_loop import looped
from stillflow.ops.control.nodes import is_constant_enter
from stillflow.ops.control.ordering import identity, ref_or_identity
from stillflow.ops.control.summarized import with_summaries
from stillflow.ops.control.switch import merge, switch_ref_or_tensor
from stillflow.ops.control.taped import told_to_tapes
from stillflow.ops.control.while_context import WhileContext
from stillflow.ops.math.comparison import logical_and

Function = Callable[..., Any]


def while_loop(
    cond: Function,
    body: Function,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Returns `loop_vars` after `body` as often as `cond` says.

    Both functions take the loop variables and are called once, now; in a run what they build runs
    once an iteration. `body` returns the next loop variables, of the same structure and types.

    Args:
      loop_vars: a list or tuple of tensors, TensorArrays, composite tensors (IndexedSlices,
        SparseTensor), and nests of them.
      shape_invariants: what stays of each variable's shape in all iterations; by default its shape.
      parallel_iterations: recorded, as is `swap_memory`; results do not depend on them.
      back_prop: False where no gradient is wanted.
      maximum_iterations: i[], after which the loop ends though `cond` holds.
      return_same_structure: a single variable is returned in a list as well.

    Raises:
      TypeError: a function cannot be called, or `body` returns another structure.
      ValueError: there are no variables; `body` returns more or fewer, or one of another shape.
    """
    if not callable(cond):
        raise TypeError("cond must be callable.")
    if not callable(body):
        raise TypeError("body must be callable.")
    if parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    with name_scope(name, "while", loop_vars):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        limit = None
        if executing_eagerly():
            most = None if maximum_iterations is None else int(_limit(maximum_iterations))  # type: ignore[call-overload]
            return looped(cond, body, loop_vars, most, return_same_structure)
        if maximum_iterations is not None:
            limit = _limit(maximum_iterations)
            is_single = len(loop_vars) == 1 and not return_same_structure
            cond, body, loop_vars = _counted(cond, body, loop_vars, limit, is_single)
        if shape_invariants is not None:
            if limit is not None:
                shape_invariants = (TensorShape([]), shape_invariants)
            shape_invariants = _checked_shapes(loop_vars, shape_invariants)
        graph = get_default_graph()
        with graph.alone():
            context = WhileContext(limit, parallel_iterations, back_prop, swap_memory)
            if context.outer_context is None:
                graph.add_to_collection(GraphKeys.WHILE_CONTEXT, context)
            result = told_to_tapes(
                lambda: _build(
                    context, cond, body, loop_vars, shape_invariants, return_same_structure
                )
            )
        return result if limit is None else result[1]


def _limit(maximum_iterations: Any) -> Tensor:
    limit = convert_to_tensor(maximum_iterations, name="maximum_iterations")
    if limit.shape.ndims != 0:
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {limit.shape}")
    return limit


def _counted(
    cond: Function, body: Function, loop_vars: Any, limit: Tensor, is_single: bool
) -> tuple[Function, Function, Any]:
    """A loop with a counter before its variables, which ends at `limit`.

    A single variable stays alone beside the counter; others are a nest.
    """
    counter = constant(0, dtype=limit.dtype, name="iteration_counter")
    if is_single:
        return (
            lambda i, value: logical_and(i < limit, cond(value)),
            lambda i, value: (i + 1, body(value)),
            (counter, loop_vars[0]),
        )
    return (
        lambda i, values: logical_and(i < limit, cond(*values)),
        lambda i, values: (i + 1, body(*values)),
        (counter, loop_vars),
    )


def _checked_shapes(loop_vars: Any, shapes: Any) -> Any:
    nest.assert_same_structure(loop_vars, shapes)
    return nest.map_structure(shape_invariants.of, loop_vars, shapes)


# The loop's nodes --------------------------------------------------------------------------------


def _build(
    context: WhileContext,
    cond: Function,
    body: Function,
    loop_vars: Any,
    shapes: Any,
    return_same_structure: bool,
) -> Any:
    """Builds the loop and returns what its variables are behind it."""
    values = [as_carried(value) for value in nest.flatten(loop_vars)]
    tensors = [_as_composite(value) for value in values]
    if shapes is None:
        shapes = [shape_invariants.of(tensor) for tensor in tensors]
    capture = get_default_graph().capture
    flat = nest.flatten(tensors, expand_composites=True)
    parts = [capture(part) if part._is_eager else part for part in flat]
    try:
        context.Enter()
        result, exits = _build_inside(context, cond, body, loop_vars, parts, shapes)
    finally:
        context.Exit()
    originals = nest.flatten(result, expand_composites=True)
    leaving = [as_before(*pair) for pair in zip(originals, exits, strict=True)]
    packed = nest.pack_sequence_as(result, leaving, expand_composites=True)
    return packed[0] if len(exits) == 1 and not return_same_structure else packed


def _as_composite(value: Any) -> Tensor | CompositeTensor:
    return value if isinstance(value, CompositeTensor) else to_tensor(value)


def _build_inside(
    context: WhileContext,
    cond: Function,
    body: Function,
    loop_vars: Any,
    parts: list[Tensor],
    shapes: Any,
) -> tuple[Any, list[Tensor]]:
    """(what `body` returned, the loop variables behind the loop)"""
    originals = nest.flatten(loop_vars, expand_composites=True)

    def packed(tensors: list[Tensor]) -> Any:
        values = [as_before(*pair) for pair in zip(originals, tensors, strict=True)]
        return nest.pack_sequence_as(loop_vars, values, expand_composites=True)

    merged = _merged(context, parts, shapes)
    since = effects.count()
    condition = effects.waiting(to_tensor(cond(*packed(merged))), since, context)
    context._pivot = frames.loop_cond_op(condition, name="LoopCond")
    switched = [switch_ref_or_tensor(tensor, context._pivot) for tensor in merged]
    in_body = [ref_or_identity(sides[1]) for sides in switched]
    context._pivot_for_body = in_body[0]
    arguments = packed(in_body)
    since = effects.count()
    result = with_summaries(lambda: body(*arguments), _again)
    if not nest.has_children(result, True):
        result = [result]
    nest.assert_same_structure(list(arguments), list(result), expand_composites=True)
    flat = [as_carried(value) for value in nest.flatten(result, expand_composites=True)]
    after = [convert_to_tensor_or_indexed_slices(value) for value in flat]
    if len(merged) != len(after):
        raise ValueError(
            "Number of inputs and outputs of body must match loop_vars: "
            f"{len(merged)}, {len(after)}"
        )
    after = effects.waiting(after, since, context)
    for variable, value in zip(merged, after, strict=True):
        frames.add_back_edge(variable, value)
    context._loop_exits = [frames.exit_(sides[0]) for sides in switched]
    effects.carry(context._loop_exits, context)
    context.ExitResult(context._loop_exits)
    return result, context._loop_exits


def _again(result: Any) -> Any:
    """The same results as nodes of their own, which wait for what is open; but TensorArrays."""

    def again(value: Any) -> Any:
        return identity(value) if as_carried(value) is value else value

    return nest.map_structure(again, result, expand_composites=True)


def _merged(context: WhileContext, parts: list[Tensor], shapes: Any) -> list[Tensor]:
    """The merges of the loop variables, which start as `parts`."""
    context._values = {tensor.name for tensor in parts}
    around = context.outer_context
    outside = parts if around is None else [around.AddValue(tensor) for tensor in parts]
    with control_dependencies(None):
        enters = [context.enter(tensor, keeps_shape=False) for tensor in outside]
        for tensor in enters:
            tensor.graph.prevent_feeding(tensor)
            if around is not None:
                around.AddInnerOp(tensor.op)
    _wait_around(context, enters)
    shape_invariants.give(outside, enters, shapes)
    context.own(enters)
    context._values = {tensor.name for tensor in enters}
    context._loop_enters = enters
    merged = [merge([tensor, tensor])[0] for tensor in enters]
    context._pivot_for_pred = merged[0]
    return merged


def _wait_around(context: WhileContext, enters: list[Tensor]) -> None:
    """Variables that start as what is the same in all iterations of a loop around wait for one."""
    pivot, around = None, context.outer_context
    while around is not None and pivot is None:
        pivot, around = around.GetControlPivot(), around.outer_context
    if pivot is not None:
        for tensor in enters:
            if is_constant_enter(tensor.op.inputs[0].op):
                tensor.op._add_control_input(pivot.op)
