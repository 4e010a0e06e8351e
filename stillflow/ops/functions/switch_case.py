"""`tf.switch_case`: a choice by number among functions, and the op that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.expanding import Body
from stillflow.declare.opdef import op
from stillflow.graph import context, nest
from stillflow.graph.context import executing_eagerly, get_default_graph
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity
from stillflow.ops.functions.branches import (
    BranchGraph,
    agree_on_inputs,
    common_shapes,
    function_name,
    functions_of,
)
from stillflow.ops.functions.functional import UNDECLARED, declared_shapes
from stillflow.ops.functions.lowering import Lowering
from stillflow.ops.math.comparison import equal

Action = Callable[[], Any]


def _choices(operation: Operation) -> Body:
    """Choices between one branch and those behind it; the last one where none is asked for."""
    lowering, branches = Lowering(operation), operation.attrs["branches"]
    index, *inputs = lowering.inputs

    def chosen(number: int) -> Any:
        if number == len(branches) - 1:
            return lowering.call(branches[number], inputs)
        return cond(
            equal(index, number),
            lambda: lowering.call(branches[number], inputs),
            lambda: chosen(number + 1),
        )

    with lowering.graph.as_default():
        return lowering.body(chosen(0))


@op(
    "Case",
    "branch_index: int32, input: [Tin] -> output: [Tout]",
    shape=declared_shapes,
    limits={"branches": 1},
    stateful=True,
    expands=_choices,
)
def case_op(
    xp,
    branch_index,
    *inputs,
    Tout: list[DType],
    branches: list[FunctionName],
    output_shapes: list[TensorShape] = UNDECLARED,
):
    """What one of several functions gives for `inputs`; the last one for any other number."""
    raise AssertionError("choices run in its place")


@case_op.gradient
def gradient_of_case(op, *grads):
    return context.gradient_of_choice(op, grads)


def switch_case(
    branch_index: Any,
    branch_fns: Any,
    default: Action | None = None,
    name: str = "switch_case",
) -> Any:
    """Returns what the function of number `branch_index` returns: a C `switch`.

    All functions are called once, now; a run carries out one. They return tensors, IndexedSlices or
    operations, alone or in nests of the same structure and types; an operation gives a tensor of
    `branch_index`'s value.

    Args:
      branch_index: i32[].
      branch_fns: a list of functions, or pairs or a mapping of numbers, 0 to n - 1, and functions.
      default: the function for any other number; without it that is the last one.

    Raises:
      TypeError: an argument is not of this form; the functions return different structures.
      ValueError: there is no function, or numbers are missing; the functions return another number
        of tensors.
    """
    actions = _checked(branch_index, branch_fns, default)
    if executing_eagerly():
        number = int(branch_index)
        return actions[number if 0 <= number < len(actions) else -1]()
    with name_scope(name, "case", [branch_index]), name_scope("indexed_case") as scope:
        graphs = [
            BranchGraph(function_name(get_default_graph(), f"{scope}branch{number}"))
            for number in range(len(actions))
        ]
        for graph, action in zip(graphs, actions, strict=True):
            graph.build(action, stands_for_operation=branch_index)
        _check_own_tensors(graphs)
        outputs = choice_by_number(branch_index, graphs, [g.extra_inputs for g in graphs], scope)
        return nest.pack_sequence_as(graphs[0].result, outputs, expand_composites=True)


def choice_by_number(
    index: Tensor, graphs: Sequence[BranchGraph], taken: Sequence[Sequence[Tensor]], name: str
) -> list[Tensor]:
    """A Case of branches, each of which takes `taken`; what it gives."""
    _check_alike(graphs)
    inputs = agree_on_inputs(graphs, taken)
    outputs = case_op(
        index,
        inputs,
        Tout=[tensor.dtype for tensor in graphs[0].outputs],
        branches=functions_of(graphs),
        output_shapes=common_shapes(graphs),
        name=name,
    )
    return led_out(outputs)


def led_out(outputs: Any) -> list[Tensor]:
    """What a choice gives, which is not fetched itself: it has outputs that no run shows."""
    given = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    operation = given[0].op
    operation._set_attr("_lower_using_switch_merge", True)
    tensors = [identity(tensor) for tensor in given]
    operation.graph.prevent_fetching(operation)
    return tensors


def _checked(branch_index: Any, branch_fns: Any, default: Action | None) -> list[Action]:
    """The functions in order, the default one last."""
    if not isinstance(branch_index, Tensor):
        raise TypeError(f"branch_index must a Tensor, got {type(branch_index)}")
    if not branch_index.dtype.is_integer:
        raise TypeError(f"branch_index must an integer Tensor, got {branch_index.dtype}")
    if not branch_fns:
        raise ValueError("Must provide at least one item in branch_fns")
    if not isinstance(branch_fns, (list, tuple, dict)):
        raise TypeError("branch_fns must be a list, tuple, or dict")
    pairs = list(branch_fns.items()) if isinstance(branch_fns, dict) else list(branch_fns)
    if all(callable(pair) for pair in pairs):
        pairs = list(enumerate(pairs))
    for pair in pairs:
        _check_pair(pair)
    actions = dict(pairs)
    if sorted(key for key, _ in pairs) != list(range(len(pairs))):
        shown = ",".join(str(key) for key in sorted(key for key, _ in pairs))
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(pairs)}) but found "
            f"{{{shown}}}"
        )
    ordered = [actions[number] for number in range(len(pairs))]
    return ordered if default is None else [*ordered, default]


def _check_pair(pair: Any) -> None:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise TypeError("Each entry in branch_fns must be a 2-tuple")
    key, action = pair
    if not isinstance(key, int):
        raise TypeError(f"key must be a Python `int`, got {type(key)}")
    if not callable(action):
        raise TypeError(f"fn for key {key} must be callable.")


def _check_own_tensors(graphs: Sequence[BranchGraph]) -> None:
    """ValueError where a branch takes what another one built."""
    numbers = {id(graph): number for number, graph in enumerate(graphs)}
    for number, graph in enumerate(graphs):
        for tensor in graph.extra_inputs:
            if id(tensor.graph) in numbers:
                raise ValueError(
                    f"Tensor {tensor.name} in branch {numbers[id(tensor.graph)]} is accessed from "
                    f"branch {number}."
                )


def _check_alike(graphs: Sequence[BranchGraph]) -> None:
    """TypeError or ValueError where branches do not return the same structure and types."""
    first = graphs[0]
    for number, other in enumerate(graphs[1:], 1):
        try:
            nest.assert_same_structure(first.result, other.result, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise _unlike(first, other, number, str(error)) from None
        if len(first.outputs) != len(other.outputs):
            raise ValueError(
                "Lengths of branch outputs of case must match.\n"
                f"  Branch 0 returns {len(first.outputs)}, branch {number} {len(other.outputs)}."
            )
        for a, b in zip(first.outputs, other.outputs, strict=True):
            if a.dtype != b.dtype:
                raise _unlike(first, other, number, f"{a} and {b} have different types")


def _unlike(first: BranchGraph, other: BranchGraph, number: int, detail: str) -> TypeError:
    return TypeError(
        f"branches[0] and branches[{number}] arguments to tf.switch_case must have the same number,"
        " type, and overall structure of return values.\n\n"
        f"branches[0] output: {first.result}\n"
        f"branches[{number}] output: {other.result}\n\n"
        f"Error details:\n{detail}"
    )
