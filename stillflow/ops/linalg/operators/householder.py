"""Reflections."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import no_op
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.norms import norm
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.parts import held
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts, conjugate


class LinearOperatorHouseholder(LinearOperator):
    """The reflection that turns vectors f[..., n] about: I - 2 v v^H, v being one of length 1.

    Raises:
      ValueError: `reflection_axis` has no axis, or it is said not to be self-adjoint or square, or
        to be positive definite.
    """

    def __init__(
        self,
        reflection_axis: Any,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str = "LinearOperatorHouseholder",
    ):
        with name_scope(name, values=[reflection_axis]):
            self._reflection_axis = held(reflection_axis, name="reflection_axis")
            if self._reflection_axis.shape.ndims == 0:
                raise ValueError(
                    "Argument reflection_axis must have at least 1 dimension.  "
                    f"Found: {self._reflection_axis}"
                )
            if is_self_adjoint is False:
                raise ValueError("A Householder operator is always self adjoint.")
            if is_positive_definite is True:
                raise ValueError("A Householder operator is always non-positive definite.")
            if is_square is False:
                raise ValueError("A Householder operator is always square.")
            parents = [self._reflection_axis]
            dtype = self._reflection_axis.dtype
            super().__init__(dtype, parents, is_non_singular, True, False, True, name)

    @property
    def reflection_axis(self) -> Any:
        return self._reflection_axis

    def _shape(self) -> TensorShape:
        sizes = self._reflection_axis.shape
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self) -> Tensor:
        sizes = shape_of.shape(self._reflection_axis)
        return concat((sizes, [sizes[-1]]), 0)

    def _unit(self) -> Tensor:
        axis = self._reflection_axis
        return axis / norm(axis, axis=-1, keepdims=True)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        axis = convert_to_tensor(self._reflection_axis)
        x = solving.adjoint(x) if adjoint_arg else x
        column = (axis / norm(axis, axis=-1, keepdims=True))[..., None]
        along = matmul(column, x, adjoint_a=True)
        return x - 2 * column * along

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _trace(self) -> Tensor:
        trace = casts.cast(self.domain_dimension_tensor() - 2, self.dtype)
        return trace * filling.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _determinant(self) -> Tensor:
        return -filling.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self) -> Tensor:
        return filling.zeros(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _to_dense(self) -> Tensor:
        column = self._unit()[..., None]
        matrix = -2 * matmul(column, column, adjoint_b=True)
        return diagonals.matrix_set_diag(matrix, 1.0 + diagonals.matrix_diag_part(matrix))

    def _diag_part(self) -> Tensor:
        unit = self._unit()
        return 1.0 - 2 * unit * conjugate.conj(unit)

    def _assert_non_singular(self) -> Any:
        return no_op("assert_non_singular")

    def _assert_positive_definite(self) -> Any:
        raise InvalidArgumentError(
            node_def=None,
            op=None,
            message="Householder operators are always non-positive definite.",
        )

    def _assert_self_adjoint(self) -> Any:
        return no_op("assert_self_adjoint")
