"""Normal numbers that lean to a side, of other tails (Jones and Pewsey, 2009)."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.composed import Chain
from stillflow.distributions.bijectors.curves import SinhArcsinh as _Curve
from stillflow.distributions.bijectors.scalar import AffineScalar
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.normal import Normal
from stillflow.distributions.shapes import broadcast_shape
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.known_values import constant_value


class Leaning(TransformedDistribution):
    """What `SinhArcsinh` and vectors of such numbers have in common."""

    _skewness: Tensor
    _tailweight: Tensor

    @property
    def tailweight(self) -> Tensor:
        return self._tailweight

    @property
    def skewness(self) -> Tensor:
        return self._skewness


class SinhArcsinh(Leaning):
    """Numbers loc + c sinh((arcsinh(z) + skewness) tailweight), c such that 2 becomes 2 scale.

    Args:
      loc, scale: f[*batch], broadcast.
      skewness: f[*batch], 0 by default.
      tailweight: f[*batch], positive, 1 by default.
      distribution: of z; standard normal by default.

    Raises:
      TypeError: `distribution` is of another type than `loc`.
      ValueError: it is not of single numbers.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        scale: Any,
        skewness: Any = None,
        tailweight: Any = None,
        distribution: Distribution | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "SinhArcsinh",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale, skewness, tailweight]) as scope:
            loc = convert_to_tensor(loc, name="loc")
            dtype = loc.dtype
            scale = convert_to_tensor(scale, name="scale", dtype=dtype)
            has_skewness = skewness is not None
            tailweight = 1.0 if tailweight is None else tailweight
            tailweight = convert_to_tensor(tailweight, name="tailweight", dtype=dtype)
            skewness = convert_to_tensor(
                skewness if has_skewness else 0.0, name="skewness", dtype=dtype
            )
            batch_shape = broadcast_shape(loc, scale, tailweight, skewness)
            if distribution is None:
                distribution = standard_normal(dtype, allow_nan_stats)
            elif checks := scalar_checks(distribution, dtype, validate_args):
                loc = with_dependencies(checks, loc)
            curve, factor = curve_and_factor(skewness, tailweight, scale, has_skewness)
            moving = AffineScalar(shift=loc, scale=factor, validate_args=validate_args)
            super().__init__(
                distribution=distribution,
                bijector=Chain([moving, curve]),
                batch_shape=batch_shape,
                validate_args=validate_args,
                name=scope,
            )
        self._parameters = parameters
        self._loc, self._scale = loc, scale
        self._tailweight, self._skewness = tailweight, skewness

    @property
    def loc(self) -> Tensor:
        return self._loc

    @property
    def scale(self) -> Tensor:
        return self._scale


def standard_normal(dtype: DType, allow_nan_stats: bool) -> Normal:
    zero, one = filling.zeros([], dtype=dtype), filling.ones([], dtype=dtype)
    return Normal(loc=zero, scale=one, allow_nan_stats=allow_nan_stats)


def curve_and_factor(
    skewness: Tensor, tailweight: Tensor, scale: Tensor, has_skewness: bool
) -> tuple[_Curve, Tensor]:
    """What bends the numbers, and what they are multiplied by then."""
    curve = straight = _Curve(skewness=skewness, tailweight=tailweight)
    if has_skewness:
        none = skewness.dtype.as_numpy_dtype(0.0)
        straight = _Curve(skewness=none, tailweight=tailweight)
    return curve, 2 * scale / straight.forward(convert_to_tensor(2, dtype=skewness.dtype))


def scalar_checks(distribution: Distribution, dtype: Any, validate_args: bool) -> list[Any]:
    """What a run must check so that `distribution` is one of single numbers of `dtype`."""
    if distribution.dtype != dtype:
        raise TypeError(
            f'dtype mismatch; distribution.dtype="{distribution.dtype.name}" is not "{dtype.name}"'
        )
    kind = distribution.reparameterization_type
    if validate_args and kind != FULLY_REPARAMETERIZED:
        raise ValueError(
            "Base distribution should be reparameterized or be a function of non-trainable "
            f'variables; distribution.reparameterization_type = "{kind}" != '
            '"FULLY_REPARAMETERIZED".'
        )
    checks = []
    with name_scope("check_distribution"):
        for name in ("is_scalar_event", "is_scalar_batch"):
            is_scalar = getattr(distribution, name)()
            message = f"distribution must be scalar; distribution.{name}=False is not True"
            known = constant_value(is_scalar)
            if known is not None and not known:
                raise ValueError(message)
            if known is None and validate_args:
                checks.append(assert_equal(is_scalar, True, message=message))
    return checks
