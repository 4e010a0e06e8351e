"""Special functions: error, gamma, zeta, Bessel. SciPy and JAX compute them by the same names."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FLOATS, WIDE_FLOATS
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, selecting
from stillflow.ops.math import elementwise
from stillflow.ops.math.unbroadcast import operands
from stillflow.ops.reduce import reductions

_FLOAT: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS}, "total": True}
_WIDE: dict[str, Any] = {
    "shape": shapes.broadcast,
    "broadcasts": True,
    "types": {"T": WIDE_FLOATS},
    "total": True,
}


def _computed(xp: Any, name: str, x: Any) -> Any:
    """The special function `name` of x; 16-bit floats are computed in float32."""
    if x.dtype.itemsize > 2:
        return getattr(xp.special, name)(x)
    return getattr(xp.special, name)(x.astype(np.float32)).astype(x.dtype)


@op("Erf", "x: T -> y: T", maps_values=True, **_FLOAT)
def erf(xp, x):
    """x: f[...] -> f[...], the error function."""
    return _computed(xp, "erf", x)


@erf.gradient
def erf_gradient(op, dy):
    return _erf_slope(op, dy, 2 / math.sqrt(math.pi))


@op("Erfc", "x: T -> y: T", **_FLOAT)
def erfc(xp, x):
    """x: f[...] -> f[...], 1 - erf(x)"""
    return _computed(xp, "erfc", x)


@erfc.gradient
def erfc_gradient(op, dy):
    return _erf_slope(op, dy, -2 / math.sqrt(math.pi))


def _erf_slope(op: Any, dy: Tensor, factor: float) -> Tensor:
    scale = constant(factor, dtype=dy.dtype)
    with control_dependencies([dy]):
        return dy * scale * elementwise.exp(-elementwise.square(op.inputs[0]))


@op("Lgamma", "x: T -> y: T", near_zero=("x",), **_FLOAT)
def lgamma(xp, x):
    """x: f[...] -> f[...], log |gamma(x)|"""
    # SciPy has -inf for -inf.
    return xp.where(xp.isinf(x), xp.absolute(x), _computed(xp, "gammaln", x))


@lgamma.gradient
def lgamma_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * digamma(op.inputs[0])


@op("Digamma", "x: T -> y: T", near_zero=("x",), **_FLOAT)
def digamma(xp, x):
    """x: f[...] -> f[...], the derivative of log gamma(x); infinity at its poles."""
    is_pole = (x <= 0) & (x == xp.floor(x))
    return xp.where(is_pole, xp.full_like(x, np.inf), _computed(xp, "digamma", x))


@digamma.gradient
def digamma_gradient(op, dy):
    x = op.inputs[0]
    with control_dependencies([dy]):
        return dy * polygamma(constant(1, dtype=x.dtype), x)


@op("Polygamma", "a: T, x: T -> z: T", **_WIDE)
def polygamma(xp, a, x):
    """a: f[...], x: f[...] -> f[...], the derivative of order a of digamma, for whole a > 0."""
    order = a + 1
    factorial = xp.exp(xp.special.gammaln(order))
    value = xp.where(a % 2 == 0, -factorial, factorial) * xp.special.zeta(order, x)
    return xp.where(a == 0, xp.special.digamma(x), value)


@polygamma.gradient
def polygamma_gradient(op, dz):
    a, x = op.inputs
    _, of_x = operands(a, x)
    with control_dependencies([dz]):
        return None, of_x.summed(polygamma(a + 1, x) * dz)


@op("Zeta", "x: T, q: T -> z: T", **_WIDE)
def zeta(xp, x, q):
    """x: f[...], q: f[...] -> f[...], Hurwitz's zeta function."""
    return xp.special.zeta(x, q)


@zeta.gradient
def zeta_gradient(op, dz):
    x, q = op.inputs
    _, of_q = operands(x, q)
    with control_dependencies([dz]):
        return None, of_q.summed(-x * zeta(x + 1, q) * dz)


@op("Igamma", "a: T, x: T -> z: T", **_WIDE)
def igamma(xp, a, x):
    """a: f[...], x: f[...] -> f[...], the lower regularised incomplete gamma function."""
    return xp.special.gammainc(a, x)


@op("Igammac", "a: T, x: T -> z: T", **_WIDE)
def igammac(xp, a, x):
    """a: f[...], x: f[...] -> f[...], the upper regularised incomplete gamma function."""
    return xp.special.gammaincc(a, x)


@igamma.gradient
def igamma_gradient(op, dz):
    a, x = op.inputs
    of_a, of_x = operands(a, x)
    with control_dependencies([dz]):
        da = igamma_grad_a(a, x)
        dx = elementwise.exp(-x + (a - 1) * elementwise.log(x) - lgamma(a))
        return of_a.summed(da * dz), of_x.summed(dx * dz)


@igammac.gradient
def igammac_gradient(op, dz):
    da, dx = igamma_gradient(op, dz)
    return -da, -dx


@op("IgammaGradA", "a: T, x: T -> z: T", **_WIDE)
def igamma_grad_a(xp, a, x):
    """a: f[...], x: f[...] -> f[...], the derivative of igamma with respect to a.

    SciPy has no formula for it; a difference quotient in float64 gives about ten digits.
    """
    wide_a, wide_x = a.astype(np.float64), x.astype(np.float64)
    step = wide_a * 1e-3
    at = lambda steps: xp.special.gammainc(wide_a + steps * step, wide_x)
    return ((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)).astype(a.dtype)


def _of_scalars_and_one_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    others = [sizes for sizes in ctx.shapes() if sizes != ()]
    return shapes.merge_all(others) if others else ()


@op(
    "Betainc",
    "a: T, b: T, x: T -> z: T",
    shape=_of_scalars_and_one_shape,
    types={"T": WIDE_FLOATS},
)
def betainc(xp, a, b, x):
    """a, b, x: f[...] or f[] -> f[...], the regularised incomplete beta function.

    It is NaN unless a and b are positive, and but for x = 0 and x = 1 finite.
    """
    for (name, p), (other, q) in itertools.combinations({"a": a, "b": b, "x": x}.items(), 2):
        if p.ndim and q.ndim and p.shape != q.shape:
            refuse(
                f"Shapes of {name} and {other} are inconsistent: "
                f"{shapes.format_sizes(p.shape)} vs. {shapes.format_sizes(q.shape)}"
            )
    zero, one, nan = (x.dtype.type(value) for value in (0, 1, np.nan))
    end = xp.where(x == zero, zero, xp.where(x == one, one, nan))
    value = xp.where(xp.isfinite(a) & xp.isfinite(b), xp.special.betainc(a, b, x), end)
    return xp.where((a > 0) & (b > 0), value, nan)


@betainc.gradient
def betainc_gradient(op, dz):
    a, b, x = op.inputs
    _, of_x = operands(a, x)  # a has the shape of b, or of both scalars
    log_beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    log_slope = (b - 1) * elementwise.log(1 - x) + (a - 1) * elementwise.log(x) - log_beta
    return None, None, of_x.summed(elementwise.exp(log_slope) * dz)


@op("BesselI0e", "x: T -> y: T", maps_values=True, **_FLOAT)
def bessel_i0e(xp, x):
    """x: f[...] -> f[...], exp(-|x|) times the modified Bessel function of order 0."""
    return _computed(xp, "i0e", x)


@bessel_i0e.gradient
def bessel_i0e_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    with control_dependencies([dy]):
        return dy * (bessel_i1e(x) - elementwise.sign(x) * y)


@op("BesselI1e", "x: T -> y: T", maps_values=True, **_FLOAT)
def bessel_i1e(xp, x):
    """x: f[...] -> f[...], exp(-|x|) times the modified Bessel function of order 1."""
    return _computed(xp, "i1e", x)


@bessel_i1e.gradient
def bessel_i1e_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    with control_dependencies([dy]):
        tiny = np.finfo(x.dtype.stored_as).eps
        zeros = filling.zeros_like(x)
        # At 0 the formula is 0 / 0; the slope there is 1/2.
        is_apart = elementwise.abs_(x) > tiny
        apart = selecting.where(is_apart, x, tiny + zeros)
        slope = bessel_i0e(apart) - y * (elementwise.sign(apart) + elementwise.reciprocal(apart))
        return dy * selecting.where(is_apart, slope, 0.5 + zeros)


def bessel_i0(x: Any, name: str | None = None) -> Tensor:
    """Returns the modified Bessel function of order 0."""
    with name_scope(name, "bessel_i0", [x]):
        x = convert_to_tensor(x, name="x")
        return elementwise.exp(elementwise.abs_(x)) * bessel_i0e(x)


def bessel_i1(x: Any, name: str | None = None) -> Tensor:
    """Returns the modified Bessel function of order 1."""
    with name_scope(name, "bessel_i1", [x]):
        x = convert_to_tensor(x, name="x")
        return elementwise.exp(elementwise.abs_(x)) * bessel_i1e(x)


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """Returns the log of the multivariate beta function, f[..., n] -> f[...]."""
    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        log_product = reductions.reduce_sum(lgamma(x), [-1])
        log_of_sum = lgamma(reductions.reduce_sum(x, [-1]))
        return log_product - log_of_sum
