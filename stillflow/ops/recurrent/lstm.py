"""`LSTMBlockCell` and `BlockLSTM`: one step of an LSTM, and an LSTM over a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.ops.array import joining, slicing
from stillflow.ops.linalg.products import matmul
from stillflow.ops.nn.bias import bias_add_grad
from stillflow.ops.recurrent.lstm_step import (
    Gates,
    Options,
    Weights,
    backward,
    check_sizes,
    forward,
    peephole_gradients,
)

_TYPES = {"T": (dtypes.float16, dtypes.float32)}
_STATE = "cs_prev: T, h_prev: T, w: T, wci: T, wcf: T, wco: T, b: T"
_GATES = "i: T, cs: T, f: T, o: T, ci: T, co: T, h: T"
_SAVED = "i: T, cs: T, f: T, o: T, ci: T, co: T"


def _gate_sizes(ctx: shapes.ShapeContext) -> shapes.Sizes:
    batch = shapes.with_rank(ctx.shape(0), 2)[0]
    return batch, shapes.with_rank(ctx.shape(1), 2)[1]


def _product_flops(x: tuple[int, ...], w: tuple[int, ...]) -> int:
    """Of x: f[..., depth] and a state times w."""
    return 2 * int(np.prod(x[:-1])) * w[0] * w[1]


@op(
    "LSTMBlockCell",
    f"x: T, {_STATE} -> {_GATES}",
    shape=lambda ctx: [_gate_sizes(ctx)] * 7,
    types=_TYPES,
    flops=lambda x, cs, h, w, *_: _product_flops(x, w),
)
def lstm_block_cell(
    xp,
    x,
    cs_prev,
    h_prev,
    w,
    wci,
    wcf,
    wco,
    b,
    *,
    forget_bias: float = 1.0,
    cell_clip: float = 3.0,
    use_peephole: bool = False,
):
    """x: f[batch, depth], cs_prev, h_prev: f[batch, units], w: f[depth + units, 4 * units],
    wci, wcf, wco: f[units], b: f[4 * units] -> seven times f[batch, units]: the gate of input, what
    the cell holds, the gates of forgetting and output, the new value, tanh of what is held, output
    """
    weights = Weights(w, wci, wcf, wco, b)
    check_sizes(x, cs_prev, h_prev, weights)
    return forward(xp, x, cs_prev, h_prev, weights, Options(forget_bias, cell_clip, use_peephole))


def _cell_gradient_sizes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    batch, units = _gate_sizes(ctx)  # type: ignore[misc]
    gates = None if units is None else 4 * units
    return [(batch, units), (batch, gates), (units,), (units,), (units,)]


@op(
    "LSTMBlockCellGrad",
    f"x: T, {_STATE}, {_SAVED}, cs_grad: T, h_grad: T -> cs_prev_grad: T, dicfo: T, wci_grad: T, "
    "wcf_grad: T, wco_grad: T",
    shape=_cell_gradient_sizes,
    types=_TYPES,
)
def lstm_block_cell_grad(
    xp,
    x,
    cs_prev,
    h_prev,
    w,
    wci,
    wcf,
    wco,
    b,
    i,
    cs,
    f,
    o,
    ci,
    co,
    cs_grad,
    h_grad,
    *,
    use_peephole: bool,
):
    """What `lstm_block_cell` takes and gives, and two gradients -> the gradients of cs_prev, of the
    gates before their functions, f[batch, 4 * units], and of the peepholes"""
    weights = Weights(w, wci, wcf, wco, b)
    check_sizes(x, cs_prev, h_prev, weights)
    gates = Gates(i, cs, f, o, ci, co, None)
    cs_prev_grad, d_gates = backward(xp, gates, cs_prev, weights, cs_grad, h_grad, use_peephole)
    return (
        cs_prev_grad,
        d_gates,
        *peephole_gradients(xp, d_gates, cs, cs_prev, use_peephole),
    )


@lstm_block_cell.gradient
def lstm_block_cell_gradient(op, *grads):
    x, cs_prev, h_prev, w, *_ = op.inputs
    _, cs_grad, _, _, _, _, h_grad = grads
    batch, depth = x.shape.with_rank(2).as_list()
    units = cs_prev.shape.with_rank(2).as_list()[1]
    if depth is None:
        raise ValueError("input_size from `x` should not be None.")
    if units is None:
        raise ValueError("cell_size from `cs_prev` should not be None.")
    batch = -1 if batch is None else batch
    cs_prev_grad, d_gates, *of_peepholes = lstm_block_cell_grad(
        *op.inputs, *op.outputs[:6], cs_grad, h_grad, use_peephole=op.attrs["use_peephole"]
    )
    xh_grad = matmul(d_gates, w, transpose_b=True)
    x_grad = slicing.slice_(xh_grad, (0, 0), (batch, depth))
    h_prev_grad = slicing.slice_(xh_grad, (0, depth), (batch, units))
    w_grad = matmul(joining.concat([x, h_prev], 1), d_gates, transpose_a=True)
    return x_grad, cs_prev_grad, h_prev_grad, w_grad, *of_peepholes, bias_add_grad(d_gates)


# Over a sequence --------------------------------------------------------------------------------


def _sequence_sizes(ctx: shapes.ShapeContext) -> shapes.Sizes:
    time, batch, _ = shapes.with_rank(ctx.shape(1), 3)
    (gates,) = shapes.with_rank(ctx.shape(8), 1)
    return time, batch, None if gates is None else gates // 4


def _is_running(xp: Any, x: Any, seq_len_max: Any) -> Any:
    """bool[time, 1, 1]: the steps before `seq_len_max`."""
    return (xp.arange(x.shape[0]) < seq_len_max)[:, None, None]


@op(
    "BlockLSTM",
    f"seq_len_max: int64, x: T, {_STATE} -> {_GATES}",
    shape=lambda ctx: [_sequence_sizes(ctx)] * 7,
    types=_TYPES,
    flops=lambda n, x, cs, h, w, *_: _product_flops(x, w),
)
def block_lstm(
    xp,
    seq_len_max,
    x,
    cs_prev,
    h_prev,
    w,
    wci,
    wcf,
    wco,
    b,
    *,
    forget_bias: float = 1.0,
    cell_clip: float = 3.0,
    use_peephole: bool = False,
):
    """seq_len_max: i64[], x: f[time, batch, depth], the rest as for `lstm_block_cell` -> its
    results in each step, f[time, batch, units], zeros from seq_len_max on"""
    if x.ndim != 3:
        refuse("x must be 3D")
    weights = Weights(w, wci, wcf, wco, b)
    check_sizes(x, cs_prev, h_prev, weights)
    options = Options(forget_bias, cell_clip, use_peephole)

    def step(state: tuple, row: tuple) -> tuple[tuple, tuple]:
        cs, h = state
        gates = forward(xp, row[0], cs, h, weights, options)
        return (gates.cs, gates.h), gates

    shape = (*x.shape[:2], cs_prev.shape[1])
    _, gates = xp.scan(step, (cs_prev, h_prev), (x,), [(shape, x.dtype)] * 7)
    is_running = _is_running(xp, x, seq_len_max)
    return tuple(xp.where(is_running, gate, x.dtype.type(0)) for gate in gates)


@op(
    "BlockLSTMGrad",
    f"seq_len_max: int64, x: T, {_STATE}, {_GATES}, cs_grad: T, h_grad: T -> x_grad: T, "
    "cs_prev_grad: T, h_prev_grad: T, w_grad: T, wci_grad: T, wcf_grad: T, wco_grad: T, b_grad: T",
    shape=lambda ctx: [
        *(shapes.with_rank(ctx.shape(at), rank) for at, rank in ((1, 3), (2, 2), (3, 2), (4, 2))),
        *(shapes.with_rank(ctx.shape(at), 1) for at in (5, 6, 7, 8)),
    ],
    types=_TYPES,
    flops=lambda n, x, cs, h, w, *_: 2 * _product_flops(x, w),
)
def block_lstm_grad(
    xp,
    seq_len_max,
    x,
    cs_prev,
    h_prev,
    w,
    wci,
    wcf,
    wco,
    b,
    i,
    cs,
    f,
    o,
    ci,
    co,
    h,
    cs_grad,
    h_grad,
    *,
    use_peephole: bool,
):
    """What `block_lstm` takes and gives, and two gradients -> those of all but seq_len_max"""
    weights = Weights(w, wci, wcf, wco, b)
    check_sizes(x, cs_prev, h_prev, weights)
    time, batch, depth = x.shape
    held_before = xp.concatenate([cs_prev[None], cs[:-1]], axis=0)[:time]
    out_before = xp.concatenate([h_prev[None], h[:-1]], axis=0)[:time]
    is_running = _is_running(xp, x, seq_len_max)
    zero = x.dtype.type(0)
    of_state = xp.transpose(w[depth:])

    def step(carried: tuple, row: tuple) -> tuple[tuple, tuple]:
        running, before, d_held, d_out, i, cs, f, o, ci, co = row
        gates = Gates(i, cs, f, o, ci, co, None)
        d_cs, d_h = carried[0] + d_held, carried[1] + d_out
        d_before, d_gates = backward(xp, gates, before, weights, d_cs, d_h, use_peephole)
        d_gates = xp.where(running, d_gates, zero)
        d_before = xp.where(running, d_before, zero)
        return (d_before, xp.matmul(d_gates, of_state)), (d_gates,)

    rows = (is_running, held_before, cs_grad, h_grad, i, cs, f, o, ci, co)
    start = (xp.zeros_like(cs_prev), xp.zeros_like(h_prev))
    made = [((time, batch, b.shape[0]), x.dtype)]
    (cs_prev_grad, h_prev_grad), (d_gates,) = xp.scan(step, start, rows, made, reverse=True)
    flat_gates = xp.reshape(d_gates, (time * batch, b.shape[0]))
    xh = xp.reshape(xp.concatenate([x, out_before], axis=2), (time * batch, w.shape[0]))
    return (
        xp.matmul(d_gates, xp.transpose(w[:depth])),
        cs_prev_grad,
        h_prev_grad,
        xp.matmul(xp.transpose(xh), flat_gates),
        *peephole_gradients(xp, d_gates, cs, held_before, use_peephole),
        xp.sum(flat_gates, axis=0, dtype=x.dtype),
    )


@block_lstm.gradient
def block_lstm_gradient(op, *grads):
    _, cs_grad, _, _, _, _, h_grad = grads
    gradients = block_lstm_grad(
        *op.inputs, *op.outputs, cs_grad, h_grad, use_peephole=op.attrs["use_peephole"]
    )
    return None, *gradients
