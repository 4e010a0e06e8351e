"""Kronecker products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.transposing import matrix_transpose, transpose
from stillflow.ops.control.ordering import group
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.several import OfSeveral, listed
from stillflow.ops.math import casts


class LinearOperatorKronecker(OfSeveral):
    """The Kronecker product of operators: f[..., m1 m2, n1 n2] of f[..., m1, n1], f[..., m2, n2].

    Args:
      operators: of one type.

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
            listed(operators, "Expected a list of >=1 operators."),
            {
                "is_non_singular": is_non_singular,
                "is_self_adjoint": is_self_adjoint,
                "is_positive_definite": is_positive_definite,
                "is_square": is_square,
            },
            name,
            whole="Kronecker product",
            joint="_x_",
            inherited={
                "is_non_singular": "non-singular",
                "is_self_adjoint": "self-adjoint",
                "is_positive_definite": "positive-definite",
            },
        )

    def _shape(self) -> TensorShape:
        columns, rows = self.operators[0].domain_dimension, self.operators[0].range_dimension
        for operator in self.operators[1:]:
            columns *= operator.domain_dimension
            rows *= operator.range_dimension
        return self._batch().concatenate(as_shape([rows, columns]))

    def _shape_tensor(self) -> Tensor:
        columns = reduce(
            lambda size, one: size * one.domain_dimension_tensor(),
            self.operators[1:],
            self.operators[0].domain_dimension_tensor(),
        )
        rows = reduce(
            lambda size, one: size * one.range_dimension_tensor(),
            self.operators[1:],
            self.operators[0].range_dimension_tensor(),
        )
        batch = self.operators[0].batch_shape_tensor()
        for operator in self.operators[1:]:
            batch = filling.broadcast_dynamic_shape(batch, operator.batch_shape_tensor())
        return concat((batch, [rows, columns]), 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._by_factors(
            x,
            adjoint,
            adjoint_arg,
            lambda operator, part: operator.matmul(part, adjoint=adjoint, adjoint_arg=False),
            lambda operator, part: operator.matvec(part, adjoint=adjoint),
        )

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._by_factors(
            rhs,
            adjoint,
            adjoint_arg,
            lambda operator, part: operator.solve(part, adjoint=adjoint, adjoint_arg=False),
            lambda operator, part: operator.solvevec(part, adjoint=adjoint),
        )

    def _by_factors(
        self,
        x: Tensor,
        adjoint: bool,
        adjoint_arg: bool,
        on_matrix: Callable[[LinearOperator, Tensor], Tensor],
        on_vector: Callable[[LinearOperator, Tensor], Tensor],
    ) -> Tensor:
        """Applies one factor after the other: (A o B) vec(X) = vec(B X A^T)."""
        if adjoint_arg:
            x = solving.adjoint(x)
        ones = concat([filling.ones_like(self.batch_shape_tensor()), [1, 1]], 0)
        x += filling.zeros(ones, dtype=x.dtype.base_dtype)
        # What becomes rows and columns is last; the columns of `x` wait in the first axis.
        output = _turned(x, to_right=True)[None, ...]
        for operator in self.operators[:-1]:
            size = (
                operator.range_dimension_tensor() if adjoint else operator.domain_dimension_tensor()
            )
            output = matrix_transpose(_as_columns(output, size))
            output = matrix_transpose(on_matrix(operator, output))
            output = _turned(output, to_right=False)
            output = _turned(_as_vectors(output), to_right=True)
        output = on_vector(self.operators[-1], output)
        output = _as_vectors(_turned(output, to_right=False))
        output = _turned(output, to_right=False)
        if x.shape.is_fully_defined():
            batch = filling.broadcast_static_shape(x.shape[:-2], self.batch_shape)
            rows = self.domain_dimension if adjoint else self.range_dimension
            output.set_shape(batch.concatenate([rows, x.shape[-1]]))
        return output

    def _determinant(self) -> Tensor:
        total = self.domain_dimension_tensor()
        product: Any = 1.0
        for operator in self.operators:
            product *= operator.determinant() ** _others(operator, total)
        return product

    def _log_abs_determinant(self) -> Tensor:
        total = self.domain_dimension_tensor()
        log: Any = 0.0
        for operator in self.operators:
            log += operator.log_abs_determinant() * _others(operator, total)
        return log

    def _trace(self) -> Tensor:
        trace: Any = 1.0
        for operator in self.operators:
            trace *= operator.trace()
        return trace

    def _diag_part(self) -> Tensor:
        diagonal = self.operators[0].diag_part()
        for operator in self.operators[1:]:
            wide = diagonal[..., :, None]
            wide *= operator.diag_part()[..., None, :]
            sizes = concat([shape_of.shape(wide)[:-2], [-1]], axis=0)
            diagonal = reshaping.reshape(wide, shape=sizes)
        rows, columns = self.range_dimension, self.domain_dimension
        diagonal.set_shape(self.batch_shape.concatenate(columns if rows > columns else rows))
        return diagonal

    def _to_dense(self) -> Tensor:
        product = self.operators[0].to_dense()
        for operator in self.operators[1:]:
            wide = product[..., :, None, :, None]
            wide *= operator.to_dense()[..., None, :, None, :]
            batch = shape_of.shape(wide)[:-4]
            rows = shape_of.shape(wide)[-4] * shape_of.shape(wide)[-3]
            columns = shape_of.shape(wide)[-2] * shape_of.shape(wide)[-1]
            product = reshaping.reshape(wide, shape=concat([batch, [rows, columns]], axis=0))
        product.set_shape(self.shape)
        return product

    def _assert_non_singular(self) -> Any:
        self._check_square("invertible")
        return group([operator.assert_non_singular() for operator in self.operators])

    def _assert_self_adjoint(self) -> Any:
        self._check_square("self adjoint")
        return group([operator.assert_self_adjoint() for operator in self.operators])

    def _check_square(self, claim: str) -> None:
        if not all(operator.is_square for operator in self.operators):
            raise InvalidArgumentError(
                node_def=None,
                op=None,
                message=f"All Kronecker factors must be square for the product to be {claim}.",
            )


def _others(operator: LinearOperator, total: Tensor) -> Tensor:
    """How often a factor is there: once for each row of the others."""
    return casts.cast(total / operator.domain_dimension_tensor(), dtype=operator.dtype)


def _as_vectors(x: Tensor) -> Tensor:
    """n[..., m, k] -> n[..., k m], column after column"""
    transposed = matrix_transpose(x)
    return reshaping.reshape(transposed, concat([shape_of.shape(x)[:-2], [-1]], axis=0))


def _as_columns(x: Tensor, count: Tensor) -> Tensor:
    """n[..., count m] -> n[..., m, count], the other way round"""
    sizes = concat([shape_of.shape(x)[:-1], [count, -1]], axis=0)
    return matrix_transpose(reshaping.reshape(x, sizes))


def _turned(x: Tensor, to_right: bool) -> Tensor:
    """`x` with its last axis made the first, or the first one made the last."""
    rank = shape_of.rank(x)
    order = [[rank - 1], range_(0, rank - 1)] if to_right else [range_(1, rank), [0]]
    return transpose(x, concat(order, axis=0))
