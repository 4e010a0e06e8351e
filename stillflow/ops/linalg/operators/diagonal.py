"""Operators that scale each coordinate on its own."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import assert_nowhere_zero, assert_real
from stillflow.ops.linalg.operators.parts import held
from stillflow.ops.math import casts, complex_numbers, conjugate, elementwise
from stillflow.ops.reduce import reductions


class LinearOperatorDiag(LinearOperator):
    """An operator that is a diagonal, f[..., n].

    Raises:
      ValueError: it is said not to be square or, of a real type, not to be self-adjoint; its rank
        is known and 0; or hints contradict each other.
    """

    def __init__(
        self,
        diag: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorDiag",
    ):
        with name_scope(name, values=[diag]):
            self._diag = held(diag, name="diag")
            if self._diag.shape.ndims == 0:
                raise ValueError(
                    f"Argument diag must have at least 1 dimension.  Found: {self._diag}"
                )
            if not self._diag.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError("A real diagonal operator is always self adjoint.")
                is_self_adjoint = True
            if is_square is False:
                raise ValueError("Only square diagonal operators currently supported.")
            super().__init__(
                self._diag.dtype,
                [self._diag],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                True,
                name,
            )

    @property
    def diag(self) -> Any:
        return self._diag

    def _shape(self) -> TensorShape:
        return self._diag.shape.concatenate(self._diag.shape[-1:])

    def _shape_tensor(self) -> Tensor:
        sizes = shape_of.shape(self._diag)
        return concat((sizes, [sizes[-1]]), 0)

    def _factors(self, adjoint: bool) -> Any:
        return conjugate.conj(self._diag) if adjoint else self._diag

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        factors = self._factors(adjoint)
        x = solving.adjoint(x) if adjoint_arg else x
        return reshaping.expand_dims(factors, -1) * x

    def _matvec(self, x: Tensor, adjoint: bool = False) -> Tensor:
        return self._factors(adjoint) * x

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        factors = self._factors(adjoint)
        rhs = solving.adjoint(rhs) if adjoint_arg else rhs
        return rhs * reshaping.expand_dims(1.0 / factors, -1)

    def _determinant(self) -> Tensor:
        return reductions.reduce_prod(self._diag, axis=[-1])

    def _log_abs_determinant(self) -> Tensor:
        sizes = elementwise.log(elementwise.abs_(self._diag))
        total = reductions.reduce_sum(sizes, axis=[-1])
        return casts.cast(total, dtype=self.dtype) if self.dtype.is_complex else total

    def _to_dense(self) -> Tensor:
        return diagonals.matrix_diag(self._diag)

    def _diag_part(self) -> Tensor:
        return self._diag

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        diagonal = self._diag + diagonals.matrix_diag_part(x)
        return diagonals.matrix_set_diag(x, diagonal)

    def _assert_non_singular(self) -> Any:
        message = "Singular operator:  Diagonal contained zero values."
        return assert_nowhere_zero(self._diag, message)

    def _assert_positive_definite(self) -> Any:
        message = (
            "Diagonal operator had diagonal entries with non-positive real part, thus was not "
            "positive definite."
            if self.dtype.is_complex
            else "Real diagonal operator had non-positive diagonal entries, thus was not positive "
            "definite."
        )
        return checks.assert_positive(complex_numbers.real(self._diag), message=message)

    def _assert_self_adjoint(self) -> Any:
        message = (
            "This diagonal operator contained non-zero imaginary values.   Thus it was not "
            "self-adjoint."
        )
        return assert_real(self._diag, message)
