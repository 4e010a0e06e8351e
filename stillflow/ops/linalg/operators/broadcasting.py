"""Matrices whose batches are made alike before something is done with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import dimension_at_index
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import no_op
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.math import complex_numbers, elementwise


def matrix_solve_with_broadcast(
    matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """`matrix_solve`, the batches of both broadcast."""
    with name_scope(name, "MatrixSolveWithBroadcast", [matrix, rhs]):
        folded = _Folded(*_converted(matrix, rhs), adjoint)
        matrix, rhs = broadcast_matrix_batch_dims([folded.matrix, folded.rhs])
        return folded.unfolded(solving.matrix_solve(matrix, rhs, adjoint=folded.adjoint))


def matrix_triangular_solve_with_broadcast(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """`matrix_triangular_solve`, the batches of both broadcast."""
    with name_scope(name, "MatrixTriangularSolve", [matrix, rhs]):
        folded = _Folded(*_converted(matrix, rhs), adjoint)
        if folded.adjoint != adjoint:
            lower = not lower
        matrix, rhs = broadcast_matrix_batch_dims([folded.matrix, folded.rhs])
        solution = solving.matrix_triangular_solve(matrix, rhs, lower=lower, adjoint=folded.adjoint)
        return folded.unfolded(solution)


def cholesky_solve_with_broadcast(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """`cholesky_solve`, the batches of both broadcast."""
    with name_scope(name, "CholeskySolveWithBroadcast", [chol, rhs]):
        chol, rhs = broadcast_matrix_batch_dims([chol, rhs])
        return solving.cholesky_solve(chol, rhs)


def _converted(matrix: Any, rhs: Any) -> tuple[Tensor, Tensor]:
    matrix = convert_to_tensor(matrix, name="matrix")
    return matrix, convert_to_tensor(rhs, name="rhs", dtype=matrix.dtype)


class _Folded:
    """Equations whose right sides have axes before the matrices' own, as more columns of fewer.

    So one matrix is factored once, not for each right side. Only where that pays: there is more
    than one, and there are fewer columns than rows, as far as sizes are known.

    Args:
      matrix: f[..., n, n].
      rhs: f[extra, ..., n, k].
      adjoint: whether the adjoint of `matrix` is meant; when folded, `matrix` is that.
    """

    def __init__(self, matrix: Tensor, rhs: Tensor, adjoint: bool):
        self.matrix, self.rhs, self.adjoint = matrix, rhs, adjoint
        self._order: Any = None
        own, rank = matrix.shape.ndims, rhs.shape.ndims
        if own is None or rank is None or own >= rank:
            return
        extra = rank - own
        self._split(rhs, extra)
        if _is_little(matrix, rhs, extra, adjoint):
            return
        if adjoint:
            self.matrix, self.adjoint = solving.adjoint(matrix), False
        self._split(rhs, extra)
        self._order = np.roll(np.arange(rank), -extra)
        last = transpose(rhs, perm=self._order)
        self.rhs = reshaping.reshape(last, concat((self._own[:-1], [-1]), 0))

    def _split(self, rhs: Tensor, extra: int) -> None:
        self._extra = shape_of.shape(rhs)[:extra]
        self._own = shape_of.shape(rhs)[extra:]

    def unfolded(self, solution: Tensor) -> Tensor:
        """The solution in the shape of the right sides."""
        if self._order is None:
            return solution
        sizes = concat((shape_of.shape(solution)[:-1], [self._own[-1]], self._extra), 0)
        return transpose(reshaping.reshape(solution, sizes), perm=np.argsort(self._order))


def _is_little(matrix: Tensor, rhs: Tensor, extra: int, adjoint: bool) -> bool:
    """Whether it is known that folding gains nothing."""
    size = dimension_at_index(matrix.shape, -2 if adjoint else -1).value
    columns = dimension_at_index(rhs.shape, -1).value
    leading = rhs.shape[:extra]
    count = leading.num_elements()
    if count is None:
        return False
    return count < 2 or (size is not None and columns is not None and size <= columns)


def broadcast_matrix_batch_dims(matrices: Iterable[Any], name: str | None = None) -> list[Tensor]:
    """n[..., m, k] each, of any m and k -> the same with equal axes before the last two.

    Raises:
      ValueError: one has fewer than two axes, or they do not broadcast.
    """
    with name_scope(name or "broadcast_matrix_batch_dims", values=list(matrices)):
        checks.assert_proper_iterable(matrices)
        tensors = [_checked_matrix(matrix) for matrix in matrices]
        if len(tensors) < 2:
            return tensors
        known = reduce(filling.broadcast_static_shape, [x.shape[:-2] for x in tensors])
        if known.is_fully_defined():
            return [x if x.shape[:-2] == known else _broadcast(x, known.as_list()) for x in tensors]
        batch = shape_of.shape(tensors[0])[:-2]
        for x in tensors[1:]:
            batch = filling.broadcast_dynamic_shape(batch, shape_of.shape(x)[:-2])
        return [_broadcast(x, batch) for x in tensors]


def _checked_matrix(value: Any) -> Tensor:
    tensor = convert_to_tensor(value)
    if tensor.shape.ndims is not None and tensor.shape.ndims < 2:
        raise ValueError(
            f"Expected [batch] matrix to have at least two dimensions.  Found: {tensor}"
        )
    return tensor


def _broadcast(x: Tensor, batch: Any) -> Tensor:
    return filling.broadcast_to(x, concat([batch, shape_of.shape(x)[-2:]], axis=0))


def assert_compatible_matrix_dimensions(operator: Any, x: Tensor) -> Any:
    """Returns an operation that fails a run in which `operator` cannot act on `x`."""
    return checks.assert_equal(
        shape_of.shape(x)[-2],
        operator.domain_dimension_tensor(),
        message="Dimensions are not compatible.  shape[-2] of argument to be the same as this "
        "operator",
    )


def assert_real(x: Any, message: str | None = None, name: str = "assert_zero_imag_part") -> Any:
    """Returns an operation that fails a run in which an element of `x` has an imaginary part."""
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        if dtype.is_floating:
            return no_op()
        zero = convert_to_tensor(0, dtype=dtype.real_dtype)
        return checks.assert_equal(zero, complex_numbers.imag(x), message=message)


def assert_nowhere_zero(
    x: Any, message: str | None = None, name: str = "assert_no_entries_with_modulus_zero"
) -> Any:
    """Returns an operation that fails a run in which an element of `x` is 0."""
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        size = elementwise.abs_(x)
        zero = convert_to_tensor(0, dtype=x.dtype.base_dtype.real_dtype)
        return checks.assert_less(zero, size, message=message)
