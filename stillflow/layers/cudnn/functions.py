"""Networks of cuDNN as functions of their vector of parameters, and that vector's conversions."""

from __future__ import annotations

import os
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers.cudnn import modes
from stillflow.ops.array import filling, shape_of
from stillflow.ops.random.common import op_seeds
from stillflow.ops.recurrent import cudnn, cudnn_params


def _options(
    rnn_mode: str,
    input_mode: str,
    direction: str,
    dropout: float,
    seed: int | None,
    name: str | None,
) -> dict[str, Any]:
    """What all ops take besides their inputs; ValueError for a mode that is none of cuDNN's."""
    modes.check_mode(rnn_mode)
    modes.check_direction(direction)
    modes.check_input_mode(input_mode)
    return {
        "rnn_mode": rnn_mode,
        "input_mode": input_mode,
        "direction": direction,
        "dropout": dropout,
        **op_seeds(seed),
        "name": name,
    }


def run(
    inputs: Any,
    input_h: Any,
    input_c: Any,
    params: Any,
    is_training: bool,
    rnn_mode: str,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns the outputs of a network, and h and c behind the last step.

    Args:
      inputs: f[time, batch, depth].
      input_h: f[layers * directions, batch, units]; of the size `num_proj` where states are
        projected.
      input_c: f[layers * directions, batch, units]; of an LSTM only.
      params: f[size].
      is_training: whether there is dropout, and a gradient.
      sequence_lengths: i32[batch]; behind them outputs are 0.
      time_major: False where the batch comes first in inputs and states.
      dropout: what share of each layer's inputs is dropped, but for the first's.
      num_proj: to what size an LSTM's states are projected.

    Raises:
      ValueError: `rnn_mode`, `direction` or `input_mode` is none of cuDNN's.
    """
    options = _options(rnn_mode, input_mode, direction, dropout, seed, name)
    options["is_training"] = is_training
    if sequence_lengths is None and (time_major is False or num_proj):
        batch, time = (1, 0) if time_major else (0, 1)
        batch_size = shape_of.shape(inputs)[batch]
        sequence_lengths = filling.fill([batch_size], shape_of.shape(inputs)[time])
    given = (inputs, input_h, input_c, params)
    if sequence_lengths is not None:
        options.update(time_major=time_major, num_proj=num_proj or 0)
        made = cudnn.cudnn_rnn_v3(*given, sequence_lengths, **options)
    elif os.environ.get("TF_CUDNN_RNN_USE_V2", "0") == "1":
        made = cudnn.cudnn_rnn_v2(*given, **options)
    else:
        made = cudnn.cudnn_rnn(*given, **options)
    outputs, output_h, output_c, *_ = made
    return outputs, output_h, output_c


def cudnn_lstm(
    inputs: Any,
    input_h: Any,
    input_c: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """An LSTM: see `run`."""
    options = (sequence_lengths, time_major, input_mode, direction, dropout, seed, num_proj, name)
    return run(inputs, input_h, input_c, params, is_training, modes.LSTM, *options)


def without_c(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    rnn_mode: str,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """`run` of cells that have one state: (outputs, h behind the last step)."""
    input_c = constant([], dtype=input_h.dtype)
    options = (sequence_lengths, time_major, input_mode, direction, dropout, seed, None, name)
    outputs, output_h, _ = run(inputs, input_h, input_c, params, is_training, rnn_mode, *options)
    return outputs, output_h


def cudnn_gru(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """A GRU: see `without_c`."""
    options = (sequence_lengths, time_major, input_mode, direction, dropout, seed, name)
    return without_c(inputs, input_h, params, is_training, modes.GRU, *options)


def cudnn_rnn_relu(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    sequence_lengths: Any = None,
    time_major: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Plain cells with `relu`: see `without_c`."""
    options = (sequence_lengths, time_major, input_mode, direction, dropout, seed, name)
    return without_c(inputs, input_h, params, is_training, modes.RNN_RELU, *options)


def cudnn_rnn_tanh(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Plain cells with `tanh`: see `without_c`."""
    options = (sequence_lengths, time_major, input_mode, direction, dropout, seed, name)
    return without_c(inputs, input_h, params, is_training, modes.RNN_TANH, *options)


# The parameters ---------------------------------------------------------------------------------


def cudnn_rnn_opaque_params_to_canonical(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    params: Any,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Any:
    """Returns the weights, f[units, width] each, and the biases, f[units] each.

    Layer after layer, forward before backward: the gates' matrices on the input, those on the
    state, the projection. An LSTM's gates are input, forgetting, new value, output; a GRU's reset,
    update, new value.

    Raises:
      ValueError: as for `run`.
    """
    options = _options(rnn_mode, input_mode, direction, dropout, seed, name)
    count = modes.params_of(rnn_mode, num_layers, direction)
    model = (num_layers, num_units, input_size, params)
    if not num_proj:
        return cudnn_params.cudnn_rnn_params_to_canonical(*model, num_params=count, **options)
    return cudnn_params.cudnn_rnn_params_to_canonical_v2(
        *model,
        num_params_weights=count + num_layers * modes.directions(direction),
        num_params_biases=count,
        num_proj=num_proj,
        **options,
    )


def cudnn_rnn_canonical_to_opaque_params(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    weights: Any,
    biases: Any,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the vector of parameters, f[size], of what the function above gives.

    Raises:
      ValueError: as for `run`.
    """
    options = _options(rnn_mode, input_mode, direction, dropout, seed, name)
    model = (num_layers, num_units, input_size, weights, biases)
    if not num_proj:
        return cudnn_params.cudnn_rnn_canonical_to_params(*model, **options)
    return cudnn_params.cudnn_rnn_canonical_to_params_v2(*model, num_proj=num_proj, **options)


def cudnn_rnn_opaque_params_size(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    input_mode: str = modes.LINEAR_INPUT,
    direction: str = modes.UNIDIRECTION,
    dtype: Any = dtypes.float32,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns how many parameters a network has, i32[].

    Raises:
      ValueError: as for `run`.
    """
    options = _options(rnn_mode, input_mode, direction, dropout, seed, name)
    return cudnn_params.cudnn_rnn_params_size(
        num_layers,
        num_units,
        input_size,
        T=dtype,
        S=dtypes.int32,
        num_proj=num_proj or 0,
        **options,
    )[0]
