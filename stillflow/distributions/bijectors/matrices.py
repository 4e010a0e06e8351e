"""Bijectors of matrices, most of them triangular."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.bijectors.composed import Chain
from stillflow.distributions.bijectors.scalar import AffineScalar, Softplus
from stillflow.distributions.moved import moved
from stillflow.distributions.shapes import pick_vector
from stillflow.distributions.triangular import fill_triangular, fill_triangular_inverse
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, filling, joining, ranging, reshaping, shape_of
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts, comparison, elementwise
from stillflow.ops.reduce import reductions


class CholeskyOuterProduct(Bijector):
    """Y = X X^T, of lower triangles X of positive diagonals."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "cholesky_outer_product"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        if self.validate_args:
            is_matrix = checks.assert_rank_at_least(x, 2)
            sizes = shape_of.shape(x)
            is_square = checks.assert_equal(sizes[-2], sizes[-1])
            x = with_dependencies([is_matrix, is_square], x)
        x = diagonals.matrix_band_part(x, -1, 0)
        return matmul(x, x, adjoint_b=True)

    def _inverse(self, y: Tensor) -> Tensor:
        return solving.cholesky(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        """2^p times the product of the powers p, p - 1, ... 1 of the diagonal."""
        diagonal = _as_rows(diagonals.matrix_diag_part(x))
        if self.validate_args:
            x = with_dependencies(self._checks(x, diagonal), x)
        size = None if x.shape.ndims is None else x.shape[-1].value
        if size is None:
            count: Any = shape_of.shape(x)[-1]
            as_float: Any = casts.cast(count, dtype=x.dtype)
        else:
            count, as_float = size, np.array(size, dtype=x.dtype.as_numpy_dtype)
        powers = ranging.lin_space(as_float, 1.0, count)
        weighted = matmul(elementwise.log(diagonal), powers[..., None])
        fldj = as_float * np.log(2.0) + reshaping.squeeze(weighted, axis=-1)
        if x.shape.ndims is not None:
            return reshaping.squeeze(fldj, axis=-1) if x.shape.ndims == 2 else fldj
        sizes = shape_of.shape(fldj)
        is_one = comparison.equal(shape_of.rank(x), 2)
        last = pick_vector(is_one, np.array([], dtype=np.int32), sizes[-1:])
        return reshaping.reshape(fldj, joining.concat([sizes[:-1], last], 0))

    def _checks(self, x: Tensor, diagonal: Tensor) -> list[Any]:
        is_matrix = checks.assert_rank_at_least(x, 2, message="Input must be a (batch of) matrix.")
        sizes = shape_of.shape(x)
        is_square = checks.assert_equal(
            sizes[-2], sizes[-1], message="Input must be a (batch of) square matrix."
        )
        message = "Input must be positive definite."
        return [is_matrix, is_square, checks.assert_positive(diagonal, message=message)]


def _as_rows(x: Tensor) -> Tensor:
    """f[k] -> f[1, k], others as they are"""
    if x.shape.ndims is not None:
        return x[None, :] if x.shape.ndims == 1 else x
    sizes = shape_of.shape(x)
    is_one = comparison.equal(shape_of.rank(x), 1)
    first = pick_vector(is_one, [1], np.array([], dtype=np.int32))
    return reshaping.reshape(x, joining.concat([sizes[:-1], first, sizes[-1:]], 0))


class FillTriangular(Bijector):
    """Vectors of n (n + 1) / 2 elements as triangles of n rows; see `fill_triangular`."""

    @moved
    def __init__(
        self, upper: bool = False, validate_args: bool = False, name: str = "fill_triangular"
    ):
        self._upper = upper
        super().__init__(
            validate_args=validate_args,
            forward_min_event_ndims=1,
            inverse_min_event_ndims=2,
            name=name,
        )

    def _forward(self, x: Tensor) -> Tensor:
        return fill_triangular(x, upper=self._upper)

    def _inverse(self, y: Tensor) -> Tensor:
        return fill_triangular_inverse(y, upper=self._upper)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return filling.zeros_like(x[..., 0])

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return filling.zeros_like(y[..., 0, 0])

    def _forward_event_shape(self, input_shape: TensorShape) -> Any:
        length = input_shape[-1].value
        rows = None if length is None else _rows_of(length)
        return input_shape[:-1].concatenate([rows, rows])

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        rows, columns = output_shape[-2].value, output_shape[-1].value
        length = None
        if rows is not None and columns is not None:
            if rows != columns:
                raise ValueError(f"Matrix must be square. (saw [{rows}, {columns}])")
            length = rows * (rows + 1) // 2
        return output_shape[:-2].concatenate([length])

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        batch = input_shape[:-1]
        rows = self._rows_in_run(input_shape[-1])
        return joining.concat([batch, [rows, rows]], axis=0)

    def _rows_in_run(self, length: Tensor) -> Tensor:
        with name_scope(None, "vector_size_to_square_matrix_size", [length]):
            root = elementwise.sqrt(1 + 8.0 * casts.cast(length, dtypes.float32))
            rows = (-1.0 + root) / 2.0
            if self.validate_args:
                whole = casts.cast(casts.cast(rows, dtypes.int32), dtypes.float32)
                message = "Vector length is not a triangular number"
                with control_dependencies([checks.assert_equal(whole, rows, message=message)]):
                    rows = identity(rows)
            return casts.cast(rows, length.dtype)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        batch, rows = output_shape[:-2], output_shape[-1]
        if self.validate_args:
            message = "Matrix must be square."
            is_square = checks.assert_equal(rows, output_shape[-2], message=message)
            with control_dependencies([is_square]):
                rows = identity(rows)
        length = casts.cast(rows * (rows + 1) / 2, output_shape.dtype)
        return joining.concat([batch, [length]], axis=0)


def _rows_of(length: int) -> int:
    rows = (-1 + np.sqrt(1 + 8 * length)) / 2.0
    if int(rows) != rows:
        raise ValueError("Vector length is not a triangular number.")
    return int(rows)


class MatrixInverseTriL(Bijector):
    """Y = X^-1, of lower triangles without a 0 in the diagonal."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "matrix_inverse_tril"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        with control_dependencies(self._checks(x)):
            sizes = shape_of.shape(x)
            ones = diagonals.eye(sizes[-1], batch_shape=sizes[:-2])
            return solving.matrix_triangular_solve(x, ones, lower=True)

    def _inverse(self, y: Tensor) -> Tensor:
        return self._forward(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        with control_dependencies(self._checks(x)):
            factor = -2.0 * casts.cast(shape_of.shape(x)[-1], x.dtype.base_dtype)
            logs = elementwise.log(elementwise.abs_(diagonals.matrix_diag_part(x)))
            return factor * reductions.reduce_sum(logs, axis=-1)

    def _checks(self, x: Tensor) -> list[Operation]:
        if not self.validate_args:
            return []
        sizes = shape_of.shape(x)
        is_matrix = checks.assert_rank_at_least(x, 2, message="Input must have rank at least 2.")
        is_square = checks.assert_equal(
            sizes[-2], sizes[-1], message="Input must be a square matrix."
        )
        zeros = filling.zeros(sizes[:-1], dtype=dtypes.float32)
        above = diagonals.matrix_band_part(diagonals.matrix_set_diag(x, zeros), 0, -1)
        is_lower = checks.assert_equal(
            above, filling.zeros_like(above), message="Input must be lower triangular."
        )
        diagonal = diagonals.matrix_diag_part(x)
        is_regular = checks.assert_none_equal(
            diagonal,
            filling.zeros_like(diagonal),
            message="Input must have all diagonal entries nonzero.",
        )
        return [is_matrix, is_square, is_lower, is_regular]


class TransformDiagonal(Bijector):
    """Matrices whose diagonals are mapped by `diag_bijector`."""

    @moved
    def __init__(
        self, diag_bijector: Bijector, validate_args: bool = False, name: str = "transform_diagonal"
    ):
        self._diag_bijector = diag_bijector
        super().__init__(
            validate_args=validate_args,
            forward_min_event_ndims=2,
            inverse_min_event_ndims=2,
            name=name,
        )

    def _forward(self, x: Tensor) -> Tensor:
        diagonal = self._diag_bijector.forward(diagonals.matrix_diag_part(x))
        return diagonals.matrix_set_diag(x, diagonal)

    def _inverse(self, y: Tensor) -> Tensor:
        diagonal = self._diag_bijector.inverse(diagonals.matrix_diag_part(y))
        return diagonals.matrix_set_diag(y, diagonal)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        diagonal = diagonals.matrix_diag_part(x)
        return self._diag_bijector.forward_log_det_jacobian(diagonal, event_ndims=1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        diagonal = diagonals.matrix_diag_part(y)
        return self._diag_bijector.inverse_log_det_jacobian(diagonal, event_ndims=1)


class ScaleTriL(Chain):
    """Vectors as lower triangles of positive diagonals.

    Args:
      diag_bijector: what makes diagonals positive; `Softplus` by default.
      diag_shift: what is added to them; None for nothing.
    """

    @moved
    def __init__(
        self,
        diag_bijector: Bijector | None = None,
        diag_shift: Any = 1e-5,
        validate_args: bool = False,
        name: str = "scale_tril",
    ):
        if diag_bijector is None:
            diag_bijector = Softplus(validate_args=validate_args)
        if diag_shift is not None:
            diag_bijector = Chain([AffineScalar(shift=diag_shift), diag_bijector])
        parts = [TransformDiagonal(diag_bijector=diag_bijector), FillTriangular()]
        super().__init__(parts, validate_args=validate_args, name=name)
