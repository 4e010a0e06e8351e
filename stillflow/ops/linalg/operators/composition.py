"""Operators one after another."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import stacking
from stillflow.ops.array.joining import concat
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.several import OfSeveral, listed


class LinearOperatorComposition(OfSeveral):
    """The product of operators, of which the last one acts first.

    Args:
      operators: of one type; each has as many columns as the next one has rows.

    Raises:
      TypeError: their types differ.
      ValueError: there are none, or hints contradict each other.
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str | None = None,
    ):
        super().__init__(
            listed(operators, "Expected a non-empty list of operators."),
            {
                "is_non_singular": is_non_singular,
                "is_self_adjoint": is_self_adjoint,
                "is_positive_definite": is_positive_definite,
                "is_square": is_square,
            },
            name,
            whole="composition",
            joint="_o_",
            inherited={"is_non_singular": "non-singular"},
        )

    def _shape(self) -> TensorShape:
        first, last = self.operators[0], self.operators[-1]
        for left, right in zip(self.operators, self.operators[1:], strict=False):
            left.domain_dimension.assert_is_compatible_with(right.range_dimension)
        return self._batch().concatenate(as_shape([first.range_dimension, last.domain_dimension]))

    def _shape_tensor(self) -> Tensor:
        if self.shape.is_fully_defined():
            return convert_to_tensor(self.shape.as_list(), dtype=dtypes.int32, name="shape")
        rows = self.operators[0].range_dimension_tensor()
        matrix = stacking.stack([rows, self.operators[-1].domain_dimension_tensor()])
        return concat((self._batch_tensor_by_zeros(), matrix), 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        first, *others = self.operators if adjoint else self.operators[::-1]
        result = first.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in others:
            result = operator.matmul(result, adjoint=adjoint)
        return result

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        first, *others = self.operators[::-1] if adjoint else self.operators
        result = first.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in others:
            result = operator.solve(result, adjoint=adjoint)
        return result

    def _determinant(self) -> Tensor:
        return self._product("determinant")

    def _log_abs_determinant(self) -> Tensor:
        return self._sum("log_abs_determinant")
