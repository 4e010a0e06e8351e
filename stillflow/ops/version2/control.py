"""Choices and loops, with version 2's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.declare.respelling import respelled
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.control.case import case
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import tuple_
from stillflow.ops.control.while_loop import while_loop

case_v2 = respelled(case, "pred_fn_pairs default exclusive strict name")
cond_v2 = respelled(cond, "pred true_fn false_fn name", fixed={"strict": True})
tuple_v2 = respelled(tuple_, "tensors control_inputs name")
while_loop_v2 = respelled(
    while_loop,
    "cond body loop_vars shape_invariants parallel_iterations back_prop swap_memory "
    "maximum_iterations name",
    fixed={"return_same_structure": True},
)


def cond_of_module(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = "cond"
) -> Any:
    """`tf.cond` as TensorFlow's module cond_v2 has it: `pred` may have axes, of size 1."""
    return cond_v2(_one(pred), true_fn, false_fn, name)


def while_loop_of_module(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    maximum_iterations: Any = None,
    name: str | None = None,
    return_same_structure: bool = True,
) -> Any:
    """`tf.while_loop` as TensorFlow's module while_v2 has it: a test may have axes, of size 1."""
    return while_loop(
        lambda *state: _one(cond(*state)),
        body,
        loop_vars,
        shape_invariants,
        parallel_iterations,
        maximum_iterations=maximum_iterations,
        name=name,
        return_same_structure=return_same_structure,
    )


def _one(pred: Any) -> Any:
    """bool[], of one that may have axes."""
    has_axes = is_tensor(pred) and pred.shape.ndims != 0
    return squeeze(pred) if has_axes else pred
