"""Operators that scale all coordinates alike, or not at all."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import diagonals, filling, reshaping, shape_of, stacking
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import no_op, with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import assert_compatible_matrix_dimensions
from stillflow.ops.linalg.operators.parts import held
from stillflow.ops.linalg.operators.sizes import checked_size, size_tensor
from stillflow.ops.math import casts, complex_numbers, conjugate, elementwise
from stillflow.ops.reduce import reductions


class _Scaling(LinearOperator):
    """An operator of `num_rows` rows and as many columns."""

    _num_rows: Tensor
    _known_rows: Any

    def _take_rows(self, num_rows: Any, asserts: bool) -> None:
        rows = size_tensor(num_rows, "num_rows")
        self._known_rows = constant_value(rows)
        self._num_rows = checked_size(rows, "num_rows", 0, asserts)
        self._asserts = asserts

    def _fitting(self, x: Tensor) -> Tensor:
        """`x`, which a run refuses when it is asked to and this cannot act on it."""
        if not self._asserts:
            return x
        return with_dependencies([assert_compatible_matrix_dimensions(self, x)], x)

    def _matrix_shape(self) -> TensorShape:
        rows = None if self._known_rows is None else int(self._known_rows)
        return as_shape([rows, rows])

    def _rows_and_columns(self) -> Tensor:
        return stacking.stack((self._num_rows, self._num_rows), axis=0)

    def _ones(self, with_rows: bool) -> Tensor:
        """Ones for each matrix, or for each element of a diagonal."""
        if self.shape.is_fully_defined():
            sizes: Any = self.batch_shape.concatenate(self.shape[-1:] if with_rows else [])
        elif with_rows:
            batch = self.batch_shape_tensor()
            rows = reductions.reduce_min(self.shape_tensor()[-2:])
            sizes = concat([batch, [rows]], axis=0)
        else:
            sizes = self.batch_shape_tensor()
        return filling.ones(shape=sizes, dtype=self.dtype)

    def _row_count(self) -> Any:
        """The number of rows, as a number where it is known, else as a tensor of this type."""
        known = self.domain_dimension.value
        if known is not None:
            return known
        return casts.cast(reductions.reduce_min(self.shape_tensor()[-2:]), self.dtype)


class LinearOperatorIdentity(_Scaling):
    """The identity of `num_rows` rows, as often as `batch_shape` says.

    Raises:
      TypeError: a size is no integer.
      ValueError: a size is negative, or a hint is False.
    """

    def __init__(
        self,
        num_rows: Any,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool = True,
        is_self_adjoint: bool = True,
        is_positive_definite: bool = True,
        is_square: bool = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorIdentity",
    ):
        with name_scope(name):
            for claim, kind in (
                (is_self_adjoint, "self adjoint"),
                (is_non_singular, "non-singular"),
                (is_positive_definite, "positive-definite"),
                (is_square, "square"),
            ):
                if not claim:
                    raise ValueError(f"An identity operator is always {kind}.")
            super().__init__(dtype or dtypes.float32, None, True, True, True, True, name)
            self._take_rows(num_rows, assert_proper_shapes)
            self._batch = None
            if batch_shape is not None:
                batch = size_tensor(batch_shape, "batch_shape_arg")
                self._known_batch = constant_value(batch)
                self._batch = checked_size(batch, "batch_shape", 1, assert_proper_shapes)

    def _shape(self) -> TensorShape:
        if self._batch is None:
            return self._matrix_shape()
        known = self._known_batch
        batch = TensorShape.of(None) if known is None else as_shape(known.tolist())
        return batch.concatenate(self._matrix_shape())

    def _shape_tensor(self) -> Tensor:
        sizes = self._rows_and_columns()
        return sizes if self._batch is None else concat((self._batch, sizes), 0)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x = self._fitting(solving.adjoint(x) if adjoint_arg else x)
        if self._batch is None:
            return x
        special: Any = self.batch_shape.concatenate([1, 1])
        if special.is_fully_defined():
            if filling.broadcast_static_shape(x.shape, special) == x.shape:
                return x
        else:
            special = concat((self.batch_shape_tensor(), [1, 1]), 0)
        return x + filling.zeros(shape=special, dtype=self.dtype)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Tensor:
        return filling.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self) -> Tensor:
        return filling.zeros(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _trace(self) -> Tensor:
        ones = self._ones(with_rows=False)
        return self._row_count() * ones

    def _diag_part(self) -> Tensor:
        return self._ones(with_rows=True)

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        return diagonals.matrix_set_diag(x, 1 + diagonals.matrix_diag_part(x))

    def _assert_non_singular(self) -> Any:
        return no_op("assert_non_singular")

    def _assert_positive_definite(self) -> Any:
        return no_op("assert_positive_definite")

    def _assert_self_adjoint(self) -> Any:
        return no_op("assert_self_adjoint")


class LinearOperatorScaledIdentity(_Scaling):
    """Identities of `num_rows` rows times `multiplier`, f[...].

    Raises:
      TypeError: `num_rows` is no integer.
      ValueError: it is negative, or a hint contradicts what is known.
    """

    def __init__(
        self,
        num_rows: Any,
        multiplier: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorScaledIdentity",
    ):
        with name_scope(name, values=[multiplier, num_rows]):
            self._multiplier = held(multiplier, name="multiplier")
            if not self._multiplier.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError("A real diagonal operator is always self adjoint.")
                is_self_adjoint = True
            if not is_square:
                raise ValueError("A ScaledIdentity operator is always square.")
            super().__init__(
                self._multiplier.dtype,
                None,
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                True,
                name,
            )
            self._take_rows(num_rows, assert_proper_shapes)
            self._rows_as_own = casts.cast(self._num_rows, self.dtype)
            self._rows_as_real = casts.cast(self._num_rows, self.dtype.real_dtype)

    @property
    def multiplier(self) -> Any:
        return self._multiplier

    def _shape(self) -> TensorShape:
        return self._multiplier.shape.concatenate(self._matrix_shape())

    def _shape_tensor(self) -> Tensor:
        sizes = self._rows_and_columns()
        return concat((shape_of.shape(self._multiplier), sizes), 0)

    def _as_matrix(self, adjoint: bool) -> Tensor:
        matrix = reshaping.expand_dims(reshaping.expand_dims(self._multiplier, -1), -1)
        return conjugate.conj(matrix) if adjoint else matrix

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x = self._fitting(solving.adjoint(x) if adjoint_arg else x)
        return x * self._as_matrix(adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        rhs = self._fitting(solving.adjoint(rhs) if adjoint_arg else rhs)
        return rhs / self._as_matrix(adjoint)

    def _determinant(self) -> Tensor:
        return self._multiplier**self._rows_as_own

    def _log_abs_determinant(self) -> Tensor:
        return self._rows_as_real * elementwise.log(elementwise.abs_(self._multiplier))

    def _trace(self) -> Tensor:
        ones = self._ones(with_rows=False)
        return self._multiplier * self._row_count() * ones

    def _diag_part(self) -> Tensor:
        return self._ones(with_rows=True) * self._multiplier[..., None]

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        scale = reshaping.expand_dims(self._multiplier, -1)
        return diagonals.matrix_set_diag(x, scale + diagonals.matrix_diag_part(x))

    def _assert_non_singular(self) -> Any:
        size = elementwise.abs_(self._multiplier)
        return checks.assert_positive(size, message="LinearOperator was singular")

    def _assert_positive_definite(self) -> Any:
        real = complex_numbers.real(self._multiplier)
        return checks.assert_positive(real, message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self) -> Any:
        imaginary = complex_numbers.imag(self._multiplier)
        zeros = filling.zeros_like(imaginary)
        return checks.assert_equal(zeros, imaginary, message="LinearOperator was not self-adjoint")
