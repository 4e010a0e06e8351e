"""Batch normalisation by given moments as one op, which graphs of TensorFlow's first year hold."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS


def _normalised(ctx: shapes.ShapeContext) -> shapes.Sizes:
    images = shapes.with_rank(ctx.shape(0), 4)
    return (*images[:3], _depth(ctx, images[3], range(1, 5)))


def _gradients(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    images = shapes.merge(shapes.with_rank(ctx.shape(0), 4), ctx.shape(4))
    assert images is not None
    depth = _depth(ctx, images[3], range(1, 4))
    return [(*images[:3], depth), *[(depth,)] * 4]


def _depth(ctx: shapes.ShapeContext, depth: int | None, vectors: range) -> int | None:
    for i in vectors:
        depth = shapes.merge_size(depth, shapes.with_rank(ctx.shape(i), 1)[0])
    return depth


def _inverse(xp: Any, variance: Any, epsilon: float) -> Any:
    return xp.reciprocal(xp.sqrt(xp.add(variance, variance.dtype.type(epsilon))))


@op(
    "BatchNormWithGlobalNormalization",
    "t: T, m: T, v: T, beta: T, gamma: T -> result: T",
    shape=_normalised,
    types={"T": FLOATS},
)
def batch_norm_op(
    xp,
    x,
    mean,
    variance,
    beta,
    gamma,
    *,
    variance_epsilon: float,
    scale_after_normalization: bool,
):
    """x: f[n, h, w, c], the others f[c] -> f[n, h, w, c]"""
    rate = _inverse(xp, variance, variance_epsilon)
    if scale_after_normalization:
        rate = xp.multiply(rate, gamma)
    return xp.add(xp.multiply(xp.subtract(x, mean), rate), beta)


@op(
    "BatchNormWithGlobalNormalizationGrad",
    "t: T, m: T, v: T, gamma: T, backprop: T -> dx: T, dm: T, dv: T, db: T, dg: T",
    shape=_gradients,
    types={"T": FLOATS},
)
def batch_norm_grad(
    xp,
    x,
    mean,
    variance,
    gamma,
    dy,
    *,
    variance_epsilon: float,
    scale_after_normalization: bool,
):
    """x, dy: f[n, h, w, c], the others f[c] -> f[n, h, w, c] and f[c] four times"""
    total = lambda value: xp.sum(value, axis=(0, 1, 2), dtype=x.dtype)
    rate = _inverse(xp, variance, variance_epsilon)
    d_beta = total(dy)
    centred = total(xp.multiply(dy, xp.subtract(x, mean)))
    scale = gamma if scale_after_normalization else xp.ones_like(gamma)
    d_gamma = xp.multiply(centred, rate)
    if not scale_after_normalization:
        d_gamma = xp.zeros_like(d_gamma)
    weight = xp.multiply(rate, scale)
    half = variance.dtype.type(-0.5)
    power = xp.multiply(xp.square(rate), rate)
    d_variance = xp.multiply(xp.multiply(centred, scale), xp.multiply(half, power))
    d_mean = xp.negative(xp.multiply(d_beta, weight))
    return xp.multiply(dy, weight), d_mean, d_variance, d_beta, d_gamma


@batch_norm_op.gradient
def batch_norm_gradient(op, dy):
    x, mean, variance, _, gamma = op.inputs
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    return batch_norm_grad(x, mean, variance, gamma, dy, **attrs)
