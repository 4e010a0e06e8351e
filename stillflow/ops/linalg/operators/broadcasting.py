"""Matrices whose batches are made alike before something is done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.debug import checks
from stillflow.ops.math import elementwise


def with_broadcast(
    name: str, solve: Callable[[Tensor, Tensor], Tensor], matrix: Any, rhs: Any
) -> Tensor:
    """Returns `solve(matrix, rhs)`, their batches broadcast."""
    with name_scope(name, values=[matrix, rhs]):
        matrix = convert_to_tensor(matrix, name="matrix")
        rhs = convert_to_tensor(rhs, name="rhs", dtype=matrix.dtype)
        return solve(*_alike(matrix, rhs))


def _alike(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """a: f[..., m, n], b: f[..., n, k] -> the same with equal axes before the last two."""
    with name_scope("broadcast_matrix_batch_dims", values=[a, b]):
        known = filling.broadcast_static_shape(a.shape[:-2], b.shape[:-2])
        if known.is_fully_defined():
            sizes: Any = known.as_list()
            return _broadcast(a, known, sizes), _broadcast(b, known, sizes)
        batches = [shape_of.shape(x)[:-2] for x in (a, b)]
        sizes = filling.broadcast_dynamic_shape(*batches)
        return _broadcast(a, None, sizes), _broadcast(b, None, sizes)


def _broadcast(x: Tensor, known: Any, sizes: Any) -> Tensor:
    if known is not None and x.shape[:-2] == known:
        return x
    return filling.broadcast_to(x, concat([sizes, shape_of.shape(x)[-2:]], axis=0))


def assert_nowhere_zero(x: Any, message: str) -> Any:
    """Returns an operation that fails a run in which an element of `x` is 0."""
    with name_scope("assert_no_entries_with_modulus_zero", values=[x]):
        x = convert_to_tensor(x, name="x")
        size = elementwise.abs_(x)
        zero = convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return checks.assert_less(zero, size, message=message)
