"""`GRUBlockCell`: one step of a GRU."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.nn.bias import bias_add_grad
from stillflow.ops.recurrent.lstm_step import sigmoid

_TYPES = {"T": (dtypes.float32,)}
_INPUTS = "x: T, h_prev: T, w_ru: T, w_c: T, b_ru: T, b_c: T"


def _gate_sizes(ctx: shapes.ShapeContext) -> shapes.Sizes:
    batch = shapes.with_rank(ctx.shape(0), 2)[0]
    return batch, shapes.with_rank(ctx.shape(1), 2)[1]


def _check_sizes(x: Any, h_prev: Any, w_ru: Any, w_c: Any, b_ru: Any, b_c: Any) -> None:
    """Refuses sizes that do not belong together."""
    (batch, depth), units = x.shape, h_prev.shape[1]
    expected = {
        "h_prev.dims(0) != batch_size": (h_prev.shape[0], batch),
        "w_ru.dim_size(0) != input_size + cell_size": (w_ru.shape[0], depth + units),
        "w_ru.dim_size(1) != cell_size * 2": (w_ru.shape[1], 2 * units),
        "w_c.dim_size(0) != input_size + cell_size": (w_c.shape[0], depth + units),
        "w_c.dim_size(1) != cell_size": (w_c.shape[1], units),
        "b_ru.dim_size(0) != cell_size * 2": (b_ru.shape[0], 2 * units),
        "b_c.dim_size(0) != cell_size": (b_c.shape[0], units),
    }
    for message, (found, wanted) in expected.items():
        if found != wanted:
            refuse(f"{message}: {found} vs. {wanted}")


@op(
    "GRUBlockCell",
    f"{_INPUTS} -> r: T, u: T, c: T, h: T",
    shape=lambda ctx: [_gate_sizes(ctx)] * 4,
    types=_TYPES,
    flops=lambda x, h, w, *_: 3 * x[0] * w[0] * w[1],
)
def gru_block_cell(xp, x, h_prev, w_ru, w_c, b_ru, b_c):
    """x: f[batch, depth], h_prev: f[batch, units], w_ru: f[depth + units, 2 * units],
    w_c: f[depth + units, units], b_ru: f[2 * units], b_c: f[units] -> four times f[batch, units]:
    the gates of reset and update, the candidate, the next state"""
    _check_sizes(x, h_prev, w_ru, w_c, b_ru, b_c)
    xh = xp.concatenate([x, h_prev], axis=1)
    r, u = xp.split(sigmoid(xp, xp.matmul(xh, w_ru) + b_ru), 2, axis=1)
    xh_reset = xp.concatenate([x, h_prev * r], axis=1)
    c = xp.tanh(xp.matmul(xh_reset, w_c) + b_c)
    return r, u, c, u * (h_prev - c) + c


def _gradient_sizes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    x, gate = shapes.with_rank(ctx.shape(0), 2), _gate_sizes(ctx)
    return [x, gate, gate, (x[0], shapes.with_rank(ctx.shape(2), 2)[1])]


@op(
    "GRUBlockCellGrad",
    f"{_INPUTS}, r: T, u: T, c: T, d_h: T -> d_x: T, d_h_prev: T, d_c_bar: T, d_r_bar_u_bar: T",
    shape=_gradient_sizes,
    types=_TYPES,
    flops=lambda x, h, w, *_: 3 * x[0] * w[0] * w[1],
)
def gru_block_cell_grad(xp, x, h_prev, w_ru, w_c, b_ru, b_c, r, u, c, d_h):
    """What `gru_block_cell` takes and gives, and a gradient -> the gradients of x and h_prev, and
    those of the candidate and of both gates before their functions"""
    _check_sizes(x, h_prev, w_ru, w_c, b_ru, b_c)
    depth, one = x.shape[1], x.dtype.type(1)
    d_c_bar = d_h * (one - u) * (one - c * c)
    d_u_bar = d_h * (h_prev - c) * u * (one - u)
    d_xh_reset = xp.matmul(d_c_bar, xp.transpose(w_c))
    d_h_reset = d_xh_reset[:, depth:]
    d_r_bar = d_h_reset * h_prev * r * (one - r)
    d_gates = xp.concatenate([d_r_bar, d_u_bar], axis=1)
    d_xh = xp.matmul(d_gates, xp.transpose(w_ru))
    d_x = d_xh[:, :depth] + d_xh_reset[:, :depth]
    return d_x, d_xh[:, depth:] + d_h_reset * r + d_h * u, d_c_bar, d_gates


@gru_block_cell.gradient
def gru_block_cell_gradient(op, *grads):
    x, h_prev, *_ = op.inputs
    r, u, c, _ = op.outputs
    d_x, d_h_prev, d_c_bar, d_gates = gru_block_cell_grad(*op.inputs, r, u, c, grads[3])
    xh = joining.concat([x, h_prev], 1)
    d_w_ru = matmul(xh, d_gates, transpose_a=True)
    d_b_ru = bias_add_grad(d_gates)
    xh_reset = joining.concat([x, h_prev * r], 1)
    d_w_c = matmul(xh_reset, d_c_bar, transpose_a=True)
    return d_x, d_h_prev, d_w_ru, d_w_c, d_b_ru, bias_add_grad(d_c_bar)
