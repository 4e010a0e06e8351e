"""Bijectors of vectors that a linear operator maps."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.distributions.sample_axes import SampleAxes
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array.constants import constant
from stillflow.ops.linalg.operators.base import LinearOperator


def check_dtypes(shift: Tensor | None, scale: Any) -> None:
    """Raises TypeError when a shift and an operator have different types."""
    if shift is not None and shift.dtype.base_dtype != scale.dtype.base_dtype:
        raise TypeError(
            f"shift.dtype({shift.dtype}) is incompatible with scale.dtype({scale.dtype})."
        )


def non_singular_checks(scale: LinearOperator) -> list[Any]:
    """A check that `scale` is not singular, if it has one."""
    try:
        return [scale.assert_non_singular()]
    except NotImplementedError:
        return []


class AffineLinearOperator(Bijector):
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
        parents: list[Tensor] = []
        with self._name_scope("init", values=[shift]):
            dtype = dtypes.float32
            if shift is not None:
                shift = convert_to_tensor(shift, name="shift")
                parents.append(shift)
                dtype = shift.dtype.base_dtype
            self._shift, self._scale = shift, scale
            batch_ndims: Any = 0
            if scale is not None:
                self._check(shift, scale, validate_args)
                parents += scale.graph_parents
                if scale.tensor_rank is not None:
                    batch_ndims = scale.tensor_rank - 2
                else:
                    batch_ndims = scale.tensor_rank_tensor() - 2
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

    @staticmethod
    def _check(shift: Tensor | None, scale: Any, validate_args: bool) -> None:
        check_dtypes(shift, scale)
        if not isinstance(scale, LinearOperator):
            raise TypeError("scale is not an instance of tf.LinearOperator")
        if validate_args and not scale.is_non_singular:
            raise ValueError("Scale matrix must be non-singular.")

    @property
    def shift(self) -> Tensor | None:
        return self._shift

    @property
    def scale(self) -> LinearOperator | None:
        return self._scale

    def _forward(self, x: Tensor) -> Tensor:
        if self.scale is not None:
            matrices, sample_shape = self._axes.as_matrices(x)
            with control_dependencies(self._checks()):
                matrices = self.scale.matmul(matrices)
            x = self._axes.as_samples(matrices, sample_shape)
        return x if self.shift is None else x + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        if self.shift is not None:
            y -= self.shift
        if self.scale is None:
            return y
        matrices, sample_shape = self._axes.as_matrices(y)
        # A run fails here by itself when the operator is singular.
        return self._axes.as_samples(self.scale.solve(matrices), sample_shape)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return constant(0.0, dtype=x.dtype.base_dtype)
        with control_dependencies(self._checks()):
            return self.scale.log_abs_determinant()

    def _checks(self) -> list[Any]:
        return non_singular_checks(self.scale) if self.validate_args and self.scale else []
