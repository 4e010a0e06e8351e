"""Products of tensors of any rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.tensors import known_shape, ndim
from stillflow.layers.custom_objects import is_sparse
from stillflow.ops.array import joining, reshaping, shape_of, stacking, transposing
from stillflow.ops.linalg import products
from stillflow.ops.math import arithmetic
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul


def dot(x: Any, y: Any) -> Tensor:
    """Sums products along the last axis of `x` and the last but one of `y`.

    x of shape (..., n) and y of shape (..., n, m) give the axes of x but the last, those of y but
    n. `x` may be a sparse matrix.
    """
    x_rank = ndim(x)
    if x_rank is not None and max(x_rank, _rank(y)) > 2:
        return _dot_of_many_axes(x, y)
    return sparse_tensor_dense_matmul(x, y) if is_sparse(x) else products.matmul(x, y)


def _dot_of_many_axes(x: Any, y: Any) -> Tensor:
    x_shape, y_shape = _sizes(x), _sizes(y)
    axes = list(range(_rank(y)))
    axes.insert(0, axes.pop(-2))
    rows = reshaping.reshape(x, [-1, x_shape[-1]])
    columns = reshaping.reshape(transposing.transpose(y, perm=axes), [y_shape[-2], -1])
    shape = x_shape[:-1] + y_shape[:-2] + y_shape[-1:]
    return reshaping.reshape(products.matmul(rows, columns), shape)


def _sizes(x: Any) -> tuple[Any, ...]:
    """The sizes of a tensor: numbers, and tensors of those that are not known."""
    sizes = stacking.unstack(shape_of.shape(x))
    return tuple(s if n is None else n for n, s in zip(known_shape(x), sizes, strict=True))


def batch_dot(x: Any, y: Any, axes: Any = None) -> Tensor:
    """Sums products along an axis of each, for every row of a batch by itself.

    Args:
      x, y: of shape (batch, ...).
      axes: which axis of `x`, and which of `y`; a number for both. By default the last one of `x`,
        the last but one of `y`.

    Returns:
      Their other axes, those of `x` first; at least two.
    """
    x_rank, y_rank = _rank(x), _rank(y)
    if isinstance(axes, int):
        axes = (axes, axes)
    axes = [x_rank - 1, y_rank - 2] if axes is None else axes
    more = abs(x_rank - y_rank)
    if x_rank > y_rank:
        y = _with_axes_behind(y, more)
    elif y_rank > x_rank:
        x = _with_axes_behind(x, more)
    out = _batch_product(x, y, axes)
    if more:
        first = x_rank + y_rank - 3 if x_rank > y_rank else x_rank - 1
        out = reshaping.squeeze(out, list(range(first, first + more)))
    return reshaping.expand_dims(out, 1) if ndim(out) == 1 else out


def _batch_product(x: Any, y: Any, axes: Sequence[int]) -> Tensor:
    if _rank(x) == 2 and _rank(y) == 2:
        if axes[0] != axes[1]:
            x = transposing.transpose(x, [1, 0])
        return reductions.reduce_sum(arithmetic.multiply(x, y), axes[1])
    adjoint_x = axes[0] != _rank(x) - 1
    adjoint_y = axes[1] == _rank(y) - 1
    return products.matmul(x, y, adjoint_a=adjoint_x, adjoint_b=adjoint_y)


def _with_axes_behind(x: Any, count: int) -> Tensor:
    return reshaping.reshape(x, joining.concat([shape_of.shape(x), [1] * count], axis=0))


def _rank(x: Any) -> int:
    return len(known_shape(x))
