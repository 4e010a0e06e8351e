"""Functions of matrices that SciPy computes: square roots, logarithms, triangular factors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FACTORABLE
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.array import reshaping, shape_of, slicing, tiling
from stillflow.ops.array.diagonals import eye
from stillflow.ops.array.joining import concat
from stillflow.ops.array.transposing import matrix_transpose
from stillflow.ops.linalg.solving import matrix_solve, square_matrices
from stillflow.ops.math import arithmetic
from stillflow.ops.reduce import reductions


def _square(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return square_matrices(ctx.shape(0))


def _check_square(x: np.ndarray) -> None:
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        refuse("Input matrix must be square.")


def _of_each(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """x: f[..., n, n] -> f[..., n, n], a function of each matrix, computed in double precision."""
    _check_square(x)
    if x.size == 0:
        return x
    wide = x.reshape(-1, *x.shape[-2:]).astype(np.promote_types(x.dtype, np.float64))
    results = np.stack([function(matrix) for matrix in wide]).reshape(x.shape)
    return (results.real if x.dtype.kind == "f" else results).astype(x.dtype)


# Square roots -----------------------------------------------------------------------------------


@op("MatrixSquareRoot", "input: T -> output: T", shape=_square, types={"T": FACTORABLE}, host=True)
def sqrtm(xp, x):
    """x: f[..., n, n] -> f[..., n, n], a matrix whose square is x, the principal root."""
    from scipy.linalg import sqrtm as root  # only programs that use it pay for it

    return _of_each(root, x)


@sqrtm.gradient
def sqrtm_gradient(op, dy):
    """From x = r r follows dx = r dr + dr r, which is a linear equation for dr."""
    root = op.outputs[0]
    sizes = shape_of.shape(root)
    order = sizes[-1]
    count = reductions.reduce_prod(sizes[0:-2])
    unit = reshaping.reshape(eye(order, dtype=root.dtype), [-1])
    units = reshaping.reshape(tiling.tile(unit, [count]), sizes)
    transposed = matrix_transpose(root)
    left = _kronecker(units, transposed)
    right = _kronecker(root, units)
    both = arithmetic.add(left, right)
    batch = slicing.slice_(sizes, [0], [arithmetic.subtract(shape_of.size(sizes), 2)])
    column = concat([batch, [order * order], [1]], 0)
    vector = reshaping.reshape(matrix_transpose(dy), column)
    solved = reshaping.reshape(matrix_solve(both, vector), sizes)
    return matrix_transpose(solved)


def _kronecker(a: Tensor, b: Tensor) -> Tensor:
    """a: f[..., m, m], b: f[..., n, n] -> f[..., m n, m n]"""
    a_sizes, b_sizes = shape_of.shape(a), shape_of.shape(b)
    m, n = a_sizes[-1], b_sizes[-1]
    batch = slicing.slice_(a_sizes, [0], [arithmetic.subtract(shape_of.size(a_sizes), 2)])
    a_spread = concat([batch, [m], [1], [m], [1]], 0)
    b_spread = concat([batch, [1], [n], [1], [n]], 0)
    a, b = reshaping.reshape(a, a_spread), reshaping.reshape(b, b_spread)
    size = m * n
    sizes = concat([batch, [size], [size]], 0)
    return reshaping.reshape(a * b, sizes)


# Logarithms -------------------------------------------------------------------------------------


@op(
    "MatrixLogarithm",
    "input: T -> output: T",
    shape=_square,
    types={"T": (dtypes.complex64, dtypes.complex128)},
    host=True,
)
def logm(xp, x):
    """x: c[..., n, n] -> c[..., n, n], the principal logarithm of each matrix."""
    from scipy.linalg import logm as logarithm  # only programs that use it pay for it

    return _of_each(logarithm, x)


# Triangular factors -----------------------------------------------------------------------------


def _lu(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = square_matrices(ctx.shape(0))
    return [sizes, None if sizes is None else sizes[:-1]]


@op(
    "Lu",
    "input: T -> lu: T, p: output_idx_type",
    shape=_lu,
    types={"T": FACTORABLE, "output_idx_type": (dtypes.int32, dtypes.int64)},
    host=True,
)
def lu_op(xp, x, *, output_idx_type: DType = dtypes.int32):
    """x: f[..., n, n] -> both factors f[..., n, n], i[..., n], with x[p] = l u.

    The ones on the diagonal of l are not stored.
    """
    from scipy.linalg import lu  # only programs that use it pay for it

    _check_square(x)
    matrices = x.reshape(math.prod(x.shape[:-2]), *x.shape[-2:])
    factors, orders = np.empty_like(matrices), np.empty(matrices.shape[:-1], np.int64)
    for i, matrix in enumerate(matrices):
        row_of, lower, upper = lu(matrix, p_indices=True)
        if not np.all(np.diagonal(upper)):
            refuse("Input is not invertible.")
        factors[i] = np.tril(lower, -1) + upper
        orders[i] = np.argsort(row_of)
    return factors.reshape(x.shape), orders.reshape(x.shape[:-1]).astype(output_idx_type.stored_as)


def lu(input: Any, output_idx_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """Returns the factors of each matrix and how its rows were exchanged, as an (lu, p) tuple.

    input: f[..., n, n] -> f[..., n, n], whose lower part holds l without its ones, and i[..., n]
    """
    return lu_op(input, output_idx_type=output_idx_type, name=name)
