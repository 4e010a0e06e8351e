"""Operators side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, reshaping, shape_of, stacking
from stillflow.ops.array.joining import concat, split
from stillflow.ops.control.ordering import group
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import broadcast_matrix_batch_dims
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.several import OfSeveral, listed


class LinearOperatorBlockDiag(OfSeveral):
    """Square operators along a diagonal, f[..., n, n], each of which acts on some coordinates.

    Args:
      operators: of one type.

    Raises:
      TypeError: their types differ.
      ValueError: there are none, one is not known to be square, or hints contradict each other.
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = True,
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
            whole="direct sum",
            joint="_ds_",
            inherited={
                "is_non_singular": "non-singular",
                "is_self_adjoint": "self-adjoint",
                "is_positive_definite": "positive definite",
            },
        )

    def _check_parts(self, hints: dict[str, Claim]) -> None:
        if not (hints["is_square"] and all(one.is_square for one in self.operators)):
            raise ValueError("Can only represent a block diagonal of square matrices.")

    def _shape(self) -> TensorShape:
        columns, rows = self.operators[0].domain_dimension, self.operators[0].range_dimension
        for operator in self.operators[1:]:
            columns += operator.domain_dimension
            rows += operator.range_dimension
        return self._batch().concatenate(as_shape([columns, rows]))

    def _shape_tensor(self) -> Tensor:
        if self.shape.is_fully_defined():
            return convert_to_tensor(self.shape.as_list(), dtype=dtypes.int32, name="shape")
        columns = self.operators[0].domain_dimension_tensor()
        rows = self.operators[0].range_dimension_tensor()
        for operator in self.operators[1:]:
            columns += operator.domain_dimension_tensor()
            rows += operator.range_dimension_tensor()
        matrix = stacking.stack([columns, rows])
        return concat((self._batch_tensor_by_zeros(), matrix), 0)

    def _blocks(self, x: Tensor, axis: int) -> list[Tensor]:
        """What each operator gets of `x`."""
        sizes: list[Any] = [operator.domain_dimension.value for operator in self.operators]
        if not self.shape.is_fully_defined():
            sizes = [operator.domain_dimension_tensor() for operator in self.operators]
        return split(x, sizes, axis=axis)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        blocks = self._blocks(x, -1 if adjoint_arg else -2)
        products = [
            operator.matmul(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
            for operator, block in zip(self.operators, blocks, strict=True)
        ]
        return concat(broadcast_matrix_batch_dims(products), axis=-2)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        blocks = self._blocks(rhs, -1 if adjoint_arg else -2)
        solutions = [
            operator.solve(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
            for operator, block in zip(self.operators, blocks, strict=True)
        ]
        return concat(broadcast_matrix_batch_dims(solutions), axis=-2)

    def _determinant(self) -> Tensor:
        return self._product("determinant")

    def _log_abs_determinant(self) -> Tensor:
        return self._sum("log_abs_determinant")

    def _trace(self) -> Tensor:
        return self._sum("trace")

    def _diag_part(self) -> Tensor:
        columns = [operator.diag_part()[..., None] for operator in self.operators]
        return reshaping.squeeze(concat(broadcast_matrix_batch_dims(columns), axis=-2), axis=-1)

    def _to_dense(self) -> Tensor:
        dense = [operator.to_dense() for operator in self.operators]
        before: Any = 0
        rows = []
        for block in broadcast_matrix_batch_dims(dense):
            leading = shape_of.shape(block)[:-1]
            left = filling.zeros(concat([leading, [before]], axis=-1), dtype=block.dtype)
            before += shape_of.shape(block)[-1]
            after = concat([leading, [self.domain_dimension_tensor() - before]], axis=-1)
            right = filling.zeros(after, dtype=block.dtype)
            rows.append(concat([left, block, right], axis=-1))
        matrix = concat(rows, axis=-2)
        matrix.set_shape(self.shape)
        return matrix

    def _assert_non_singular(self) -> Any:
        return group([operator.assert_non_singular() for operator in self.operators])

    def _assert_self_adjoint(self) -> Any:
        return group([operator.assert_self_adjoint() for operator in self.operators])

    def _assert_positive_definite(self) -> Any:
        return group([operator.assert_positive_definite() for operator in self.operators])
