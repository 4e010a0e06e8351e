"""Matrices whose batches are made alike before something is done with them."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.math import elementwise


def matrix_solve_with_broadcast(
    matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """`matrix_solve`, the batches of both broadcast."""
    with name_scope(name, "MatrixSolveWithBroadcast", [matrix, rhs]):
        matrix, rhs = _alike(*_converted(matrix, rhs))
        return solving.matrix_solve(matrix, rhs, adjoint=adjoint)


def matrix_triangular_solve_with_broadcast(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """`matrix_triangular_solve`, the batches of both broadcast."""
    with name_scope(name, "MatrixTriangularSolve", [matrix, rhs]):
        matrix, rhs = _alike(*_converted(matrix, rhs))
        return solving.matrix_triangular_solve(matrix, rhs, lower=lower, adjoint=adjoint)


def cholesky_solve_with_broadcast(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """`cholesky_solve`, the batches of both broadcast."""
    with name_scope(name, "CholeskySolveWithBroadcast", [chol, rhs]):
        return solving.cholesky_solve(*_alike(*_converted(chol, rhs)))


def _converted(matrix: Any, rhs: Any) -> tuple[Tensor, Tensor]:
    matrix = convert_to_tensor(matrix, name="matrix")
    return matrix, convert_to_tensor(rhs, name="rhs", dtype=matrix.dtype)


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
