"""Linear equations solved as well as can be: least squares, and least norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FACTORABLE
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.array.diagonals import eye
from stillflow.ops.array.transposing import matrix_transpose
from stillflow.ops.control.cond import cond
from stillflow.ops.linalg.products import matmul
from stillflow.ops.linalg.solving import cholesky, cholesky_solve
from stillflow.ops.math import casts

_CACHE_BYTES = 256000  # above which many small problems are faster one by one, TensorFlow says


def _solution(ctx: shapes.ShapeContext) -> shapes.Sizes:
    matrix, rhs = (shapes.with_rank_at_least(ctx.shape(i), 2) for i in range(2))
    shapes.with_rank(ctx.shape(2), 0)
    if matrix is None or rhs is None:
        return None
    shapes.merge_size(matrix[-2], rhs[-2])
    batch = shapes.merge(matrix[:-2], rhs[:-2])
    assert batch is not None
    return (*batch, matrix[-1], rhs[-1])


@op(
    "MatrixSolveLs",
    "matrix: T, rhs: T, l2_regularizer: float64 -> output: T",
    shape=_solution,
    types={"T": FACTORABLE},
)
def matrix_solve_ls_op(xp, matrix, rhs, l2_regularizer, *, fast: bool = True):
    """matrix: f[..., m, n], rhs: f[..., m, k], l2_regularizer: f64[] -> f[..., n, k]

    Not `fast`, it is found by singular values, without a regularizer.
    """
    if matrix.shape[:-1] != rhs.shape[:-1]:
        refuse("Input matrix and rhs are incompatible.")
    if not fast:
        inverse = xp.linalg.pinv(matrix)
        return xp.matmul(inverse, rhs).astype(matrix.dtype)
    adjoint = xp.conj(xp.swapaxes(matrix, -1, -2))
    rows, columns = matrix.shape[-2:]
    weight = l2_regularizer.astype(matrix.dtype) * xp.eye(min(rows, columns), dtype=matrix.dtype)
    if rows >= columns:
        normal = xp.matmul(adjoint, matrix) + weight
        return xp.linalg.solve(normal, xp.matmul(adjoint, rhs))
    normal = xp.matmul(matrix, adjoint) + weight
    return xp.matmul(adjoint, xp.linalg.solve(normal, rhs))


@matrix_solve_ls_op.gradient
def matrix_solve_ls_gradient(op, dx):
    if op.attrs["fast"] is False:
        raise ValueError("Gradient not defined for fast=False")
    return _by_shape(
        op.inputs[0],
        lambda: _overdetermined_gradient(op, dx),
        lambda: _underdetermined_gradient(op, dx),
    )


def _overdetermined_gradient(op: Any, dx: Tensor) -> tuple[Tensor, Tensor, None]:
    """Of x = (a* a + l)^-1 a* b."""
    a, b, x = op.inputs[0], op.inputs[1], op.outputs[0]
    weight = casts.cast(op.inputs[2], a.dtype.base_dtype)
    z = cholesky_solve(_gramian_cholesky(a, weight, True), dx)
    product = matmul(x, z, adjoint_b=True)
    symmetric = product + matrix_transpose(product)
    da = -matmul(a, symmetric) + matmul(b, z, adjoint_b=True)
    return da, matmul(a, z), None


def _underdetermined_gradient(op: Any, dx: Tensor) -> tuple[Tensor, Tensor, None]:
    """Of x = a* (a a* + l)^-1 b."""
    a, b = op.inputs[0], op.inputs[1]
    weight = casts.cast(op.inputs[2], a.dtype.base_dtype)
    chol = _gramian_cholesky(a, weight, False)
    db = cholesky_solve(chol, matmul(a, dx))
    y = cholesky_solve(chol, b)
    through = matmul(y, a, adjoint_a=True)
    through = -matmul(db, through)
    rest = dx - matmul(a, db, adjoint_a=True)
    rest = matmul(y, rest, adjoint_b=True)
    return through + rest, db, None


def _gramian_cholesky(matrix: Tensor, l2_regularizer: Any, first_kind: bool) -> Tensor:
    """The Cholesky factor of `a* a + l`, of the first kind, or of `a a* + l`."""
    gramian = matmul(matrix, matrix, adjoint_a=first_kind, adjoint_b=not first_kind)
    if isinstance(l2_regularizer, Tensor) or l2_regularizer != 0:
        sizes = shape_of.shape(matrix)
        batch, axis = sizes[:-2], -1 if first_kind else -2
        identity = eye(sizes[axis], batch_shape=batch, dtype=matrix.dtype)
        size = matrix.shape[axis]
        identity.set_shape(matrix.shape[:-2].concatenate([size, size]))
        gramian += l2_regularizer * identity
    return cholesky(gramian)


def _by_shape(matrix: Tensor, tall: Any, wide: Any) -> Any:
    """`tall()` for matrices with at least as many rows as columns, else `wide()`."""
    sizes = matrix.shape[-2:]
    if sizes.is_fully_defined():
        return tall() if sizes[-2] >= sizes[-1] else wide()
    at_run = shape_of.shape(matrix)[-2:]
    return cond(at_run[-2] >= at_run[-1], tall, wide)


def matrix_solve_ls(
    matrix: Any,
    rhs: Any,
    l2_regularizer: Any = 0.0,
    fast: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns x that makes `|a x - b|^2 + l |x|^2` least; if many do without l, the smallest.

    Args:
      matrix: a, f[..., m, n].
      rhs: b, f[..., m, k].
      l2_regularizer: l, a number or f64[].
      fast: whether normal equations are solved, which needs a matrix that is well conditioned.

    Raises:
      NotImplementedError: of complex128, l is not 0.
    """
    matrix = convert_to_tensor(matrix, name="matrix")
    if matrix.dtype == dtypes.complex128 and l2_regularizer != 0:
        raise NotImplementedError(
            "matrix_solve_ls is currently disabled for complex128 and l2_regularizer != 0 due to "
            "poor accuracy."
        )
    if not fast or not _is_composed(matrix):
        return matrix_solve_ls_op(matrix, rhs, l2_regularizer, fast=fast, name=name)
    with name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        return _by_shape(
            matrix,
            lambda: _overdetermined(matrix, rhs, l2_regularizer),
            lambda: _underdetermined(matrix, rhs, l2_regularizer),
        )


def _is_composed(matrix: Tensor) -> bool:
    if not matrix.shape.is_fully_defined():
        return True
    sizes: Any = matrix.shape.as_list()
    bytes_ = np.prod(sizes, dtype=np.int64) * matrix.dtype.size
    many = np.prod(sizes[:-2], dtype=np.int64) > min(sizes[-2:])
    return not (bytes_ > _CACHE_BYTES and many)


def _overdetermined(matrix: Tensor, rhs: Any, l2_regularizer: Any) -> Tensor:
    chol = _gramian_cholesky(matrix, l2_regularizer, True)
    return cholesky_solve(chol, matmul(matrix, rhs, adjoint_a=True))


def _underdetermined(matrix: Tensor, rhs: Any, l2_regularizer: Any) -> Tensor:
    chol = _gramian_cholesky(matrix, l2_regularizer, False)
    return matmul(matrix, cholesky_solve(chol, rhs), adjoint_a=True)
