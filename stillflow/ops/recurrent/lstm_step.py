"""One step of an LSTM forward and backward, over arrays; its ops have it once or in a loop.

The gates of `w` and `b` are those of input, new value, forgetting and output, in this order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.refusing import refuse


class Weights(NamedTuple):
    """w: f[depth + units, 4 * units], peepholes wci, wcf, wco: f[units], b: f[4 * units]"""

    w: Any
    wci: Any
    wcf: Any
    wco: Any
    b: Any


class Options(NamedTuple):
    """A `cell_clip` that is not positive limits nothing."""

    forget_bias: float
    cell_clip: float
    use_peephole: bool


class Gates(NamedTuple):
    """What a step computes, f[batch, units] each: `cs` is what the cell then holds."""

    i: Any
    cs: Any
    f: Any
    o: Any
    ci: Any
    co: Any
    h: Any


def check_sizes(x: Any, cs_prev: Any, h_prev: Any, weights: Weights) -> None:
    """Refuses ranks and sizes that do not belong together; x: f[..., batch, depth]."""
    batch, depth, units = x.shape[-2], x.shape[-1], cs_prev.shape[-1]
    for name, array, rank in (("cs_prev", cs_prev, 2), ("h_prev", h_prev, 2), ("w", weights.w, 2)):
        if array.ndim != rank:
            refuse(f"{name} must be {rank}D")
    expected = {
        "cs_prev.dims(0) != batch_size": (cs_prev.shape[0], batch),
        "h_prev.dims(0) != batch_size": (h_prev.shape[0], batch),
        "h_prev.dims(1) != cell_size": (h_prev.shape[1], units),
        "w.dim_size(0) != input_size + cell_size": (weights.w.shape[0], depth + units),
        "w.dim_size(1) != cell_size * 4": (weights.w.shape[1], 4 * units),
        "b.dim_size(0) != cell_size * 4": (weights.b.shape[0], 4 * units),
    }
    for message, (found, wanted) in expected.items():
        if found != wanted:
            refuse(f"{message}: {found} vs. {wanted}")


def forward(
    xp: Any, x: Any, cs_prev: Any, h_prev: Any, weights: Weights, options: Options
) -> Gates:
    """x: f[batch, depth], cs_prev, h_prev: f[batch, units] -> the gates"""
    xh = xp.concatenate([x, h_prev], axis=1)
    a_i, a_c, a_f, a_o = xp.split(xp.matmul(xh, weights.w) + weights.b, 4, axis=1)
    bias = x.dtype.type(options.forget_bias)
    if options.use_peephole:
        i = sigmoid(xp, a_i + cs_prev * weights.wci)
        f = sigmoid(xp, a_f + bias + cs_prev * weights.wcf)
    else:
        i, f = sigmoid(xp, a_i), sigmoid(xp, a_f + bias)
    ci = xp.tanh(a_c)
    cs = i * ci + f * cs_prev
    if options.cell_clip > 0:
        limit = x.dtype.type(options.cell_clip)
        cs = xp.clip(cs, -limit, limit)
    co = xp.tanh(cs)
    o = sigmoid(xp, a_o + cs * weights.wco if options.use_peephole else a_o)
    return Gates(i, cs, f, o, ci, co, o * co)


def backward(
    xp: Any,
    gates: Gates,
    cs_prev: Any,
    weights: Weights,
    cs_grad: Any,
    h_grad: Any,
    use_peephole: bool,
) -> tuple[Any, Any]:
    """(the gradient of `cs_prev`, those of the four gates before their functions)"""
    i, _, f, o, ci, co, _ = gates
    one = i.dtype.type(1)
    d_o = o * (one - o) * h_grad * co
    d_cs = (one - co * co) * h_grad * o + cs_grad
    if use_peephole:
        d_cs = d_cs + d_o * weights.wco
    d_ci = (one - ci * ci) * d_cs * i
    d_f = f * (one - f) * d_cs * cs_prev
    d_i = i * (one - i) * d_cs * ci
    cs_prev_grad = d_cs * f
    if use_peephole:
        cs_prev_grad = cs_prev_grad + d_i * weights.wci + d_f * weights.wcf
    return cs_prev_grad, xp.concatenate([d_i, d_ci, d_f, d_o], axis=1)


def peephole_gradients(
    xp: Any, d_gates: Any, cs: Any, cs_prev: Any, use_peephole: bool
) -> tuple[Any, Any, Any]:
    """Those of wci, wcf, wco, f[units], summed over the axes of cs: f[..., batch, units]."""
    units = cs.shape[-1]
    if not use_peephole:
        zeros = xp.zeros(units, cs.dtype)
        return zeros, zeros, zeros
    d_i, _, d_f, d_o = xp.split(d_gates, 4, axis=-1)
    axes = tuple(range(cs.ndim - 1))
    pairs = ((d_i, cs_prev), (d_f, cs_prev), (d_o, cs))
    wci, wcf, wco = (xp.sum(d * held, axis=axes, dtype=cs.dtype) for d, held in pairs)
    return wci, wcf, wco


def sigmoid(xp: Any, x: Any) -> Any:
    """As the op Sigmoid."""
    y = xp.reciprocal(xp.exp(-x) + x.dtype.type(1))
    return xp.where(x < -18, x.dtype.type(0), y) if x.dtype == np.float32 else y
