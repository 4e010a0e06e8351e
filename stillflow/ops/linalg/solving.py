"""Inverses, determinants and linear equations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FACTORABLE, types
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, joining, reshaping, shape_of, transposing
from stillflow.ops.linalg.half import widened
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import complex_numbers, elementwise
from stillflow.ops.reduce import reductions

_SINGULAR = "Input matrix is not invertible."
_NO_INVERSE = "Input is not invertible."
_INDEFINITE = "Cholesky decomposition was not successful. The input might not be valid."


@contextmanager
def _failing_with(message: str) -> Iterator[None]:
    """NumPy's LinAlgError becomes TensorFlow's error."""
    try:
        yield
    except np.linalg.LinAlgError:
        raise InvalidArgumentError(None, None, message) from None


def _check_solved(xp: Any, result: Any, x: Any, message: str) -> None:
    """XLA does not fail but gives NaN or infinity."""
    if xp.is_xla:
        xp.check(xp.isfinite(result).all() | ~xp.isfinite(x).all(), lambda: message)


def square_matrices(sizes: shapes.Sizes) -> shapes.Sizes:
    """`sizes`, whose last two must be equal."""
    if sizes is None:
        return None
    shapes.with_rank_at_least(sizes, 2)
    size = shapes.merge_size(sizes[-2], sizes[-1])
    return (*sizes[:-2], size, size)


def _square(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return square_matrices(ctx.shape(0))


def _batch(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = square_matrices(ctx.shape(0))
    return None if sizes is None else sizes[:-2]


def _solution(ctx: shapes.ShapeContext) -> shapes.Sizes:
    left = square_matrices(ctx.shape(0))
    right = shapes.with_rank_at_least(ctx.shape(1), 2)
    if left is None or right is None:
        known = right if left is None else left
        return known and (*known[:-1], right[-1] if right else None)
    batch = shapes.merge(left[:-2], right[:-2])
    assert batch is not None
    return (*batch, shapes.merge_size(left[-1], right[-2]), right[-1])


def _adjoint(xp: Any, x: Any) -> Any:
    return xp.conj(xp.swapaxes(x, -1, -2))


@op("MatrixInverse", "input: T -> output: T", shape=_square, types={"T": FACTORABLE})
def matrix_inverse(xp, x, *, adjoint: bool = False):
    """x: f[..., n, n] -> f[..., n, n], the inverses, of the adjoints with `adjoint`."""
    with _failing_with(_NO_INVERSE):
        own = widened(x)
        inverse = xp.linalg.inv(_adjoint(xp, own) if adjoint else own).astype(x.dtype)
    _check_solved(xp, inverse, x, _NO_INVERSE)
    return inverse


@matrix_inverse.gradient
def matrix_inverse_gradient(op, dy):
    y = op.outputs[0]
    if op.attrs["adjoint"]:
        # y is the inverse of the adjoint, so the gradient is the adjoint of what it is without.
        return -matmul(y, matmul(dy, y, adjoint_a=True))
    return -matmul(y, matmul(dy, y, adjoint_b=True), adjoint_a=True)


@op(
    "MatrixDeterminant",
    "input: T -> output: T",
    shape=_batch,
    types={"T": types("float16 float32 float64 complex64 complex128")},
)
def matrix_determinant(xp, x):
    """x: f[..., n, n] -> f[...]"""
    return xp.linalg.det(x)


@matrix_determinant.gradient
def matrix_determinant_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    inverse = matrix_inverse(x, adjoint=True)
    return _per_matrix(dy * y, y) * inverse


@op(
    "LogMatrixDeterminant",
    "input: T -> sign: T, log_abs_determinant: T",
    shape=_batch,
    types={"T": types("float16 float32 float64 complex64 complex128")},
)
def log_matrix_determinant(xp, x):
    """x: f[..., n, n] -> the sign and the log of the magnitude of the determinants, f[...] each."""
    sign, log = xp.linalg.slogdet(x)
    return sign, log.astype(x.dtype)


@log_matrix_determinant.gradient
def log_matrix_determinant_gradient(op, d_sign, d_log):
    inverse = matrix_inverse(op.inputs[0], adjoint=True)
    return _per_matrix(d_log, op.outputs[1]) * inverse


def slogdet(input: Any, name: str | None = None) -> Any:
    """(sign, log_abs_determinant) of the determinants, f[..., n, n] -> f[...] each."""
    return log_matrix_determinant(input, name=name)


def _per_matrix(x: Any, y: Tensor) -> Tensor:
    """x, y: f[...] -> f[..., 1, 1]"""
    return reshaping.reshape(x, joining.concat([shape_of.shape(y), [1, 1]], 0))


def _check_batches(matrix: Any, rhs: Any) -> None:
    if matrix.ndim != rhs.ndim:
        refuse("All input tensors must have the same rank.")
    if matrix.shape[:-2] != rhs.shape[:-2]:
        refuse("All input tensors must have the same outer dimensions.")


@op(
    "MatrixSolve",
    "matrix: T, rhs: T -> output: T",
    shape=_solution,
    types={"T": FACTORABLE},
)
def matrix_solve(xp, matrix, rhs, *, adjoint: bool = False):
    """matrix: f[..., n, n], rhs: f[..., n, k] -> x, f[..., n, k], with matrix x = rhs."""
    _check_batches(matrix, rhs)
    with _failing_with(_SINGULAR):
        solution = xp.linalg.solve(_adjoint(xp, matrix) if adjoint else matrix, rhs)
    _check_solved(xp, solution, rhs, _SINGULAR)
    return solution


@matrix_solve.gradient
def matrix_solve_gradient(op, dy):
    matrix, y, adjoint = op.inputs[0], op.outputs[0], op.attrs["adjoint"]
    d_rhs = matrix_solve(matrix, dy, adjoint=not adjoint)
    return _of_matrix(d_rhs, y, adjoint), d_rhs


def _of_matrix(d_rhs: Tensor, y: Tensor, adjoint: bool) -> Any:
    left, right = (y, d_rhs) if adjoint else (d_rhs, y)
    return -matmul(left, right, adjoint_b=True)


@op(
    "MatrixTriangularSolve",
    "matrix: T, rhs: T -> output: T",
    shape=_solution,
    types={"T": FACTORABLE},
)
def matrix_triangular_solve(xp, matrix, rhs, *, lower: bool = True, adjoint: bool = False):
    """matrix: f[..., n, n], rhs: f[..., n, k] -> x, f[..., n, k], with matrix x = rhs.

    Only the lower triangle is read, the upper one without `lower`.
    """
    _check_batches(matrix, rhs)
    own = widened(_adjoint(xp, matrix) if adjoint else matrix)
    xp.check(xp.diagonal(own, axis1=-2, axis2=-1) != 0, lambda: _SINGULAR)
    solution = xp.solve_triangular(own, widened(rhs), lower != adjoint)
    return solution.astype(rhs.dtype)


@matrix_triangular_solve.gradient
def matrix_triangular_solve_gradient(op, dy):
    matrix, y = op.inputs[0], op.outputs[0]
    lower, adjoint = op.attrs["lower"], op.attrs["adjoint"]
    d_rhs = matrix_triangular_solve(matrix, dy, lower=lower, adjoint=not adjoint)
    return _triangle(_of_matrix(d_rhs, y, adjoint), lower), d_rhs


def _triangle(x: Any, lower: bool) -> Tensor:
    return diagonals.matrix_band_part(x, -1 if lower else 0, 0 if lower else -1)


@op("Cholesky", "input: T -> output: T", shape=_square, types={"T": FACTORABLE})
def cholesky(xp, x):
    """x: f[..., n, n] -> the lower triangular y, f[..., n, n], with y times its adjoint = x."""
    with _failing_with(_INDEFINITE):
        root = xp.linalg.cholesky(widened(x)).astype(x.dtype)
    _check_solved(xp, root, x, _INDEFINITE)
    return root


@cholesky.gradient
def cholesky_gradient(op, dy):
    y = op.outputs[0]
    rows, batch = shape_of.shape(y)[-1], shape_of.shape(y)[:-2]
    identities = diagonals.eye(rows, batch_shape=batch, dtype=y.dtype)
    inverse = matrix_triangular_solve(y, identities)
    inner = matmul(y, dy, adjoint_a=True)
    inner = diagonals.matrix_set_diag(inner, 0.5 * diagonals.matrix_diag_part(inner))
    inner = _triangle(inner, lower=True)
    dx = matmul(matmul(inverse, inner, adjoint_a=True), inverse)
    dx += adjoint(dx)
    return dx * 0.5


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """Returns the transposed and conjugated matrices of `matrix`, f[..., n, m] -> f[..., m, n]."""
    with name_scope(name, "adjoint", [matrix]):
        return transposing.matrix_transpose(matrix, conjugate=True)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """Returns the log of the determinants of Hermitian positive definite matrices."""
    with name_scope(name, "logdet", [matrix]):
        diagonal = diagonals.matrix_diag_part(cholesky(matrix))
        return 2.0 * reductions.reduce_sum(
            elementwise.log(complex_numbers.real(diagonal)), axis=[-1]
        )


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """Returns x with `a x = rhs`, where `chol` is the Cholesky factor of a."""
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        y = matrix_triangular_solve(chol, rhs, adjoint=False, lower=True)
        return matrix_triangular_solve(chol, y, adjoint=True, lower=True)
