"""Weights that other versions of Keras, its Theano backend or layers of cuDNN have saved."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.keras.saving.cudnn_weights import convert_rnn_weights
from stillflow.layers.nodes import int_shape

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def preprocess_weights_for_loading(
    layer: Any,
    weights: list[Any],
    original_keras_version: str | None = None,
    original_backend: str | None = None,
) -> list[Any]:
    """Returns arrays as a layer of today holds them.

    Args:
      weights: as they were saved for a layer of this kind.
      original_keras_version: "1" for Keras 1; others are alike.
      original_backend: "theano", whose kernels are flipped; others are alike.

    Raises:
      ValueError: they fit no layer of this kind.
    """
    origin = original_keras_version, original_backend
    kind = type(layer).__name__
    if kind == "Bidirectional":
        half = len(weights) // 2
        weights = [
            *preprocess_weights_for_loading(layer.forward_layer, weights[:half], *origin),
            *preprocess_weights_for_loading(layer.backward_layer, weights[half:], *origin),
        ]
    if kind == "TimeDistributed":
        weights = preprocess_weights_for_loading(layer.layer, weights, *origin)
    elif kind in ("Model", "Sequential"):
        weights = _of_model(layer, weights, *origin)
    if original_keras_version == "1":
        weights = _of_keras_1(layer, kind, weights, origin)
    if kind in _CONVOLUTIONS:
        weights = _of_convolution(layer, kind, weights, original_backend)
    return convert_rnn_weights(layer, weights)


def _of_model(model: Any, weights: list[Any], *origin: Any) -> list[Any]:
    """Those of the layers inside; in files the ones to be trained come before all others."""
    count = len(model.trainable_weights)
    trained, fixed = weights[:count], weights[count:]
    new_trained: list[Any] = []
    new_fixed: list[Any] = []
    for layer in model.layers:
        if not layer.weights:
            continue
        ours, others = len(layer.trainable_weights), len(layer.non_trainable_weights)
        own = trained[:ours] + fixed[:others]
        trained, fixed = trained[ours:], fixed[others:]
        own = preprocess_weights_for_loading(layer, own, *origin)
        new_trained += own[:ours]
        new_fixed += own[ours:]
    return new_trained + new_fixed


def _of_keras_1(layer: Any, kind: str, weights: list[Any], origin: Any) -> list[Any]:
    if kind == "TimeDistributed":
        return preprocess_weights_for_loading(layer.layer, weights, *origin)
    if kind == "Conv1D":
        return [_kernel_of_line(layer, weights[0]), *weights[1:]]
    axes_by_kind: dict[Any, tuple[int, ...]] = {
        ("Conv2D", "channels_first"): (2, 3, 1, 0),
        ("Conv2DTranspose", "channels_last"): (0, 1, 3, 2),
        ("Conv2DTranspose", "channels_first"): (2, 3, 0, 1),
        ("Conv3D", "channels_first"): (2, 3, 4, 1, 0),
    }
    axes = axes_by_kind.get((kind, getattr(layer, "data_format", None)))
    if axes:
        return [np.transpose(weights[0], axes), *weights[1:]]
    if kind == "GRU" and len(weights) == 9:
        return _gates_joined(weights, (0, 3, 6))
    if kind in ("LSTM", "ConvLSTM2D") and len(weights) == 12:
        kernel, recurrent, bias = _gates_joined(weights, (0, 6, 3, 9))
        if kind == "ConvLSTM2D" and layer.data_format == "channels_first":
            kernel, recurrent = (np.transpose(each, (2, 3, 1, 0)) for each in (kernel, recurrent))
        return [kernel, recurrent, bias]
    return weights


def _kernel_of_line(layer: Any, kernel: Any) -> Any:
    """Keras 1 had kernels f[length, 1, channels, filters] along a line, or with filters first."""
    if kernel.shape[:2] != (layer.kernel_size[0], 1) or kernel.shape[3] != layer.filters:
        assert kernel.shape[0] == layer.filters
        assert kernel.shape[2:] == (layer.kernel_size[0], 1)
        kernel = np.transpose(kernel, (2, 3, 1, 0))
    return kernel[:, 0, :, :]


def _gates_joined(weights: list[Any], first: tuple[int, ...]) -> list[Any]:
    """A kernel, a recurrent kernel and a bias of those of the gates, which begin at `first`."""
    return [np.concatenate([weights[i + part] for i in first], axis=-1) for part in range(3)]


def _of_convolution(
    layer: Any, kind: str, weights: list[Any], original_backend: str | None
) -> list[Any]:
    kernels = 2 if kind == "ConvLSTM2D" else 1
    converted, others = weights[:kernels], weights[kernels:]
    if original_backend == "theano":
        converted = [flipped(kernel) for kernel in converted]
    if int_shape(layer.weights[0]) != converted[0].shape:
        converted = [np.transpose(kernel, (3, 2, 0, 1)) for kernel in converted]
    return converted + others


def flipped(kernel: Any) -> Any:
    """A kernel turned around along all axes but the last two, as Theano's are.

    Raises:
      ValueError: it is of another rank than 3, 4 and 5.
    """
    if not 3 <= np.ndim(kernel) <= 5:
        raise ValueError("Invalid kernel shape:", np.shape(kernel))
    return np.copy(np.flip(kernel, axis=tuple(range(np.ndim(kernel) - 2))))
