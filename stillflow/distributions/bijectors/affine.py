"""Bijectors of vectors that a linear operator maps."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.distributions.sample_axes import SampleAxes
from stillflow.distributions.scales import as_tensor, make_tril_scale
from stillflow.distributions.shapes import dimension_size
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_none_equal
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.low_rank import LinearOperatorLowRankUpdate
from stillflow.ops.math import casts, elementwise


class _OfVectors(Bijector):
    """y = scale x + shift of vectors; `_scale` may be an operator."""

    _shift: Tensor | None
    _scale: Any
    _axes: SampleAxes

    @property
    def shift(self) -> Tensor | None:
        return self._shift

    @property
    def scale(self) -> Any:
        return self._scale

    def _take(self, shift: Any) -> DType:
        """Takes `shift`; the type of the bijector as far as it says."""
        self._shift = None if shift is None else convert_to_tensor(shift, name="shift")
        return dtypes.float32 if self._shift is None else self._shift.dtype.base_dtype

    def _check_dtypes(self, scale: Any) -> None:
        shift = self._shift
        if shift is not None and shift.dtype.base_dtype != scale.dtype.base_dtype:
            raise TypeError(
                f"shift.dtype({shift.dtype}) is incompatible with scale.dtype({scale.dtype})."
            )

    def _scaled(self, x: Tensor) -> Tensor:
        matrices, sample_shape = self._axes.as_matrices(x)
        with control_dependencies(self._checks()):
            matrices = self.scale.matmul(matrices)
        return self._axes.as_samples(matrices, sample_shape)

    def _unscaled(self, y: Tensor) -> Tensor:
        matrices, sample_shape = self._axes.as_matrices(y)
        # A run fails here by itself when the operator is singular.
        return self._axes.as_samples(self.scale.solve(matrices), sample_shape)

    def _shifted(self, y: Tensor) -> Tensor:
        return y if self.shift is None else y + self.shift

    def _unshifted(self, y: Tensor) -> Tensor:
        return y if self.shift is None else y - self.shift

    def _checks(self) -> list[Any]:
        """A check that the operator is not singular, if it has one."""
        if not self.validate_args:
            return []
        try:
            return [self.scale.assert_non_singular()]
        except NotImplementedError:
            return []


def _batch_ndims(scale: LinearOperator) -> Any:
    """How many axes there are but those of the matrices: an int where it is known."""
    if scale.tensor_rank is not None:
        return scale.tensor_rank - 2
    return scale.tensor_rank_tensor() - 2


class AffineLinearOperator(_OfVectors):
    """y = scale x + shift, each of which may be left out.

    Args:
      shift: f[..., k].
      scale: a LinearOperator of matrices f[*batch, k, k].

    Raises:
      TypeError: `scale` is no LinearOperator, or of another type than `shift`.
      ValueError: `validate_args`, and `scale` is not known to be non-singular.
    """

    @moved
    def __init__(
        self,
        shift: Any = None,
        scale: LinearOperator | None = None,
        validate_args: bool = False,
        name: str = "affine_linear_operator",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[shift]):
            dtype = self._take(shift)
            self._scale = scale
            parents = [] if self._shift is None else [self._shift]
            batch_ndims: Any = 0
            if scale is not None:
                self._check(scale, validate_args)
                batch_ndims = _batch_ndims(scale)
                parents += scale.graph_parents
                if not isinstance(batch_ndims, int):
                    parents.append(batch_ndims)
                dtype = scale.dtype.base_dtype
            self._axes = SampleAxes(batch_ndims, validate_args)
            super().__init__(
                forward_min_event_ndims=1,
                graph_parents=parents,
                is_constant_jacobian=True,
                dtype=dtype,
                validate_args=validate_args,
                name=name,
            )

    def _check(self, scale: Any, validate_args: bool) -> None:
        self._check_dtypes(scale)
        if not isinstance(scale, LinearOperator):
            raise TypeError("scale is not an instance of tf.LinearOperator")
        if validate_args and not scale.is_non_singular:
            raise ValueError("Scale matrix must be non-singular.")

    def _forward(self, x: Tensor) -> Tensor:
        return self._shifted(x if self.scale is None else self._scaled(x))

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._unshifted(y)
        return y if self.scale is None else self._unscaled(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return constant(0.0, dtype=x.dtype.base_dtype)
        with control_dependencies(self._checks()):
            return self.scale.log_abs_determinant()


class Affine(_OfVectors):
    """y = (c I + diag(d) + L + V D V^T) x + shift, each of which may be left out.

    Without any of them y = x + shift.

    Args:
      shift: f[..., k].
      scale_identity_multiplier: c, f[...].
      scale_diag: d, f[..., k].
      scale_tril: L, f[..., k, k], of which the lower triangle counts.
      scale_perturb_factor: V, f[..., k, r], r being small.
      scale_perturb_diag: the diagonal D, f[..., r]; ones by default.

    Raises:
      TypeError: the scale is of another type than `shift`.
      ValueError: `scale_perturb_diag` is given without `scale_perturb_factor`.
    """

    @moved
    def __init__(
        self,
        shift: Any = None,
        scale_identity_multiplier: Any = None,
        scale_diag: Any = None,
        scale_tril: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        name: str = "affine",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        if scale_perturb_diag is not None and scale_perturb_factor is None:
            raise ValueError(
                "When scale_perturb_diag is specified, scale_perturb_factor must be specified."
            )
        matrices = (scale_tril, scale_diag, scale_perturb_factor)
        self._is_scalar = all(matrix is None for matrix in matrices)
        given = [shift, scale_identity_multiplier, *matrices, scale_perturb_diag]
        with self._name_scope("init", values=given):
            dtype = self._take(shift)
            if self._is_scalar and scale_identity_multiplier is None:
                scale_identity_multiplier = convert_to_tensor(1.0, dtype=dtype)
            multiplier = as_tensor(scale_identity_multiplier, "identity_multiplier")
            batch_ndims: Any = 0
            if self._is_scalar:
                self._scale = _non_zero(multiplier) if validate_args else multiplier
                parents = [self._scale]
            else:
                self._scale = self._operator(
                    multiplier,
                    as_tensor(scale_diag, "diag"),
                    as_tensor(scale_tril, "tril"),
                    as_tensor(scale_perturb_diag, "perturb_diag"),
                    as_tensor(scale_perturb_factor, "perturb_factor"),
                )
                self._check_dtypes(self._scale)
                batch_ndims = _batch_ndims(self._scale)
                # TensorFlow counts the operator's parents only beside a shift.
                known = self._shift is not None
                parents = [*self._scale.graph_parents, self._shift] if known else []
            self._axes = SampleAxes(batch_ndims, validate_args)
            super().__init__(
                forward_min_event_ndims=1,
                graph_parents=parents,
                is_constant_jacobian=True,
                dtype=self._scale.dtype.base_dtype,
                validate_args=validate_args,
                name=name,
            )

    def _operator(
        self, multiplier: Any, diag: Any, tril: Any, perturb_diag: Any, perturb_factor: Any
    ) -> LinearOperator:
        hint = None if perturb_factor is None else dimension_size(perturb_factor, axis=-2)
        if all(term is None for term in (self._shift, multiplier, diag, tril)):
            # Only the factor tells the identity's type; TensorFlow fails without a shift.
            multiplier = filling.ones([], perturb_factor.dtype)
        scale = make_tril_scale(
            loc=self._shift,
            scale_tril=tril,
            scale_diag=diag,
            scale_identity_multiplier=multiplier,
            shape_hint=hint,
            validate_args=self._validate_args,
        )
        if perturb_factor is None:
            return scale
        return LinearOperatorLowRankUpdate(
            scale,
            u=perturb_factor,
            diag_update=perturb_diag,
            is_diag_update_positive=perturb_diag is None,
            is_non_singular=True,
            is_self_adjoint=True,
            is_positive_definite=True,
            is_square=True,
        )

    def _forward(self, x: Tensor) -> Tensor:
        return self._shifted(x * self._scale if self._is_scalar else self._scaled(x))

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._unshifted(y)
        return y / self._scale if self._is_scalar else self._unscaled(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if not self._is_scalar:
            return self._scale.log_abs_determinant()
        size = casts.cast(shape_of.shape(x)[-1], dtype=self._scale.dtype)
        return elementwise.log(elementwise.abs_(self._scale)) * size


def _non_zero(multiplier: Tensor) -> Tensor:
    zero = filling.zeros([], multiplier.dtype)
    message = ["identity_multiplier should be non-zero."]
    return with_dependencies([assert_none_equal(multiplier, zero, message)], multiplier)
