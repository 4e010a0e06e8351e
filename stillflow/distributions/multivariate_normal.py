"""Normal distributions of vectors: what a linear operator makes of independent normal numbers."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.affine import AffineLinearOperator
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.distributions.normal import Normal
from stillflow.distributions.scales import (
    as_tensor,
    is_diagonal_scale,
    is_self_adjoint_update,
    make_diag_scale,
    shapes_from_loc_and_scale,
)
from stillflow.distributions.shapes import dimension_size
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, filling, joining
from stillflow.ops.array.transposing import matrix_transpose
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_near
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.dense import LinearOperatorLowerTriangular
from stillflow.ops.linalg.operators.identity import LinearOperatorIdentity
from stillflow.ops.math import casts, elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.reduce import reductions


class MultivariateNormalLinearOperator(TransformedDistribution):
    """Vectors `scale z + loc` of independent standard normal z: f[*batch, k].

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale: a LinearOperator of non-singular matrices f[..., k, k]; the covariance is
        `scale scale^T`.

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
        name: str = "MultivariateNormalLinearOperator",
    ):
        parameters = dict(locals())
        if scale is None:
            raise ValueError("Missing required `scale` parameter.")
        if not scale.dtype.is_floating:
            raise TypeError("`scale` parameter must have floating-point dtype.")
        with name_scope(name, values=[loc, *scale.graph_parents]) as scope:
            loc = as_tensor(loc, "loc")
            batch_shape, event_shape = shapes_from_loc_and_scale(loc, scale)
        super().__init__(
            distribution=Normal(
                loc=filling.zeros([], dtype=scale.dtype), scale=filling.ones([], dtype=scale.dtype)
            ),
            bijector=AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args),
            batch_shape=batch_shape,
            event_shape=event_shape,
            validate_args=validate_args,
            name=scope,
        )
        self._parameters = parameters

    @property
    def loc(self) -> Tensor | None:
        """The mean; None for 0."""
        return self.bijector.shift

    @property
    def scale(self) -> LinearOperator:
        """A root of the covariance."""
        return self.bijector.scale

    def _mean(self) -> Tensor:
        known = self.batch_shape.concatenate(self.event_shape)
        shape: Any = known
        if not known.is_fully_defined():
            shape = joining.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        if self.loc is None:
            return filling.zeros(shape, self.dtype)
        if known.is_fully_defined() and known == self.loc.shape:
            return identity(self.loc)
        return identity(self.loc) + filling.zeros(shape, self.dtype)

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

    def _mode(self) -> Tensor:
        return self._mean()


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
    """Vectors of independent normal numbers.

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale_diag: standard deviations, f[..., k].
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
        name: str = "MultivariateNormalDiag",
    ):
        parameters = dict(locals())
        with (
            name_scope(name) as scope,
            name_scope("init", values=[loc, scale_diag, scale_identity_multiplier]),
        ):
            # The bijector checks that the scale is not singular.
            scale = make_diag_scale(
                loc=loc, scale_diag=scale_diag, scale_identity_multiplier=scale_identity_multiplier
            )
        super().__init__(
            loc=loc,
            scale=scale,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=scope,
        )
        self._parameters = parameters


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """`MultivariateNormalDiag` of the standard deviations softplus(`scale_diag`)."""

    @moved
    def __init__(
        self,
        loc: Any,
        scale_diag: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagWithSoftplusScale",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[scale_diag]) as scope:
            super().__init__(
                loc=loc,
                scale_diag=softplus(scale_diag),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
    """Normal vectors, of whose covariance a Cholesky factor is given.

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale_tril: f[..., k, k], of which the lower triangle counts; by default the identity.

    Raises:
      ValueError: neither is given, or one does not fit the other.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale_tril: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalTriL",
    ):
        parameters = dict(locals())
        if loc is None and scale_tril is None:
            raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
        scale: LinearOperator
        with name_scope(name) as scope, name_scope("init", values=[loc, scale_tril]):
            loc = as_tensor(loc, "loc")
            scale_tril = as_tensor(scale_tril, "scale_tril")
            if scale_tril is None:
                scale = LinearOperatorIdentity(
                    num_rows=dimension_size(loc, -1),
                    dtype=loc.dtype,
                    is_self_adjoint=True,
                    is_positive_definite=True,
                    assert_proper_shapes=validate_args,
                )
            else:
                # The bijector checks that the scale is not singular.
                scale = LinearOperatorLowerTriangular(
                    scale_tril,
                    is_non_singular=True,
                    is_self_adjoint=False,
                    is_positive_definite=False,
                )
        super().__init__(
            loc=loc,
            scale=scale,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=scope,
        )
        self._parameters = parameters


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Normal vectors of the mean `loc`, f[..., k], and a covariance.

    Args:
      covariance_matrix: f[..., k, k], symmetric and positive definite; by default the identity.

    Raises:
      ValueError: neither is given, or one does not fit the other.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        covariance_matrix: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalFullCovariance",
    ):
        parameters = dict(locals())
        with name_scope(name) as scope, name_scope("init", values=[loc, covariance_matrix]):
            factor = None
            if covariance_matrix is not None:
                covariance = convert_to_tensor(covariance_matrix, name="covariance_matrix")
                if validate_args:
                    covariance = _checked_symmetric(covariance)
                factor = solving.cholesky(covariance)
            super().__init__(
                loc=loc,
                scale_tril=factor,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters


def _checked_symmetric(matrix: Tensor) -> Tensor:
    # A Cholesky factorisation reads the lower triangle alone.
    message = "Matrix was not symmetric"
    is_symmetric: Any = assert_near(matrix, matrix_transpose(matrix), message=message)
    return with_dependencies([is_symmetric], matrix)


@rule_of(MultivariateNormalLinearOperator, MultivariateNormalLinearOperator)
def _normal_normal(
    a: MultivariateNormalLinearOperator,
    b: MultivariateNormalLinearOperator,
    name: str | None = None,
) -> Tensor:
    """tr(Cb^-1 Ca) of covariances C = S S^T is the squared Frobenius norm of Sb^-1 Sa."""
    values = [a.loc, b.loc, *a.scale.graph_parents, *b.scale.graph_parents]
    with name_scope(name, "kl_mvn", values=values):
        if is_diagonal_scale(a.scale) and is_diagonal_scale(b.scale):
            ratio = (a.stddev() / b.stddev())[..., None]
        else:
            ratio = b.scale.solve(a.scale.to_dense())
        divergence = (
            b.scale.log_abs_determinant()
            - a.scale.log_abs_determinant()
            + 0.5
            * (
                -casts.cast(a.scale.domain_dimension_tensor(), a.dtype)
                + _squared_norm(ratio)
                + _squared_norm(b.scale.solve((b.mean() - a.mean())[..., None]))
            )
        )
        divergence.set_shape(filling.broadcast_static_shape(a.batch_shape, b.batch_shape))
        return divergence


def _squared_norm(x: Tensor) -> Tensor:
    """The squared Frobenius norm, which unlike the norm has a gradient at 0."""
    return reductions.reduce_sum(elementwise.square(x), axis=[-2, -1])
