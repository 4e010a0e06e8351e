"""Operators that leave nothing."""

from __future__ import annotations

from typing import Any, NoReturn

from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, shape_of, stacking
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import no_op, with_dependencies
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import assert_compatible_matrix_dimensions
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.linalg.operators.sizes import checked_size, size_tensor
from stillflow.ops.reduce import reductions


class LinearOperatorZeros(LinearOperator):
    """Zeros of `num_rows` rows and, unless said otherwise, as many columns.

    Args:
      batch_shape: how often they are there, i32[k].
      assert_proper_shapes: whether runs check sizes.

    Raises:
      TypeError: a size is no integer.
      ValueError: a size is negative, or a hint says what zeros are not.
    """

    def __init__(
        self,
        num_rows: Any,
        num_columns: Any = None,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: Claim = False,
        is_self_adjoint: Claim = True,
        is_positive_definite: Claim = False,
        is_square: Claim = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorZeros",
    ):
        self._assert_proper_shapes = assert_proper_shapes
        with name_scope(name):
            if not is_self_adjoint and is_square:
                raise ValueError("A zero operator is always self adjoint.")
            if is_non_singular:
                raise ValueError("A zero operator is always singular.")
            if is_positive_definite:
                raise ValueError("A zero operator is always not positive-definite.")
            hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
            super().__init__(dtypes.as_dtype(dtype or dtypes.float32), None, *hints, name)
            self._take_sizes(num_rows, num_rows if num_columns is None else num_columns)
            if is_square and None not in (self._known_rows, self._known_columns):
                self._check_square()
            self._batch = None
            if batch_shape is not None:
                batch = size_tensor(batch_shape, "batch_shape_arg")
                self._batch = checked_size(batch, "batch_shape", 1, assert_proper_shapes)
                self._known_batch = constant_value(batch)

    def _take_sizes(self, rows: Any, columns: Any) -> None:
        num_rows = size_tensor(rows, "num_rows")
        self._known_rows = constant_value(num_rows)
        num_columns = size_tensor(columns, "num_columns")
        self._known_columns = constant_value(num_columns)
        asserts = self._assert_proper_shapes
        self._num_rows = checked_size(num_rows, "num_rows", 0, asserts)
        self._num_columns = checked_size(num_columns, "num_columns", 0, asserts)

    def _check_square(self) -> None:
        if self._known_rows != self._known_columns:
            raise ValueError(
                f"LinearOperatorZeros initialized as is_square=True, but got num_rows("
                f"{self._known_rows}) != num_columns({self._known_columns})"
            )

    def _shape(self) -> TensorShape:
        sizes = (self._known_rows, self._known_columns)
        matrix = as_shape([None if size is None else int(size) for size in sizes])
        if self._batch is None:
            return matrix
        known = self._known_batch
        batch = TensorShape.of(None) if known is None else as_shape(known.tolist())
        return batch.concatenate(matrix)

    def _shape_tensor(self) -> Tensor:
        matrix = stacking.stack((self._num_rows, self._num_columns), axis=0)
        return matrix if self._batch is None else concat((self._batch, matrix), 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        if self._assert_proper_shapes:
            x = solving.adjoint(x) if adjoint_arg else x
            x = with_dependencies([assert_compatible_matrix_dimensions(self, x)], x)
        if self.is_square:
            sizes = _transposed_shape(x) if adjoint_arg else shape_of.shape(x)
        else:
            own = shape_of.shape(x)
            rows = self._num_columns if adjoint else self._num_rows
            columns = own[-2] if adjoint_arg else own[-1]
            sizes = concat([own[:-2], [rows, columns]], axis=0)
        return self._with_batch(filling.zeros(shape=sizes, dtype=x.dtype))

    def _with_batch(self, x: Tensor) -> Tensor:
        """`x` broadcast to the batch of this."""
        if self._batch is None:
            return x
        special: Any = self.batch_shape.concatenate([1, 1])
        broadcast = filling.broadcast_static_shape(x.shape, special)
        if not special.is_fully_defined():
            special = concat((self.batch_shape_tensor(), [1, 1]), 0)
        elif broadcast == x.shape:
            return x
        return x + filling.zeros(shape=special, dtype=self.dtype)

    def _zeros(self) -> Tensor:
        """A zero for each matrix."""
        known = self.batch_shape
        sizes: Any = known if known.is_fully_defined() else self.batch_shape_tensor()
        return filling.zeros(shape=sizes, dtype=self.dtype)

    def _determinant(self) -> Tensor:
        return self._zeros()

    def _trace(self) -> Tensor:
        return self._zeros()

    def _diag_part(self) -> Tensor:
        if self.shape.is_fully_defined():
            length = min(self.shape.as_list()[-2:])  # type: ignore[type-var]
            sizes: Any = self.batch_shape.concatenate([length])
        else:
            batch = self.batch_shape_tensor()
            sizes = concat([batch, [reductions.reduce_min(self.shape_tensor()[-2:])]], axis=0)
        return filling.zeros(shape=sizes, dtype=self.dtype)

    def add_to_tensor(self, mat: Any, name: str = "add_to_tensor") -> Tensor:
        """Returns `mat`, f[..., m, n], broadcast."""
        return self._with_batch(mat)

    def _assert_non_singular(self) -> NoReturn:
        raise _never("invertible")

    def _assert_positive_definite(self) -> NoReturn:
        raise _never("positive definite")

    def _assert_self_adjoint(self) -> Any:
        return no_op("assert_self_adjoint")


def _never(claim: str) -> InvalidArgumentError:
    message = f"Zero operators are always non-{claim}."
    return InvalidArgumentError(node_def=None, op=None, message=message)


def _transposed_shape(x: Tensor) -> Tensor:
    leading = shape_of.shape(x)[:-2]
    return concat([leading, [shape_of.shape(x)[-1], shape_of.shape(x)[-2]]], axis=0)
