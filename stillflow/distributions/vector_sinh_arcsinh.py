"""Vectors of independent numbers that lean to a side, scaled by a diagonal."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.affine import Affine
from stillflow.distributions.bijectors.composed import Chain
from stillflow.distributions.distribution import Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.scales import as_tensor, make_diag_scale, shapes_from_loc_and_scale
from stillflow.distributions.sinh_arcsinh import (
    Leaning,
    curve_and_factor,
    scalar_checks,
    standard_normal,
)
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.linalg.operators.base import LinearOperator


class VectorSinhArcsinhDiag(Leaning):
    """Vectors loc + c sinh((arcsinh(z) + skewness) tailweight), c such that 2 becomes 2 scale.

    Args:
      loc: f[*batch, k].
      scale_diag, scale_identity_multiplier: f[*batch, k] and f[*batch], whose sum is the scale.
      skewness, tailweight: f[*batch, k], broadcast; 0 and 1 by default.
      distribution: of z; standard normal by default.

    Raises:
      TypeError: `distribution` is of another type than the scale.
      ValueError: it is not of single numbers, or k is nowhere given.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        skewness: Any = None,
        tailweight: Any = None,
        distribution: Distribution | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalLinearOperator",
    ):
        parameters = dict(locals())
        given = [loc, scale_diag, scale_identity_multiplier, skewness, tailweight]
        with name_scope(name, values=given) as scope:
            loc = as_tensor(loc, "loc")
            scale = make_diag_scale(loc, scale_diag, scale_identity_multiplier)
            batch_shape, event_shape = shapes_from_loc_and_scale(loc, scale)
            diagonal = scale.diag_part()
            dtype = diagonal.dtype
            if distribution is None:
                distribution = standard_normal(dtype, allow_nan_stats)
            elif checks := scalar_checks(distribution, dtype, validate_args):
                diagonal = with_dependencies(checks, diagonal)
            has_skewness = skewness is not None
            skewness = convert_to_tensor(
                skewness if has_skewness else 0.0, dtype=dtype, name="skewness"
            )
            tailweight = 1.0 if tailweight is None else tailweight
            tailweight = convert_to_tensor(tailweight, dtype=dtype, name="tailweight")
            curve, factor = curve_and_factor(skewness, tailweight, diagonal, has_skewness)
            moving = Affine(shift=loc, scale_diag=factor, validate_args=validate_args)
            super().__init__(
                distribution=distribution,
                bijector=Chain([moving, curve]),
                batch_shape=batch_shape,
                event_shape=event_shape,
                validate_args=validate_args,
                name=scope,
            )
        self._parameters = parameters
        self._loc, self._scale = loc, scale
        self._tailweight, self._skewness = tailweight, skewness

    @property
    def loc(self) -> Tensor | None:
        return self._loc

    @property
    def scale(self) -> LinearOperator:
        """The operator of the diagonal."""
        return self._scale
