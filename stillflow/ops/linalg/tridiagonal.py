"""Matrices of three diagonals: products with them, and linear equations.

In the compact form f[..., 3, n] the rows hold the upper, the main and the lower diagonal; the last
element of the upper one and the first of the lower one do not count.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import diagonals as matrix_diagonals
from stillflow.ops.array import filling, padding, reshaping, shape_of
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.array.joining import concat
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.transposing import matrix_transpose, transpose
from stillflow.ops.math import conjugate
from stillflow.ops.reduce import reductions

_TYPES = types("float32 float64 complex64 complex128")
_SINGULAR = "The matrix is not invertible."
_SCALAR = "The matrix is not invertible: it is a scalar with value zero."
_NEEDS_PIVOTS = (
    "The matrix is either not invertible, or requires pivoting. Try setting partial_pivoting = "
    "True."
)


# Products ---------------------------------------------------------------------------------------


@op(
    "TridiagonalMatMul",
    "superdiag: T, maindiag: T, subdiag: T, rhs: T -> output: T",
    shape=lambda ctx: ctx.shape(3),
    types={"T": _TYPES},
)
def tridiagonal_matmul_op(xp, upper, main, lower, rhs):
    """upper, main, lower: f[..., 1, n], rhs: f[..., n, k] -> f[..., n, k]"""
    upper, main, lower = (xp.swapaxes(diagonal, -1, -2) for diagonal in (upper, main, lower))
    around = xp.pad(rhs, [(0, 0)] * (rhs.ndim - 2) + [(1, 1), (0, 0)])
    y = xp.add(xp.multiply(main, rhs), xp.multiply(upper, around[..., 2:, :]))
    return xp.add(y, xp.multiply(lower, around[..., :-2, :]))


@tridiagonal_matmul_op.gradient
def tridiagonal_matmul_gradient(op, dy):
    upper, main, lower = (matrix_transpose(x, conjugate=True) for x in op.inputs[:3])
    rhs = conjugate.conj(op.inputs[3])
    d_upper = reductions.reduce_sum(_earlier(rhs) * dy, axis=-1)
    d_main = reductions.reduce_sum(rhs * dy, axis=-1)
    d_lower = reductions.reduce_sum(_later(rhs) * dy, axis=-1)
    d_rhs = _later(upper * dy) + main * dy + _earlier(lower * dy)
    rows = [reshaping.expand_dims(diagonal, -2) for diagonal in (d_upper, d_main, d_lower)]
    return *rows, d_rhs


def _earlier(x: Tensor) -> Tensor:
    """x: f[..., n, k] -> its rows without the first, zeros behind them."""
    behind = _around(x, [[0, 1], [0, 0]])
    return padding.pad(x[..., 1:, :], behind)


def _later(x: Tensor) -> Tensor:
    """x: f[..., n, k] -> zeros, and its rows without the last behind them."""
    before = _around(x, [[1, 0], [0, 0]])
    return padding.pad(x[..., :-1, :], before)


def _around(x: Tensor, last: list[list[int]]) -> Tensor:
    """The paddings of x, none but those of its last axes."""
    rank = shape_of.rank(x)
    none = filling.zeros((rank - len(last), 2), dtype=dtypes.int32)
    return concat((none, constant(last)), axis=0)


# Equations --------------------------------------------------------------------------------------


def _solution(ctx: shapes.ShapeContext) -> shapes.Sizes:
    matrix, rhs = (shapes.with_rank_at_least(ctx.shape(i), 2) for i in range(2))
    if matrix is None or rhs is None:
        return None
    shapes.merge_size(matrix[-2], 3)
    shapes.merge_size(matrix[-1], rhs[-2])
    batch = shapes.merge(matrix[:-2], rhs[:-2])
    assert batch is not None
    return (*batch, *rhs[-2:])


@op(
    "TridiagonalSolve",
    "diagonals: T, rhs: T -> output: T",
    shape=_solution,
    types={"T": _TYPES},
    host=True,
)
def tridiagonal_solve_op(xp, matrix, rhs, *, partial_pivoting: bool = True):
    """matrix: f[..., 3, n], rhs: f[..., n, k] -> f[..., n, k]"""
    if matrix.shape[-2] != 3:
        refuse(f"Expected diagonals to be provided as a matrix with 3 rows, got {matrix.shape[-2]}")
    if matrix.shape[-1] != rhs.shape[-2]:
        refuse(
            "Expected the same number of left-hand sides and right-hand sides, got "
            f"{matrix.shape[-1]} and {rhs.shape[-2]}."
        )
    solution = np.empty_like(rhs)
    for batch in np.ndindex(*rhs.shape[:-2]):
        upper, main, lower = matrix[batch]
        if len(main) == 1 and main[0] == 0:
            refuse(_SCALAR)
        solve = _eliminated if partial_pivoting else _swept
        solution[batch] = solve(upper, main, lower, rhs[batch])
    return solution


def _eliminated(upper: Any, main: Any, lower: Any, rhs: Any) -> np.ndarray:
    """Gaussian elimination; rows are exchanged for the larger pivot."""
    n, x = len(main), np.array(rhs)
    # What is left of each row: its diagonal element, and the two to the right of it.
    rows = np.zeros((n, 3), main.dtype)
    rows[:, 0], rows[: n - 1, 1] = main, upper[: n - 1]
    for i in range(n - 1):
        below = np.array([lower[i + 1], rows[i + 1, 0], rows[i + 1, 1]])
        if abs(rows[i, 0]) < abs(below[0]):
            rows[i], below = below, rows[i].copy()
            x[[i, i + 1]] = x[[i + 1, i]]
        if rows[i, 0] == 0:
            refuse(_SINGULAR)
        factor = below[0] / rows[i, 0]
        rows[i + 1] = [*(below[1:] - factor * rows[i, 1:]), 0]
        x[i + 1] -= factor * x[i]
    if n and rows[-1, 0] == 0:
        refuse(_SINGULAR)
    for i in reversed(range(n)):
        for k, behind in enumerate(x[i + 1 : i + 3], 1):
            x[i] -= rows[i, k] * behind
        x[i] /= rows[i, 0]
    return x


def _swept(upper: Any, main: Any, lower: Any, rhs: Any) -> np.ndarray:
    """Thomas's algorithm: elimination without exchanges."""
    n, x, ratio = len(main), np.array(rhs), np.array(upper)
    for i in range(n):
        pivot = main[i] - (lower[i] * ratio[i - 1] if i else 0)
        if pivot == 0:
            refuse(_NEEDS_PIVOTS)
        ratio[i] = upper[i] / pivot
        x[i] = (x[i] - (lower[i] * x[i - 1] if i else 0)) / pivot
    for i in reversed(range(n - 1)):
        x[i] -= ratio[i] * x[i + 1]
    return x


@tridiagonal_solve_op.gradient
def tridiagonal_solve_gradient(op, dx):
    matrix, x = op.inputs[0], op.outputs[0]
    pivoting = op.attrs["partial_pivoting"]
    d_rhs = tridiagonal_solve_op(_transposed(matrix), dx, partial_pivoting=pivoting)
    return -_three_diagonals(d_rhs, x), d_rhs


def _transposed(matrix: Tensor) -> Tensor:
    """The compact form of the transposed matrix."""
    main = matrix[..., 1, :]
    if matrix.shape.is_fully_defined():
        sizes: Any = matrix.shape.as_list()
        zero = filling.zeros([*sizes[:-2], 1], dtype=matrix.dtype)
        upper = concat((matrix[..., 2, 1:], zero), axis=-1)
        lower = concat((zero, matrix[..., 0, :-1]), axis=-1)
        return stack([upper, main, lower], axis=-2)
    rank = shape_of.rank(matrix)
    none = filling.zeros((rank - 2, 2), dtype=dtypes.int32)
    behind = concat((none, constant([[0, 1]])), axis=0)
    upper = padding.pad(matrix[..., 2, 1:], behind)
    before = concat((none, constant([[1, 0]])), axis=0)
    lower = padding.pad(matrix[..., 0, :-1], before)
    return stack([upper, main, lower], axis=-2)


def _three_diagonals(x: Tensor, y: Tensor) -> Tensor:
    """x, y: f[..., n, k] -> f[..., 3, n], the diagonals of x times y transposed."""
    main = reductions.reduce_sum(x * y, axis=-1)
    if y.shape.is_fully_defined():
        sizes: Any = x.shape.as_list()
        zeros = filling.zeros([*sizes[:-2], 1, sizes[-1]], dtype=x.dtype)
        upper = reductions.reduce_sum(x * concat((y[..., 1:, :], zeros), axis=-2), axis=-1)
        lower = reductions.reduce_sum(x * concat((zeros, y[..., :-1, :]), axis=-2), axis=-1)
        return stack([upper, main, lower], axis=-2)
    rank = shape_of.rank(y)
    none = filling.zeros((rank - 2, 2), dtype=dtypes.int32)
    behind = concat((none, constant([[0, 1], [0, 0]])), axis=0)
    upper = reductions.reduce_sum(x * padding.pad(y[..., 1:, :], behind), axis=-1)
    before = concat((none, constant([[1, 0], [0, 0]])), axis=0)
    lower = reductions.reduce_sum(x * padding.pad(y[..., :-1, :], before), axis=-1)
    return stack([upper, main, lower], axis=-2)


# Public functions -------------------------------------------------------------------------------


def tridiagonal_matmul(
    diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None
) -> Tensor:
    """Returns the product of a matrix of three diagonals with f[..., n, k].

    `diagonals` is the compact form, or a 'sequence' of the upper, the main and the lower diagonal,
    or a 'matrix'.

    Raises:
      ValueError: another format, or a matrix of unknown sizes.
    """
    if diagonals_format == "compact":
        parts = [diagonals[..., row, :] for row in range(3)]
    elif diagonals_format == "sequence":
        parts = list(diagonals)
    elif diagonals_format == "matrix":
        parts = _of_matrix(diagonals)
    else:
        raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")
    rows = [reshaping.expand_dims(part, -2) for part in parts]
    return tridiagonal_matmul_op(*rows, rhs, name=name)


def _of_matrix(matrix: Tensor) -> list[Tensor]:
    rows, columns = matrix.shape[-2].value, matrix.shape[-1].value
    if not rows or not columns:
        raise ValueError('The size of the matrix needs to be known for diagonals_format="matrix"')
    if rows != columns:
        raise ValueError(
            f"Expected last two dimensions of diagonals to be same, got {columns} and {rows}"
        )
    main = matrix_diagonals.matrix_diag_part(matrix)
    turned = transpose(matrix)
    nothing = [0, 0]
    above = [*([i + 1, i] for i in range(rows - 1)), nothing]
    below = [nothing, *([i - 1, i] for i in range(1, rows))]
    upper = transpose(gather_nd(turned, above))
    return [upper, main, transpose(gather_nd(turned, below))]


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
) -> Tensor:
    """Returns x with `a x = rhs`, a being a matrix of three diagonals.

    Args:
      diagonals: of a, in one of the forms of tridiagonal_matmul; off-diagonals in a 'sequence' may
        be shorter by one.
      rhs: f[..., n, k], or f[..., n].
      transpose_rhs, conjugate_rhs: whether it is transposed before, and x after; or conjugated.
      partial_pivoting: whether rows are exchanged, for precision.

    Raises:
      ValueError: another format, or shapes that do not fit.
    """
    if diagonals_format == "sequence":
        diagonals = _stacked(diagonals)
    elif diagonals_format == "matrix":
        diagonals = _compact(diagonals)
    elif diagonals_format != "compact":
        raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")
    _check(diagonals, rhs)
    solve = lambda b: tridiagonal_solve_op(
        diagonals, b, partial_pivoting=partial_pivoting, name=name
    )
    if len(rhs.shape) == len(diagonals.shape) - 1:
        rhs = conjugate.conj(rhs) if conjugate_rhs else rhs
        columns = reshaping.expand_dims(rhs, -1)
        _check_equations(diagonals, columns)
        return reshaping.squeeze(solve(columns), -1)
    if transpose_rhs:
        rhs = matrix_transpose(rhs, conjugate=conjugate_rhs)
    elif conjugate_rhs:
        rhs = conjugate.conj(rhs)
    _check_equations(diagonals, rhs)
    result = solve(rhs)
    return matrix_transpose(result) if transpose_rhs else result


def _stacked(parts: Any) -> Tensor:
    if not isinstance(parts, (tuple, list)) or len(parts) != 3:
        raise ValueError("Expected diagonals to be a sequence of length 3.")
    upper, main, lower = parts
    for part in (lower, upper):
        if not part.shape[:-1].is_compatible_with(main.shape[:-1]):
            raise ValueError(
                "Tensors representing the three diagonals must have the same shape,except for the "
                f"last dimension, got {lower.shape}, {main.shape}, {upper.shape}"
            )
    size = main.shape[-1].value
    lower = _lengthened(lower, "subdiagonal", size, [1, 0])
    upper = _lengthened(upper, "superdiagonal", size, [0, 1])
    return stack((upper, main, lower), axis=-2)


def _lengthened(part: Tensor, name: str, size: int | None, around: list[int]) -> Tensor:
    own = part.shape[-1].value
    if not own or own == size:
        return part
    if size is None or own != size - 1:
        least = None if size is None else size - 1
        raise ValueError(f"Expected {name} to be have length {size} or {least}, got {own}.")
    return padding.pad(part, [[0, 0]] * (len(part.shape) - 1) + [around])


def _compact(matrix: Tensor) -> Tensor:
    columns, rows = matrix.shape[-1].value, matrix.shape[-2].value
    if columns and rows and columns != rows:
        raise ValueError(
            f"Expected last two dimensions of diagonals to be same, got {columns} and {rows}"
        )
    n = columns or rows
    if not n:
        raise ValueError('The size of the matrix needs to be known for diagonals_format="matrix"')
    nothing = [0, 0]
    places = [
        [[1, 0], [0, 0], nothing],
        *([[i + 1, i], [i, i], [i - 1, i]] for i in range(1, n - 1)),
        [nothing, [n - 1, n - 1], [n - 2, n - 1]],
    ]
    return transpose(gather_nd(transpose(matrix), places))


def _check(diagonals: Tensor, rhs: Tensor) -> None:
    rank, rhs_rank = len(diagonals.shape), len(rhs.shape)
    if rank < 2:
        raise ValueError(f"Expected diagonals to have rank at least 2, got {rank}")
    if rhs_rank not in (rank, rank - 1):
        raise ValueError(f"Expected the rank of rhs to be {rank - 1} or {rank}, got {rhs_rank}")
    count = diagonals.shape[-2].value
    if count and count != 3:
        raise ValueError(f"Expected 3 diagonals got {count}")
    batch, rhs_batch = diagonals.shape[:-2], rhs.shape[: rank - 2]
    if not batch.is_compatible_with(rhs_batch):
        raise ValueError(f"Batch shapes {batch} and {rhs_batch} are incompatible")


def _check_equations(diagonals: Tensor, rhs: Tensor) -> None:
    left, right = diagonals.shape[-1].value, rhs.shape[-2].value
    if left and right and left != right:
        raise ValueError(
            "Expected number of left-hand sided and right-hand sides to be equal, got "
            f"{left} and {right}"
        )
