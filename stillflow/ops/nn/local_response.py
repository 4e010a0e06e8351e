"""Local response normalisation: by the energy of nearby channels (Krizhevsky et al., 2012)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes

_DECLARATION: dict[str, Any] = {
    "shape": lambda ctx: shapes.merge_all(shapes.with_rank(s, 4) for s in ctx.shapes()),
    "types": {"T": (dtypes.float16, dtypes.bfloat16, dtypes.float32)},
    "defaults": {"T": dtypes.float32},
    "total": True,
}


@op("LRN", "input: T -> output: T", **_DECLARATION)
def local_response_normalization(
    xp,
    x,
    *,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
):
    """x: f[n, h, w, c] -> f[n, h, w, c], x / (bias + alpha * energy) ** beta

    The energy of a channel is the sum of squares over those at most `depth_radius` from it.
    """
    if x.ndim != 4:
        refuse("in must be 4-dimensional")
    base = _base(xp, x, depth_radius, bias, alpha)
    return xp.multiply(x, xp.power(base, _number(xp, -beta, x)))


@op("LRNGrad", "input_grads: T, input_image: T, output_image: T -> output: T", **_DECLARATION)
def local_response_normalization_grad(
    xp,
    dy,
    x,
    y,
    *,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
):
    """dy, x, y: f[n, h, w, c] -> f[n, h, w, c], where y is the output of LRN."""
    if dy.ndim != 4 or x.ndim != 4:
        refuse("inputs must be 4-dimensional")
    if not dy.shape == x.shape == y.shape:
        refuse("input_grads, input_image, and out_image should have the same shape")
    base = _base(xp, x, depth_radius, bias, alpha)
    direct = xp.multiply(dy, xp.power(base, _number(xp, -beta, x)))
    through = _neighbours(xp, xp.divide(xp.multiply(dy, y), base), depth_radius)
    return direct - xp.multiply(xp.multiply(x, through), _number(xp, 2 * alpha * beta, x))


def _base(xp: Any, x: Any, radius: int, bias: float, alpha: float) -> Any:
    energy = _neighbours(xp, xp.square(x), radius)
    return xp.add(xp.multiply(energy, _number(xp, alpha, x)), _number(xp, bias, x))


def _neighbours(xp: Any, x: Any, radius: int) -> Any:
    """Each channel's sum over those at most `radius` from it."""
    wide = xp.pad(x, [(0, 0)] * 3 + [(radius, radius)])
    depth = x.shape[-1]
    return reduce(xp.add, (wide[..., i : i + depth] for i in range(2 * radius + 1)))


def _number(xp: Any, value: float, x: Any) -> Any:
    return xp.asarray(value, dtype=x.dtype)


@local_response_normalization.gradient
def local_response_normalization_gradient(op, dy):
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    return local_response_normalization_grad(dy, op.inputs[0], op.outputs[0], **attrs)
