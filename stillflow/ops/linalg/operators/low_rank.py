"""Operators that are changed by a matrix of few columns."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_at_index
from stillflow.ops.array import diagonals, filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import (
    cholesky_solve_with_broadcast,
    matrix_solve_with_broadcast,
)
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.diagonal import LinearOperatorDiag
from stillflow.ops.linalg.operators.identity import LinearOperatorIdentity
from stillflow.ops.linalg.operators.parts import held
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts, elementwise
from stillflow.ops.reduce import reductions


class LinearOperatorLowRankUpdate(LinearOperator):
    """L + U D V^H, where solving is cheap with L and U has few columns.

    Args:
      base_operator: L, f[..., m, n].
      u: f[..., m, k].
      diag_update: the diagonal D, f[..., k]; ones by default.
      v: f[..., n, k]; `u` by default.
      is_diag_update_positive: whether all of `diag_update` is positive.

    Raises:
      ValueError: shapes do not fit, or hints contradict each other or what follows.
    """

    def __init__(
        self,
        base_operator: LinearOperator,
        u: Any,
        diag_update: Any = None,
        v: Any = None,
        is_diag_update_positive: Claim = None,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str = "LinearOperatorLowRankUpdate",
    ):
        if diag_update is None:
            if is_diag_update_positive is False:
                raise ValueError(
                    "Default diagonal is the identity, which is positive.  However, user set "
                    "'is_diag_update_positive' to False."
                )
            is_diag_update_positive = True
        self._use_cholesky = bool(
            base_operator.is_positive_definite
            and base_operator.is_self_adjoint
            and is_diag_update_positive
            and v is None
        )
        if base_operator.is_self_adjoint and v is None and not base_operator.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError(
                    "A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is "
                    "self-adjoint, this must be a self-adjoint operator."
                )
            is_self_adjoint = True
        if self._use_cholesky:
            if False in (is_positive_definite, is_self_adjoint, is_non_singular):
                raise ValueError("Arguments imply this is self-adjoint positive-definite operator.")
            is_positive_definite = is_self_adjoint = True
        with name_scope(name, values=[*base_operator.graph_parents, u, diag_update, v]):
            self._u = held(u, name="u")
            self._v = self._u if v is None else held(v, name="v")
            self._diag_update = None if diag_update is None else held(diag_update, "diag_update")
            self._base_operator = base_operator
            own = [part for part in (self._u, self._diag_update, self._v) if part is not None]
            super().__init__(
                base_operator.dtype,
                [*base_operator.graph_parents, *own],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                is_square,
                name,
            )
            self._diag_operator = self._diagonal(is_diag_update_positive)
            self._is_diag_update_positive = is_diag_update_positive
            self._check_shapes()

    def _diagonal(self, is_positive: Claim) -> LinearOperator:
        if self._diag_update is not None:
            return LinearOperatorDiag(self._diag_update, is_positive_definite=is_positive)
        rank: Any = dimension_at_index(self._u.shape, -1).value
        if rank is None:
            rank = shape_of.shape(self._u)[-1]
        return LinearOperatorIdentity(num_rows=rank, dtype=self.dtype)

    def _check_shapes(self) -> None:
        factors = filling.broadcast_static_shape(self._u.shape, self._v.shape)
        batch = filling.broadcast_static_shape(self._base_operator.batch_shape, factors[:-2])
        columns = self._base_operator.domain_dimension
        columns.assert_is_compatible_with(dimension_at_index(factors, -2))
        if self._diag_update is not None:
            own = self._diag_update.shape
            rank = dimension_at_index(factors, -1)
            rank.assert_is_compatible_with(dimension_at_index(own, -1))
            filling.broadcast_static_shape(batch, own[:-1])

    @property
    def u(self) -> Any:
        return self._u

    @property
    def v(self) -> Any:
        return self._v

    @property
    def is_diag_update_positive(self) -> Claim:
        return self._is_diag_update_positive

    @property
    def diag_update(self) -> Any:
        return self._diag_update

    @property
    def diag_operator(self) -> LinearOperator:
        """D as an operator."""
        return self._diag_operator

    @property
    def base_operator(self) -> LinearOperator:
        return self._base_operator

    def _shape(self) -> TensorShape:
        batch = filling.broadcast_static_shape(self._base_operator.batch_shape, self._u.shape[:-2])
        return batch.concatenate(self._base_operator.shape[-2:])

    def _shape_tensor(self) -> Tensor:
        batch = filling.broadcast_dynamic_shape(
            self._base_operator.batch_shape_tensor(), shape_of.shape(self._u)[:-2]
        )
        return concat([batch, self._base_operator.shape_tensor()[-2:]], axis=0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        base = self._base_operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        few = matmul(right, x, adjoint_a=True, adjoint_b=adjoint_arg)
        few = self._diag_operator.matmul(few, adjoint=adjoint)
        return base + matmul(left, few)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        """By Woodbury's identity: with C = D^-1 + V^H L^-1 U, L^-1 - L^-1 U C^-1 V^H L^-1."""
        if self._base_operator.is_non_singular is False:
            raise ValueError(
                "Solve not implemented unless this is a perturbation of a non-singular "
                "LinearOperator."
            )
        base = self._base_operator
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        solved = base.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        few = matmul(right, solved, adjoint_a=True)
        if self._use_cholesky:
            factor = solving.cholesky(self._make_capacitance())
            few = cholesky_solve_with_broadcast(factor, few)
        else:
            few = matrix_solve_with_broadcast(self._make_capacitance(), few, adjoint=adjoint)
        return solved - base.solve(matmul(left, few), adjoint=adjoint)

    def _make_capacitance(self) -> Tensor:
        """D^-1 + V^H L^-1 U, f[..., k, k]"""
        solved = self._base_operator.solve(self._u)
        few = matmul(self._v, solved, adjoint_a=True)
        return self._diag_operator.inverse().add_to_tensor(few)

    def _determinant(self) -> Tensor:
        if self.is_positive_definite:
            return elementwise.exp(self.log_abs_determinant())
        capacitance = solving.matrix_determinant(self._make_capacitance())
        diagonal = self._diag_operator.determinant()
        base = self._base_operator.determinant()
        return capacitance * diagonal * base

    def _log_abs_determinant(self) -> Tensor:
        diagonal = self._diag_operator.log_abs_determinant()
        base = self._base_operator.log_abs_determinant()
        return self._log_abs_capacitance() + diagonal + base

    def _log_abs_capacitance(self) -> Tensor:
        if self._use_cholesky:
            factor = diagonals.matrix_diag_part(solving.cholesky(self._make_capacitance()))
            return 2 * reductions.reduce_sum(elementwise.log(factor), axis=[-1])
        determinant = solving.matrix_determinant(self._make_capacitance())
        log = elementwise.log(elementwise.abs_(determinant))
        return casts.cast(log, dtype=self.dtype) if self.dtype.is_complex else log
