"""Diagonals of matrices and tensors, and bands beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.type_sets import SIGNED
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.array.filling import ones, zeros, zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import rank, shape
from stillflow.ops.array.slicing import slice_
from stillflow.ops.math.arithmetic import minimum
from stillflow.ops.reduce.reductions import reduce_min


def _doubled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    return None if sizes is None else sizes + sizes


@op("Diag", "diagonal: T -> output: T", shape=_doubled, types={"T": SIGNED})
def diag(xp, x):
    """x: n[*s] -> n[*s, *s], x on the diagonal and zeros elsewhere."""
    if x.ndim < 1:
        refuse("Input must be at least rank 1, got 0")
    return xp.reshape(xp.diag(xp.reshape(x, (-1,))), x.shape + x.shape)


@diag.gradient
def diag_gradient(op, dy):
    return diag_part(dy)


def _halved(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = ctx.shape(0)
    if sizes is None:
        return None
    if not sizes or len(sizes) % 2:
        raise shapes.ShapeError(
            f"Input must have even and non-zero rank, input rank is {len(sizes)}"
        )
    middle = len(sizes) // 2
    return tuple(map(shapes.merge_size, sizes[:middle], sizes[middle:]))


@op("DiagPart", "input: T -> diagonal: T", shape=_halved, types={"T": SIGNED})
def diag_part(xp, x):
    """x: n[*s, *s] -> n[*s], its diagonal."""
    if not x.ndim or x.ndim % 2:
        refuse(
            f"The rank of the tensor should be {' ' * 40} even and positive, got shape "
            f"{shapes.format_sizes(x.shape)}"
        )
    middle = x.ndim // 2
    for axis in range(middle):
        if x.shape[axis] != x.shape[axis + middle]:
            refuse(
                f"Invalid shape {shapes.format_sizes(x.shape)}: dimensions {axis} and "
                f"{axis + middle} do not match."
            )
    count = int(np.prod(x.shape[:middle]))
    return xp.reshape(xp.diagonal(xp.reshape(x, (count, count))), x.shape[:middle])


@diag_part.gradient
def diag_part_gradient(op, dy):
    return diag(dy)


# Batches of matrices ----------------------------------------------------------------------------


def _square(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    return None if sizes is None else (*sizes, sizes[-1])


@op("MatrixDiag", "diagonal: T -> output: T", shape=_square)
def matrix_diag_op(xp, x):
    """x: n[..., k] -> n[..., k, k], x on the diagonals and zeros elsewhere."""
    _check_rank("diagonal", x, 1)
    size = x.shape[-1]
    on = np.eye(size, dtype=bool)
    return xp.where(on, xp.expand_dims(x, -1), xp.zeros((), x.dtype))


@matrix_diag_op.gradient
def matrix_diag_gradient(op, dy):
    return matrix_diag_part(dy)


def _main_diagonals(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    if sizes is None:
        return None
    rows, columns = sizes[-2:]
    return (*sizes[:-2], None if None in (rows, columns) else min(rows, columns))  # type: ignore


@op("MatrixDiagPart", "input: T -> diagonal: T", shape=_main_diagonals)
def matrix_diag_part_op(xp, x):
    """x: n[..., r, c] -> n[..., min(r, c)], the diagonals."""
    _check_rank("input", x, 2)
    return xp.diagonal(x, axis1=-2, axis2=-1)


def _check_rank(name: str, value: Any, rank: int) -> None:
    if value.ndim < rank:
        found = shapes.format_sizes(value.shape)
        refuse(f"{name} must be at least {rank}-dim, received shape: {found}")


@matrix_diag_part_op.gradient
def matrix_diag_part_gradient(op, dy):
    x = op.inputs[0]
    sizes = x.shape.sizes
    if sizes is not None and sizes[-1] is not None and sizes[-1] == sizes[-2]:
        return matrix_diag(dy)
    return matrix_set_diag(zeros_like(x), dy)


def _with_diagonal(ctx: shapes.ShapeContext) -> shapes.Sizes:
    matrix = shapes.with_rank_at_least(ctx.shape(0), 2)
    diagonal = shapes.with_rank_at_least(ctx.shape(1), 1)
    if matrix is None or diagonal is None:
        return matrix
    batch = shapes.merge(matrix[:-2], diagonal[:-1])
    assert batch is not None
    if None not in matrix[-2:]:
        shapes.merge_size(min(matrix[-2:]), diagonal[-1])  # type: ignore[type-var]
    return batch + matrix[-2:]


@op("MatrixSetDiag", "input: T, diagonal: T -> output: T", shape=_with_diagonal)
def matrix_set_diag_op(xp, x, diagonal):
    """x: n[..., r, c], diagonal: n[..., min(r, c)] -> x with that on its diagonals."""
    _check_rank("input", x, 2)
    _check_rank("diagonal", diagonal, 1)
    rows, columns = x.shape[-2:]
    expected = (*x.shape[:-2], min(rows, columns))
    if diagonal.shape != expected:
        refuse(
            "Either first dimensions of diagonal don't match input.shape[:-2], or "
            "diagonal.shape[:-1] is not equal to the longests diagonal in range "
            "[lower_diag_index:upper_diag_index].\n"
            f"Input shape: {shapes.format_sizes(x.shape)}\n"
            f"Diagonal shape: {shapes.format_sizes(diagonal.shape)}\n"
            f"Expected diagonal shape: {shapes.format_sizes(expected)}"
        )
    at = np.arange(min(rows, columns))
    return xp.set_at(x, (..., at, at), diagonal)


@matrix_set_diag_op.gradient
def matrix_set_diag_gradient(op, dy):
    dx = matrix_set_diag(dy, zeros(_diagonal_sizes(op, dy), dtype=dy.dtype))
    return dx, matrix_diag_part(dy)


def _diagonal_sizes(op: Operation, dy: Tensor) -> Any:
    x, diagonal = op.inputs
    known = x.shape.merge_with(dy.shape)
    batch, matrix = known[:-2].merge_with(diagonal.shape[:-1]), known[-2:]
    if batch.is_fully_defined() and matrix.is_fully_defined():
        return [*batch.as_list(), min(matrix.as_list())]
    with colocate_with(dy):
        sizes, axes = shape(dy), rank(dy)
        leading = slice_(sizes, [0], [axes - 2])
        last = slice_(sizes, [axes - 2], [2])
        return concat([leading, [reduce_min(last)]], 0)


@op(
    "MatrixBandPart",
    "input: T, num_lower: Tindex, num_upper: Tindex -> band: T",
    shape=shapes.same,
    static=("num_lower", "num_upper"),
    types={"Tindex": INDEX_TYPES},
    defaults={"Tindex": dtypes.int64},
)
def matrix_band_part(xp, x, num_lower, num_upper):
    """x: n[..., r, c] -> x with zeros outside a band around the diagonals.

    The band has `num_lower` diagonals below the main one and `num_upper` above; -1 keeps all.
    """
    if x.ndim < 2:
        refuse(f"input must be at least 2-dim, received shape: {shapes.format_sizes(x.shape)}")
    rows, columns = x.shape[-2:]
    lower, upper = int(num_lower), int(num_upper)
    _check_band("num_lower", lower, "rows", rows)
    _check_band("num_upper", upper, "columns", columns)
    below = np.arange(rows)[:, None] - np.arange(columns)
    kept = ((lower < 0) | (below <= lower)) & ((upper < 0) | (-below <= upper))
    return xp.where(kept, x, xp.zeros((), x.dtype))


def _check_band(name: str, count: int, what: str, most: int) -> None:
    if count > most:
        refuse(
            f"{name} must be negative or less or equal to number of {what} ({most}) got: {count}"
        )


@matrix_band_part.gradient
def matrix_band_part_gradient(op, dy):
    return matrix_band_part(dy, *op.inputs[1:]), None, None


# Public functions -------------------------------------------------------------------------------


def matrix_diag(
    diagonal: Any,
    name: str | None = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
) -> Tensor:
    """diagonal: n[..., k] -> n[..., k, k], on the diagonals of matrices of zeros.

    TensorFlow 1.15 accepts the arguments after `name` and does not use them.
    """
    return matrix_diag_op(diagonal, name=name)


def matrix_diag_part(
    input: Any, name: str | None = "diag_part", k: Any = 0, padding_value: Any = 0
) -> Tensor:
    """input: n[..., r, c] -> n[..., min(r, c)], the diagonals of matrices.

    TensorFlow 1.15 accepts `k` and `padding_value` and does not use them.
    """
    return matrix_diag_part_op(input, name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str | None = "set_diag", k: Any = 0) -> Tensor:
    """input: n[..., r, c], diagonal: n[..., min(r, c)] -> matrices with other diagonals.

    TensorFlow 1.15 accepts `k` and does not use it.
    """
    return matrix_set_diag_op(input, diagonal, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns n[*batch_shape, num_rows, num_columns] with ones on the diagonals, zeros elsewhere.

    Raises:
      TypeError: a size that is neither a whole number nor a tensor.
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        batch = [] if batch_shape is None else batch_shape
        columns = num_rows if num_columns is None else num_columns
        if isinstance(num_rows, Tensor) or isinstance(columns, Tensor):
            is_square, length = num_columns is None, minimum(num_rows, columns)
        else:
            _check_whole(num_rows, columns)
            is_square, length = num_rows == columns, min(num_rows, columns)
        if isinstance(batch, Tensor) or isinstance(length, Tensor):
            batch = convert_to_tensor(batch, name="shape", dtype=dtypes.int32)
            diagonal_shape: Any = concat((batch, [length]), axis=0)
            full_shape: Any = None if is_square else concat((batch, [num_rows, columns]), axis=0)
        else:
            diagonal_shape = [*batch, length]
            full_shape = [*batch, num_rows, columns]
        diagonal = ones(diagonal_shape, dtype=dtype)
        if is_square:
            return matrix_diag(diagonal)
        return matrix_set_diag(zeros(full_shape, dtype=dtype), diagonal)


def _check_whole(*sizes: Any) -> None:
    if not all(isinstance(size, (int, np.integer)) for size in sizes):
        raise TypeError("num_rows and num_columns must be positive integer values.")
