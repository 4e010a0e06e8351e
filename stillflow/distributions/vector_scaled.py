"""Vectors that a linear operator makes of independent exponential or Laplace numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.bijectors.affine import AffineLinearOperator
from stillflow.distributions.distribution import Distribution
from stillflow.distributions.gamma import Exponential
from stillflow.distributions.laplace import Laplace
from stillflow.distributions.moved import moved
from stillflow.distributions.scales import (
    as_tensor,
    is_diagonal_scale,
    is_self_adjoint_update,
    make_diag_scale,
    shapes_from_loc_and_scale,
)
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, filling, joining
from stillflow.ops.control.ordering import identity
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.math import elementwise


class _OfScaled(TransformedDistribution):
    """Vectors `scale z + loc` of independent numbers z."""

    def _take(
        self,
        loc: Any,
        scale: LinearOperator | None,
        validate_args: bool,
        allow_nan_stats: bool,
        name: str,
        keeps_scope: bool,
    ) -> None:
        """Builds all; `keeps_scope` tells whether what is built later is in the scope, too."""
        if scale is None:
            raise ValueError("Missing required `scale` parameter.")
        if not scale.dtype.is_floating:
            raise TypeError("`scale` parameter must have floating-point dtype.")
        with name_scope(name, values=[loc, *scale.graph_parents]) as scope:
            loc = as_tensor(loc, "loc")
            batch_shape, event_shape = shapes_from_loc_and_scale(loc, scale)
            TransformedDistribution.__init__(
                self,
                distribution=self._standard(scale.dtype, allow_nan_stats),
                bijector=AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args),
                batch_shape=batch_shape,
                event_shape=event_shape,
                validate_args=validate_args,
                name=scope if keeps_scope else name,
            )

    def _standard(self, dtype: Any, allow_nan_stats: bool) -> Distribution:
        raise NotImplementedError

    @property
    def loc(self) -> Tensor | None:
        """What is added; None for 0."""
        return self.bijector.shift

    @property
    def scale(self) -> LinearOperator:
        """What multiplies."""
        return self.bijector.scale

    def _whole_shape(self) -> Any:
        known = self.batch_shape.concatenate(self.event_shape)
        if known.is_fully_defined():
            return known
        return joining.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)


class VectorExponentialLinearOperator(_OfScaled):
    """Vectors `scale z + loc` of independent numbers z of density exp(-z): f[*batch, k].

    Args:
      loc: f[..., k]; by default 0.
      scale: a LinearOperator of non-singular matrices f[..., k, k].

    Raises:
      ValueError: there is no `scale`, or `loc` does not fit it.
      TypeError: `scale` is of no float type.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale: LinearOperator | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorExponentialLinearOperator",
    ):
        parameters = dict(locals())
        self._take(loc, scale, validate_args, allow_nan_stats, name, keeps_scope=True)
        self._parameters = parameters

    def _standard(self, dtype: Any, allow_nan_stats: bool) -> Distribution:
        return Exponential(rate=filling.ones([], dtype=dtype), allow_nan_stats=allow_nan_stats)

    def _mean(self) -> Tensor:
        return self._moved(filling.ones(self._whole_shape(), self.dtype))

    def _mode(self) -> Tensor:
        return self._moved(filling.zeros(self._whole_shape(), self.dtype))

    def _moved(self, z: Tensor) -> Tensor:
        scaled = self.scale.matvec(z)
        return scaled if self.loc is None else identity(self.loc) + scaled

    def _covariance(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return diagonals.matrix_diag(elementwise.square(self.scale.diag_part()))
        return self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)

    def _variance(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return elementwise.square(self.scale.diag_part())
        adjoint = not is_self_adjoint_update(self.scale)
        squares = self.scale.matmul(self.scale.to_dense(), adjoint_arg=adjoint)
        return diagonals.matrix_diag_part(squares)

    def _stddev(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return elementwise.abs_(self.scale.diag_part())
        return elementwise.sqrt(self._variance())


class VectorExponentialDiag(VectorExponentialLinearOperator):
    """Vectors of independent exponential numbers.

    Args:
      loc: what is added, f[..., k]; by default 0.
      scale_diag: means, f[..., k].
      scale_identity_multiplier: f[...], added to all of them; both left out stand for 1.

    Raises:
      ValueError: neither `loc` nor `scale_diag` is given, or one does not fit the other.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorExponentialDiag",
    ):
        parameters = dict(locals())
        given = [loc, scale_diag, scale_identity_multiplier]
        with name_scope(name) as scope, name_scope("init", values=given):
            scale = make_diag_scale(*given)
        super().__init__(loc, scale, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class VectorLaplaceLinearOperator(_OfScaled):
    """Vectors `scale z + loc` of independent numbers z of density exp(-|z|) / 2: f[*batch, k].

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale: a LinearOperator of non-singular matrices f[..., k, k].

    Raises:
      ValueError: there is no `scale`, or `loc` does not fit it.
      TypeError: `scale` is of no float type.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale: LinearOperator | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorLaplaceLinearOperator",
    ):
        parameters = dict(locals())
        self._take(loc, scale, validate_args, allow_nan_stats, name, keeps_scope=False)
        self._parameters = parameters

    def _standard(self, dtype: Any, allow_nan_stats: bool) -> Distribution:
        return Laplace(loc=filling.zeros([], dtype=dtype), scale=filling.ones([], dtype=dtype))

    def _mean(self) -> Tensor:
        shape = self._whole_shape()
        if self.loc is None:
            return filling.zeros(shape, self.dtype)
        known = self.batch_shape.concatenate(self.event_shape)
        if known.is_fully_defined() and known == self.loc.shape:
            return identity(self.loc)
        return identity(self.loc) + filling.zeros(shape, self.dtype)

    def _mode(self) -> Tensor:
        return self._mean()

    def _covariance(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return 2.0 * diagonals.matrix_diag(elementwise.square(self.scale.diag_part()))
        return 2.0 * self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)

    def _variance(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return 2.0 * elementwise.square(self.scale.diag_part())
        if is_self_adjoint_update(self.scale):
            return diagonals.matrix_diag_part(2.0 * self.scale.matmul(self.scale.to_dense()))
        squares = self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)
        return 2.0 * diagonals.matrix_diag_part(squares)

    def _stddev(self) -> Tensor:
        if is_diagonal_scale(self.scale):
            return np.sqrt(2) * elementwise.abs_(self.scale.diag_part())
        adjoint = not is_self_adjoint_update(self.scale)
        squares = self.scale.matmul(self.scale.to_dense(), adjoint_arg=adjoint)
        return np.sqrt(2) * elementwise.sqrt(diagonals.matrix_diag_part(squares))


class VectorLaplaceDiag(VectorLaplaceLinearOperator):
    """Vectors of independent Laplace numbers.

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale_diag: scales, f[..., k].
      scale_identity_multiplier: f[...], added to all of them; both left out stand for 1.

    Raises:
      ValueError: neither `loc` nor `scale_diag` is given, or one does not fit the other.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorLaplaceDiag",
    ):
        parameters = dict(locals())
        given = [loc, scale_diag, scale_identity_multiplier]
        with name_scope(name), name_scope("init", values=given):
            scale = make_diag_scale(*given)
        super().__init__(loc, scale, validate_args, allow_nan_stats, name)
        self._parameters = parameters
