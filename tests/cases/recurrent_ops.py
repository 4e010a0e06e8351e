"""Recurrent cells that are one op, and the LSTM over a sequence: values, nodes and gradients."""

import numpy as np

from .arrays import unit
from .suite import Suite

suite = Suite("recurrent_ops")
case = suite.case

BATCH, DEPTH, UNITS, STEPS = 2, 3, 2, 3
GATES = ("i", "cs", "f", "o", "ci", "co")
LSTM = ("cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b")
LSTM_ARRAYS = (
    unit(BATCH, UNITS),
    unit(BATCH, UNITS, at=1),
    unit(DEPTH + UNITS, 4 * UNITS),
    unit(UNITS),
    unit(UNITS, at=1),
    unit(UNITS, at=2),
    unit(4 * UNITS),
)
X, XS = unit(BATCH, DEPTH), unit(STEPS, BATCH, DEPTH)
ROUNDING = {"atol": 1e-5, "why": "the product and the sums are of another order"}


def named(names, values):
    return {name: values[i] for i, name in enumerate(names)}


def registered(tf):
    """Loads what in TensorFlow registers the gradients of cells."""
    return tf.contrib.rnn.LSTMBlockCell


def lstm(tf, op_type, x, *rest, **options):
    registered(tf)
    made = getattr(tf.raw_ops, op_type)(x=x, **named(LSTM, rest), **options)
    return [getattr(made, name) for name in (*GATES, "h")]


for name, options in {
    "plain": {},
    "peepholes": {"use_peephole": True, "cell_clip": 0.3},
    "unlimited": {"forget_bias": 0.25, "cell_clip": -1.0},
}.items():
    case(
        f"lstm_cell_{name}",
        lambda tf, x, *rest, options=options: lstm(tf, "LSTMBlockCell", x, *rest, **options)[1::5],
        *(X, *LSTM_ARRAYS),
        **ROUNDING,
    )
    case(
        f"lstm_{name}",
        lambda tf, x, *rest, options=options: lstm(
            tf, "BlockLSTM", x, *rest, seq_len_max=np.int64(STEPS), **options
        )[1::5],
        *(XS, *LSTM_ARRAYS),
        **ROUNDING,
    )


def short_lstm(tf, x, *rest):
    """Of the other gates TensorFlow leaves the end as it was."""
    return lstm(tf, "BlockLSTM", x, *rest, seq_len_max=np.int64(2))[1::5]


case("lstm_short", short_lstm, XS, *LSTM_ARRAYS, **ROUNDING)


def all_gates(tf, x, *rest):
    return lstm(tf, "LSTMBlockCell", x, *rest, use_peephole=True)


case("lstm_cell_gates", all_gates, X, *LSTM_ARRAYS, grad=False)


def cell_gradient(tf, x, *rest):
    gates = lstm(tf, "LSTMBlockCell", x, *rest, use_peephole=True)[:6]
    return tuple(
        tf.raw_ops.LSTMBlockCellGrad(
            x=x,
            **named(LSTM, rest),
            **named(GATES, gates),
            cs_grad=rest[0],
            h_grad=rest[1],
            use_peephole=True,
        )
    )


case("lstm_cell_gradient", cell_gradient, X, *LSTM_ARRAYS, grad=False, **ROUNDING)


def sequence_gradient(tf, x, *rest):
    gates = lstm(tf, "BlockLSTM", x, *rest, seq_len_max=np.int64(STEPS))
    return tuple(
        tf.raw_ops.BlockLSTMGrad(
            seq_len_max=np.int64(STEPS),
            x=x,
            **named(LSTM, rest),
            **named((*GATES, "h"), gates),
            cs_grad=gates[0],
            h_grad=gates[2],
            use_peephole=False,
        )
    )


case("lstm_gradient", sequence_gradient, XS, *LSTM_ARRAYS, grad=False, **ROUNDING)

GRU = ("x", "h_prev", "w_ru", "w_c", "b_ru", "b_c")
GRU_ARRAYS = (
    X,
    unit(BATCH, UNITS),
    unit(DEPTH + UNITS, 2 * UNITS),
    unit(DEPTH + UNITS, UNITS, at=1),
    unit(2 * UNITS),
    unit(UNITS, at=1),
)


def gru(tf, *inputs):
    registered(tf)
    return tuple(tf.raw_ops.GRUBlockCell(**named(GRU, inputs)))


case("gru_gates", gru, *GRU_ARRAYS, grad=False)
case("gru", lambda tf, *inputs: gru(tf, *inputs)[3], *GRU_ARRAYS, **ROUNDING)


def gru_gradient(tf, *inputs):
    r, u, c, _ = gru(tf, *inputs)
    return tuple(tf.raw_ops.GRUBlockCellGrad(**named(GRU, inputs), r=r, u=u, c=c, d_h=inputs[1]))


case("gru_gradient", gru_gradient, *GRU_ARRAYS, grad=False, **ROUNDING)
