"""Operators that are constant along each diagonal."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_at_index
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reversing import reverse
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.circulant import LinearOperatorCirculant, as_complex
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.math import casts
from stillflow.ops.signal import fourier


class LinearOperatorToeplitz(LinearOperator):
    """The operator of a first column and a first row, f[..., n] each, f[..., n, n].

    Its products go through a circulant operator of twice the size. Where the two disagree about
    the first element, the column holds.

    Raises:
      ValueError: either has no axis, their lengths differ, or it is said not to be square.
    """

    def __init__(
        self,
        col: Any,
        row: Any,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str = "LinearOperatorToeplitz",
    ):
        with name_scope(name, values=[row, col]):
            self._row = convert_to_tensor(row, name="row")
            self._col = convert_to_tensor(col, name="col")
            self._check_shapes()
            gap = filling.zeros_like(self._col[..., 0:1])
            rest = reverse(self._row[..., 1:], axis=[-1])
            column = concat([self._col, gap, rest], axis=-1)
            self._circulant = LinearOperatorCirculant(
                fourier.fft(as_complex(column)), input_output_dtype=self._row.dtype
            )
            if is_square is False:
                raise ValueError("Only square Toeplitz operators currently supported.")
            super().__init__(
                self._row.dtype,
                [self._row, self._col],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                True,
                name,
            )

    def _check_shapes(self) -> None:
        for name, tensor in (("row", self._row), ("col", self._col)):
            if tensor.shape.ndims == 0:
                raise ValueError(
                    f"Argument {name} must have at least 1 dimension.  Found: {tensor}"
                )
        lengths = [dimension_at_index(x.shape, -1) for x in (self._row, self._col)]
        if lengths[0] != lengths[1]:
            raise ValueError("Expected square matrix, got row and col with mismatched dimensions.")

    @property
    def col(self) -> Tensor:
        return self._col

    @property
    def row(self) -> Tensor:
        return self._row

    def _shape(self) -> TensorShape:
        sizes = filling.broadcast_static_shape(self._row.shape, self._col.shape)
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self) -> Tensor:
        own = (shape_of.shape(self._row), shape_of.shape(self._col))
        sizes = filling.broadcast_dynamic_shape(*own)
        return concat((sizes, [sizes[-1]]), 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x = solving.adjoint(x) if adjoint_arg else x
        longer = concat([x, filling.zeros_like(x)], axis=-2)
        product = self._circulant.matmul(longer, adjoint=adjoint, adjoint_arg=False)
        return casts.cast(product[..., : self.domain_dimension_tensor(), :], self.dtype)

    def _trace(self) -> Tensor:
        return casts.cast(self.domain_dimension_tensor(), dtype=self.dtype) * self._col[..., 0]

    def _diag_part(self) -> Tensor:
        first = self._col[..., 0:1]
        return first * filling.ones([self.domain_dimension_tensor()], self.dtype)

    def _assert_self_adjoint(self) -> Any:
        message = "row and col are not the same, and so this operator is not self-adjoint."
        return checks.assert_equal(self._row, self._col, message=message)
