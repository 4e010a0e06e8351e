"""One step of the cells of cuDNN's networks, forward and backward, over arrays.

A step is given the product of the input with its weights, biases added; the state's it makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.ops.recurrent.lstm_step import sigmoid


class Weights(NamedTuple):
    """of_state: f[state, gates * units], bias: f[gates * units] of the state's product where it is
    not among the input's, projection: f[units, state] or None"""

    of_state: Any
    bias: Any
    projection: Any


class Moved(NamedTuple):
    """Gradients behind a step: of both products before the gates' functions, f[batch, gates *
    units], of the state before, other than by the product, and of what the cell held."""

    of_input: Any
    of_product: Any
    h: Any
    c: Any


class Cell(NamedTuple):
    """`forward(xp, a, h, c, weights)` gives (h, c, the gates to remember);
    `backward(xp, gates, h, c, c_after, d_h, d_c)` Moved, of h and c before the step and the
    gradients of what is behind it, before the projection."""

    remembered: int
    forward: Callable[..., tuple]
    backward: Callable[..., Moved]


def _plain(function: Callable) -> Callable[..., tuple]:
    def forward(xp: Any, a: Any, h: Any, c: Any, weights: Weights) -> tuple:
        h = function(xp, a + xp.matmul(h, weights.of_state))
        return h, c, (h,)

    return forward


def _plain_back(slope: Callable) -> Callable[..., Moved]:
    def backward(xp: Any, gates: tuple, h: Any, c: Any, c_after: Any, d_h: Any, d_c: Any) -> Moved:
        d_a = d_h * slope(xp, gates[0])
        return Moved(d_a, d_a, xp.zeros_like(h), d_c)

    return backward


def _lstm(xp: Any, a: Any, h: Any, c: Any, weights: Weights) -> tuple:
    i, f, g, o = xp.split(a + xp.matmul(h, weights.of_state), 4, axis=1)
    i, f, g, o = sigmoid(xp, i), sigmoid(xp, f), xp.tanh(g), sigmoid(xp, o)
    c = f * c + i * g
    h = o * xp.tanh(c)
    if weights.projection is not None:
        h = xp.matmul(h, weights.projection)
    return h, c, (i, f, g, o)


def _lstm_back(xp: Any, gates: tuple, h: Any, c: Any, c_after: Any, d_h: Any, d_c: Any) -> Moved:
    i, f, g, o = gates
    one, shown = i.dtype.type(1), xp.tanh(c_after)
    d_c = d_c + d_h * o * (one - shown * shown)
    parts = (
        d_c * g * i * (one - i),
        d_c * c * f * (one - f),
        d_c * i * (one - g * g),
        d_h * shown * o * (one - o),
    )
    d_a = xp.concatenate(parts, axis=1)
    return Moved(d_a, d_a, xp.zeros_like(h), d_c * f)


def _gru(xp: Any, a: Any, h: Any, c: Any, weights: Weights) -> tuple:
    a_r, a_u, a_n = xp.split(a, 3, axis=1)
    m_r, m_u, m_n = xp.split(xp.matmul(h, weights.of_state), 3, axis=1)
    m_n = m_n + weights.bias[2 * h.shape[1] :]
    r, u = sigmoid(xp, a_r + m_r), sigmoid(xp, a_u + m_u)
    n = xp.tanh(a_n + r * m_n)
    return (a.dtype.type(1) - u) * n + u * h, c, (r, u, n, m_n)


def _gru_back(xp: Any, gates: tuple, h: Any, c: Any, c_after: Any, d_h: Any, d_c: Any) -> Moved:
    r, u, n, m_n = gates
    one = r.dtype.type(1)
    d_n = d_h * (one - u) * (one - n * n)
    d_u = d_h * (h - n) * u * (one - u)
    d_r = d_n * m_n * r * (one - r)
    of_input = xp.concatenate([d_r, d_u, d_n], axis=1)
    of_product = xp.concatenate([d_r, d_u, d_n * r], axis=1)
    return Moved(of_input, of_product, d_h * u, d_c)


def _relu(xp: Any, x: Any) -> Any:
    return xp.maximum(x, x.dtype.type(0))


CELLS = {
    "rnn_relu": Cell(1, _plain(_relu), _plain_back(lambda xp, h: (h > 0).astype(h.dtype))),
    "rnn_tanh": Cell(
        1, _plain(lambda xp, x: xp.tanh(x)), _plain_back(lambda xp, h: h.dtype.type(1) - h * h)
    ),
    "lstm": Cell(4, _lstm, _lstm_back),
    "gru": Cell(4, _gru, _gru_back),
}


def input_bias(xp: Any, mode: str, biases: Any) -> Any:
    """biases: f[2, gates * units] -> f[gates * units], what is added to the input's product: both,
    but for the new value of a GRU, whose state's product is reset with its bias."""
    of_input, of_state = biases
    if mode != "gru":
        return of_input + of_state
    reset = 2 * (of_state.shape[0] // 3)
    return of_input + xp.concatenate([of_state[:reset], xp.zeros_like(of_state[reset:])], axis=0)
