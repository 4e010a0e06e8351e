"""How a network of cuDNN goes: its cell, its directions, what it does with its input."""

from __future__ import annotations

UNIDIRECTION, BIDIRECTION = "unidirectional", "bidirectional"
LSTM, GRU, RNN_RELU, RNN_TANH = "lstm", "gru", "rnn_relu", "rnn_tanh"
#: Matrices of a layer that goes one way: half of them on the input.
LSTM_PARAMS, GRU_PARAMS, RNN_TANH_PARAMS, RNN_RELU_PARAMS = 8, 6, 2, 2
LINEAR_INPUT, SKIP_INPUT, AUTO_INPUT = "linear_input", "skip_input", "auto_select"

_PARAMS = {
    LSTM: LSTM_PARAMS,
    GRU: GRU_PARAMS,
    RNN_RELU: RNN_RELU_PARAMS,
    RNN_TANH: RNN_TANH_PARAMS,
}


def check_mode(rnn_mode: str) -> None:
    """ValueError unless cuDNN has such cells."""
    if rnn_mode not in _PARAMS:
        raise ValueError(
            f"Invalid rnn_mode: {rnn_mode}, expect one of ({LSTM}, {GRU}, {RNN_TANH}, {RNN_RELU})"
        )


def check_direction(direction: str) -> None:
    """ValueError unless it is one of the two."""
    if direction not in (UNIDIRECTION, BIDIRECTION):
        raise ValueError(
            f"Invalid direction: {direction}, expecting {UNIDIRECTION} or {BIDIRECTION}"
        )


def check_input_mode(input_mode: str) -> None:
    """ValueError unless it is one of the three."""
    modes = (LINEAR_INPUT, SKIP_INPUT, AUTO_INPUT)
    if input_mode not in modes:
        raise ValueError(f"Invalid input_mode: {input_mode}, expect one of ({', '.join(modes)})")


def directions(direction: str) -> int:
    """How many ways each layer goes."""
    return 1 if direction == UNIDIRECTION else 2


def params_of(rnn_mode: str, num_layers: int, direction: str) -> int:
    """How many matrices of gates, and biases, a network has."""
    return _PARAMS[rnn_mode] * num_layers * directions(direction)
