"""Operators that are written out: full matrices, and lower triangles."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.type_sets import FACTORABLE
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, shape_of
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import (
    assert_nowhere_zero,
    matrix_triangular_solve_with_broadcast,
)
from stillflow.ops.linalg.operators.parts import held
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import elementwise
from stillflow.ops.reduce import reductions


def _check_rank(matrix: Any, name: str, least: int = 2) -> None:
    if matrix.shape.ndims is not None and matrix.shape.ndims < least:
        raise ValueError(f"Argument {name} must have at least {least} dimensions.  Found: {matrix}")


class LinearOperatorFullMatrix(LinearOperator):
    """An operator that is a matrix, f[..., m, n], of which nothing is assumed.

    Raises:
      TypeError: its type is neither floating nor complex.
      ValueError: its rank is known and below 2, or hints contradict each other.
    """

    def __init__(
        self,
        matrix: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorFullMatrix",
    ):
        with name_scope(name, values=[matrix]):
            self._matrix = held(matrix, name="matrix")
            as_tensor = convert_to_tensor(self._matrix, name="matrix")
            if as_tensor.dtype not in FACTORABLE:
                raise TypeError(
                    f"Argument matrix must have dtype in {list(FACTORABLE)}.  Found: "
                    f"{as_tensor.dtype}"
                )
            _check_rank(as_tensor, "matrix")
            super().__init__(
                self._matrix.dtype,
                [self._matrix],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                is_square,
                name,
            )

    def _shape(self) -> TensorShape:
        return self._matrix.shape

    def _shape_tensor(self) -> Tensor:
        return shape_of.shape(self._matrix)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return matmul(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self) -> Tensor:
        return self._matrix


class LinearOperatorLowerTriangular(LinearOperator):
    """An operator that is the lower triangle of matrices f[..., n, n].

    Raises:
      ValueError: it is said not to be square, its rank is known and below 2, or hints contradict
        each other.
    """

    def __init__(
        self,
        tril: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ):
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        with name_scope(name, values=[tril]):
            self._tril = held(tril, name="tril")
            _check_rank(self._tril, "tril")
            super().__init__(
                self._tril.dtype,
                [self._tril],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                True,
                name,
            )

    def _shape(self) -> TensorShape:
        return self._tril.shape

    def _shape_tensor(self) -> Tensor:
        return shape_of.shape(self._tril)

    def _to_dense(self) -> Tensor:
        return diagonals.matrix_band_part(self._tril, -1, 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return matmul(self._to_dense(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        rhs = solving.adjoint(rhs) if adjoint_arg else rhs
        return matrix_triangular_solve_with_broadcast(
            self._to_dense(), rhs, lower=True, adjoint=adjoint
        )

    def _determinant(self) -> Tensor:
        return reductions.reduce_prod(diagonals.matrix_diag_part(self._tril), axis=[-1])

    def _log_abs_determinant(self) -> Tensor:
        size = elementwise.abs_(diagonals.matrix_diag_part(self._tril))
        return reductions.reduce_sum(elementwise.log(size), axis=[-1])

    def _assert_non_singular(self) -> Any:
        return assert_nowhere_zero(
            diagonals.matrix_diag_part(self._tril),
            "Singular operator:  Diagonal contained zero values.",
        )
