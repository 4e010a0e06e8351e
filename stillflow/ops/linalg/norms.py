"""Norms, traces and cross products."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import REAL_NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.errors import FailedPreconditionError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    diagonals,
    joining,
    ranging,
    reshaping,
    searching,
    selecting,
    shape_of,
    transposing,
)
from stillflow.ops.control.cond import cond
from stillflow.ops.linalg.decompositions import svd
from stillflow.ops.math import arithmetic, casts, comparison, conjugate, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.tensor_array.mapping import map_fn


def _crossed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.merge(ctx.shape(0), ctx.shape(1))
    if sizes is not None:
        shapes.with_rank_at_least(sizes, 1)
        if sizes[-1] not in (None, 3):
            raise shapes.ShapeError(f"Dimension must be 3 but is {sizes[-1]}")
    return sizes


@op("Cross", "a: T, b: T -> product: T", shape=_crossed, types={"T": REAL_NUMBERS})
def cross(xp, a, b):
    """a: n[..., 3], b: n[..., 3] -> n[..., 3], the cross products of the vectors."""
    if a.shape != b.shape:
        sizes = f"{shapes.format_sizes(a.shape)} vs. {shapes.format_sizes(b.shape)}"
        refuse(f"Both inputs must be of same shape: {sizes}")
    if a.ndim < 1:
        refuse(f"Input must be at least 1D{shapes.format_sizes(a.shape)}")
    if a.shape[-1] != 3:
        raise FailedPreconditionError(
            None, None, "Cross-products are only defined for 3-element vectors."
        )
    next_of = lambda x: xp.roll(x, -1, axis=-1)
    return next_of(a * next_of(b) - next_of(a) * b)


@cross.gradient
def cross_gradient(op, dz):
    a, b = op.inputs
    return cross(b, dz), cross(dz, a)


def trace(x: Any, name: str | None = None) -> Tensor:
    """Returns the sums of the main diagonals of the matrices in `x`, n[..., n, m] -> n[...]."""
    with name_scope(name, "Trace", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return reductions.reduce_sum(diagonals.matrix_diag_part(x), [-1], name=scope)


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Returns the norm of the vectors along `axis`, or of the matrices along a pair of axes.

    Without an axis all of `tensor` counts as one vector. `ord` is 'euclidean', infinity or a
    positive number, for matrices 'euclidean', 'fro', 1, 2 or infinity.

    Raises:
      ValueError: `ord` or `axis` is none of these.
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims) or False
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    _check_axis(axis, is_matrix)
    _check_order(ord, is_matrix)
    axes = tuple(axis) if is_matrix else None if axis is None else (axis,)
    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        if is_matrix and ord in (1, 2, np.inf):
            result = _matrix_norm(x, ord, axes)
        else:
            result = _vector_norm(x, ord, axes)
        return result if keepdims else reshaping.squeeze(result, axes)


def _check_axis(axis: Any, is_matrix: bool) -> None:
    if is_matrix:
        fits = all(isinstance(a, int) for a in axis) and axis[0] != axis[1]
    else:
        fits = axis is None or isinstance(axis, int)
    if not fits:
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")


def _check_order(order: Any, is_matrix: bool) -> None:
    if is_matrix:
        known = ["euclidean", "fro", 1, 2, np.inf]
        if order not in known:
            raise ValueError(f"'ord' must be a supported matrix norm in {known}, got {order}")
    elif order != "euclidean" and not (
        np.isreal(order) and not isinstance(order, str) and order > 0
    ):
        raise ValueError(f"'ord' must be a supported vector norm, got {order}")


def _vector_norm(x: Tensor, order: Any, axes: Any) -> Tensor:
    """The norm along `axes`, which stay with size 1."""
    axis = axes[0] if axes is not None and order in (1, np.inf) else axes
    if order in ("fro", "euclidean", 2):
        return elementwise.sqrt(reductions.reduce_sum(x * conjugate.conj(x), axes, keepdims=True))
    magnitude = elementwise.abs_(x)
    if order == 1:
        return reductions.reduce_sum(magnitude, axis, keepdims=True)
    if order == np.inf:
        return reductions.reduce_max(magnitude, axis, keepdims=True)
    powers = arithmetic.pow_(magnitude, order)
    return arithmetic.pow_(reductions.reduce_sum(powers, axes, keepdims=True), 1.0 / order)


def _matrix_norm(x: Tensor, order: Any, axes: Any) -> Tensor:
    """The largest sum of a column (1) or row (infinity), or the largest singular value (2)."""
    if order == 2:
        return _spectral_norm(x, axes)
    summed, compared = axes if order == 1 else axes[::-1]
    sums = reductions.reduce_sum(elementwise.abs_(x), summed, keepdims=True)
    return reductions.reduce_max(sums, compared, keepdims=True)


def _spectral_norm(x: Tensor, axes: Any) -> Tensor:
    """The largest singular value. TensorFlow counts axes in loops, also where all are known."""
    rank = shape_of.rank(x)
    matrix = map_fn(
        lambda axis: cond(axis >= 0, lambda: axis, lambda: axis + rank), convert_to_tensor(axes)
    )
    every = ranging.range_(rank)
    order = joining.concat([searching.setdiff1d(every, matrix)[0], matrix], 0)

    def place(axis: Tensor) -> Tensor:
        at = selecting.where_v2(comparison.equal(order, axis))
        return casts.cast(reshaping.squeeze(at), dtypes.int32)

    back = map_fn(place, every)
    values = svd(transposing.transpose(x, order), compute_uv=False)
    largest = reductions.reduce_max(elementwise.abs_(values), -1, keepdims=True)
    return transposing.transpose(reshaping.expand_dims(largest, -1), back)


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns `tensor` divided by its norm, and that norm with the axes kept, as `norm` has it."""
    with name_scope(name, "normalize", [tensor]):
        tensor = convert_to_tensor(tensor)
        length = casts.cast(norm(tensor, ord, axis, keepdims=True), tensor.dtype.base_dtype)
        return tensor / length, length
