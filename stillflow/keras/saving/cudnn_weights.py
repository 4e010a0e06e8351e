"""Weights of LSTM and GRU layers between Keras' layout and that of cuDNN's layers.

cuDNN's kernels are transposed gate by gate, and each gate has two biases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_PLAIN, _AFTER, _CUDNN = "GRU(reset_after=False)", "GRU(reset_after=True)", "CuDNNGRU"


def convert_rnn_weights(layer: Any, weights: list[Any]) -> list[Any]:
    """Returns the weights as the layer holds them; those of other kinds of layers as they are.

    Raises:
      ValueError: the bias is of no known form, or of one that this GRU cannot take.
    """
    kind = type(layer).__name__
    if len(weights) == 3 and kind in ("LSTM", "CuDNNLSTM"):
        return _lstm_weights(kind, weights)
    if len(weights) == 3 and kind in ("GRU", "CuDNNGRU"):
        return _gru_weights(layer, kind, weights)
    return weights


def _lstm_weights(kind: str, weights: list[Any]) -> list[Any]:
    kernel, recurrent, bias = weights
    size = recurrent.shape[0] * 4
    source = {(2 * size,): "CuDNNLSTM", (size,): "LSTM"}.get(bias.shape)
    if source is None:
        raise ValueError(f"Invalid bias shape: {bias.shape}")
    if source == kind:
        return weights
    is_cudnn = source == "CuDNNLSTM"
    new_bias = np.sum(np.split(bias, 2), axis=0) if is_cudnn else np.tile(0.5 * bias, 2)
    return [*_kernels(kernel, recurrent, 4, is_cudnn), new_bias]


def _gru_weights(layer: Any, kind: str, weights: list[Any]) -> list[Any]:
    kernel, recurrent, bias = weights
    size = recurrent.shape[0] * 3
    source = {(2 * size,): _CUDNN, (2, size): _AFTER, (size,): _PLAIN}.get(bias.shape)
    if source is None:
        raise ValueError(f"Invalid bias shape: {bias.shape}")
    target = _CUDNN
    if kind != _CUDNN:
        target = _AFTER if layer.reset_after else _PLAIN
    if source == target:
        return weights
    if _PLAIN in (source, target):
        raise ValueError(f"{source} is not compatible with {target}")
    is_cudnn = source == _CUDNN
    new_bias = np.reshape(bias, (2, -1) if is_cudnn else -1)
    return [*_kernels(kernel, recurrent, 3, is_cudnn), new_bias]


def _kernels(kernel: Any, recurrent: Any, gates: int, is_cudnn: bool) -> list[Any]:
    order: Any = "F" if is_cudnn else "C"
    return [
        _each_gate(kernel, gates, lambda gate: gate.T.reshape(gate.shape, order=order)),
        _each_gate(recurrent, gates, lambda gate: gate.T),
    ]


def _each_gate(kernels: Any, gates: int, change: Callable[[Any], Any]) -> Any:
    return np.hstack([change(gate) for gate in np.hsplit(kernels, gates)])
