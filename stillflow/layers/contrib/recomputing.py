"""Functions that are computed again on the way back, so that nothing of them is kept meanwhile."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.custom import custom_gradient, variables_read
from stillflow.gradients.walk import gradients
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import reshaping, slicing
from stillflow.ops.control.ordering import identity, stop_gradient, tuple_
from stillflow.ops.math import arithmetic
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.ops.variables.variable import Variable
from stillflow.platform.arg_scope import arg_scope, current_arg_scope
from stillflow.platform.decorators import fn_args


def recompute_grad(*args: Any, **options: Any) -> Callable[..., Any]:
    """Decorator of a function of tensors, whose values are not kept for its gradient.

    On the way back the function is built again, from its inputs alone. It takes its variables from
    the scope around, behind handles, by the same names: it must not number its scopes itself.

    Args:
      use_data_dep: whether the second computation waits for the gradients by arithmetic, too.
      tupleize_grads: whether all gradients wait for each other.

    Raises:
      ValueError: the function closes over a tensor or a variable; or, when it is called, an input
        is no tensor; or, while it is differentiated, it uses other variables than before.
    """
    if len(args) == 1 and not options and callable(args[0]):
        return _recomputing(args[0])
    return lambda fn: _recomputing(fn, *args, **options)


def _recomputing(
    fn: Callable[..., Any], use_data_dep: bool = False, tupleize_grads: bool = False
) -> Callable[..., Any]:
    _check_closure(fn)

    def recomputed(*args: Any) -> Any:
        for arg in args:
            if not isinstance(arg, Tensor):
                raise ValueError("All inputs to function must be Tensors")
        return _with_recomputed_gradient(fn, use_data_dep, tupleize_grads)(*args)

    is_partial = isinstance(fn, functools.partial)
    return recomputed if is_partial else functools.wraps(fn)(recomputed)


def _check_closure(fn: Callable[..., Any]) -> None:
    code = getattr(fn, "__code__", None)
    cells = getattr(fn, "__closure__", None) or ()
    for name, cell in zip(code.co_freevars if code else (), cells, strict=False):
        value = cell.cell_contents
        if isinstance(value, (Tensor, Variable)):
            raise ValueError(
                f"fn decorated with @recompute_grad closes over Tensor {value.name} (local "
                f"variable name: {name}).\n  Make it an input: through fn it would get no gradient."
            )


def _with_recomputed_gradient(fn: Any, use_data_dep: bool, tupleize: bool) -> Callable[..., Any]:
    says = "is_recomputing" in fn_args(fn)

    @custom_gradient
    def forward(*args: Tensor) -> tuple[Any, Callable[..., Any]]:
        scope, arguments = get_variable_scope(), current_arg_scope()
        graph = get_default_graph()
        before = graph._last_id
        outputs = fn(*args, **({"is_recomputing": False} if says else {}))
        used = variables_read(graph, before)

        def backward(*grads: Any, variables: Sequence[Any] = ()) -> Any:
            inputs = [identity(arg) for arg in args]
            with control_dependencies([grad for grad in grads if grad is not None]):
                if use_data_dep:
                    inputs = _after(grads, inputs)
                with arg_scope(arguments), variable_scope(scope, reuse=True):
                    start = graph._last_id
                    again = fn(*inputs, **({"is_recomputing": True} if says else {}))
                    _check_variables(used, variables_read(graph, start))
            again = list(again) if isinstance(again, (list, tuple)) else [again]
            slopes = gradients(again, [*inputs, *variables], list(grads))
            if tupleize:
                slopes = _after(slopes, slopes) if use_data_dep else tuple_(slopes)
            by_input, by_variable = slopes[: len(inputs)], slopes[len(inputs) :]
            return (by_input, by_variable) if used else by_input

        return outputs, backward if used else (lambda *grads: backward(*grads))

    return forward


def _check_variables(used: Sequence[Any], again: Sequence[Any]) -> None:
    if {id(variable) for variable in used} != {id(variable) for variable in again}:
        raise ValueError(
            "The variables used on recompute were different than the variables originally\nused.\n"
            "  fn was probably called twice in the same enclosing scope, and numbered its own: "
            "call it in a variable scope of its own each time."
        )


def _after(first: Sequence[Any], then: Sequence[Any]) -> list[Any]:
    """`then`, each plus a zero that depends on all of `first`."""
    total = arithmetic.add_n([_first_element(x) for x in first if x is not None])
    if not total.dtype.is_floating:
        raise ValueError("_force_data_dependency only supports floating dtypes.")
    tiny = np.finfo(total.dtype.as_numpy_dtype).tiny
    zero = stop_gradient(tiny * total)
    return [None if x is None else identity(x) + zero for x in then]


def _first_element(x: Tensor) -> Tensor:
    rank = x.get_shape().ndims
    if rank is None:
        raise ValueError(f"Rank of Tensor {x} must be known")
    begin = convert_to_tensor([0] * rank, dtype=dtypes.int32)
    size = convert_to_tensor([1] * rank, dtype=dtypes.int32)
    return reshaping.reshape(slicing.slice_(x, begin, size), [])
