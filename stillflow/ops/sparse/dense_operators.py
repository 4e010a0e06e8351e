"""Python's operators on a sparse tensor and a dense one, which is broadcast to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import casts, division
from stillflow.ops.sparse.dense_cwise import (
    sparse_dense_cwise_add,
    sparse_dense_cwise_div,
    sparse_dense_cwise_mul,
)

if TYPE_CHECKING:
    from stillflow.ops.sparse.sparse_tensor import SparseTensor


def added(sparse: SparseTensor, y: Any) -> SparseTensor:
    """The elements of `sparse`, and there alone, with those of `y` added."""
    return sparse._with_values(sparse_dense_cwise_add(*sparse.fetch_parts(), y))


def multiplied(sparse: SparseTensor, y: Any) -> SparseTensor:
    """sparse * y"""
    return _combined(sparse, y, "mul", sparse_dense_cwise_mul)


def divided(sparse: SparseTensor, y: Any) -> SparseTensor:
    """sparse / y as Python 2 has it: quotients of integers are integers."""
    return _combined(sparse, y, "div", sparse_dense_cwise_div)


def truly_divided(sparse: SparseTensor, y: Any) -> SparseTensor:
    """sparse / y; int32 by int32 gives float64."""
    return _combined(sparse, y, "truediv", _true_quotients)


def multiplied_by(dense: Tensor, sparse: SparseTensor, name: str) -> SparseTensor:
    """dense * sparse, of the given name."""
    values = sparse_dense_cwise_mul(*sparse.fetch_parts(), dense, name=name)
    return sparse._with_values(values)


def _combined(
    sparse: SparseTensor, y: Any, name: str, combine: Callable[..., Tensor]
) -> SparseTensor:
    with name_scope(None, name, [sparse, y]) as scope:
        y = convert_to_tensor(y, sparse.dtype.base_dtype, "y")
        values = combine(*sparse.fetch_parts(), y, name=scope)
        return sparse._with_values(values)


def _true_quotients(indices: Tensor, x: Tensor, sizes: Tensor, y: Tensor, name: str) -> Tensor:
    with name_scope(name, "truediv", [indices, x, sizes, y]) as scope:
        wider = division.quotient_type(x.dtype.base_dtype)
        if wider is not None:
            x, y = casts.cast(x, wider), casts.cast(y, wider)
        return sparse_dense_cwise_div(indices, x, sizes, y, name=scope)
