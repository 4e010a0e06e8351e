"""Layers as plain data, and back: the classes by the names that configurations give them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from stillflow.layers.custom_objects import deserialize_keras_object

# The modules of the classes, which load when one is first asked for.
_CLASSES: dict[str, str] = {
    "stillflow.input.columns.feature_layers": "DenseFeatures SequenceFeatures",
    "stillflow.keras.engine.base_layer": "Layer",
    "stillflow.keras.engine.input_layer": "InputLayer",
    "stillflow.keras.engine.model": "Model",
    "stillflow.keras.engine.network": "Network",
    "stillflow.keras.engine.sequential": "Sequential",
    "stillflow.keras.layers.activating": "Activation ActivityRegularization",
    "stillflow.keras.layers.concatenating": "Concatenate",
    "stillflow.keras.layers.cropping": "Cropping1D Cropping2D Cropping3D",
    "stillflow.keras.layers.dense_attention": "AdditiveAttention Attention BaseDenseAttention",
    "stillflow.keras.layers.depthwise": "DepthwiseConv2D",
    "stillflow.keras.layers.dot": "Dot",
    "stillflow.keras.layers.dropouts": "SpatialDropout1D SpatialDropout2D SpatialDropout3D",
    "stillflow.keras.layers.elementwise": "Add Average Maximum Minimum Multiply Subtract",
    "stillflow.keras.layers.embedding": "Embedding",
    "stillflow.keras.layers.function_layer": "Lambda",
    "stillflow.keras.layers.global_pooling": (
        "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
        "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D"
    ),
    "stillflow.keras.layers.layer_normalization": "LayerNormalization",
    "stillflow.keras.layers.local": "LocallyConnected1D LocallyConnected2D",
    "stillflow.keras.layers.masking": "Masking",
    "stillflow.keras.layers.noise": "AlphaDropout GaussianDropout GaussianNoise",
    "stillflow.keras.layers.rectifying": "ELU LeakyReLU PReLU ReLU Softmax ThresholdedReLU",
    "stillflow.keras.layers.recurrent.cells": "AbstractRNNCell",
    "stillflow.keras.layers.recurrent.conv_lstm": "ConvLSTM2D ConvLSTM2DCell",
    "stillflow.keras.layers.recurrent.convolutional": "ConvRNN2D",
    "stillflow.keras.layers.recurrent.cudnn": "CuDNNGRU CuDNNLSTM",
    "stillflow.keras.layers.recurrent.gru": "GRU GRUCell",
    "stillflow.keras.layers.recurrent.lstm": "LSTM LSTMCell PeepholeLSTMCell",
    "stillflow.keras.layers.recurrent.rnn": "RNN",
    "stillflow.keras.layers.recurrent.simple": "SimpleRNN SimpleRNNCell",
    "stillflow.keras.layers.recurrent.stacked": "StackedRNNCells",
    "stillflow.keras.layers.shaping": "Permute RepeatVector Reshape",
    "stillflow.keras.layers.upsampling": "UpSampling1D UpSampling2D UpSampling3D",
    "stillflow.keras.layers.wrappers.bidirectional": "Bidirectional",
    "stillflow.keras.layers.wrappers.time_distributed": "TimeDistributed",
    "stillflow.keras.layers.wrappers.wrapper": "Wrapper",
    "stillflow.keras.layers.zero_padding": "ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    "stillflow.keras.premade.linear": "LinearModel",
    "stillflow.keras.premade.wide_deep": "WideDeepModel",
    "stillflow.layers.convolutional": "Conv1D Conv2D Conv3D",
    "stillflow.layers.core": "Dense Dropout Flatten",
    "stillflow.layers.normalization": "BatchNormalization",
    "stillflow.layers.op_layer": "AddLoss AddMetric TensorFlowOpLayer",
    "stillflow.layers.pooling": (
        "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D"
    ),
    "stillflow.layers.separable": "SeparableConv1D SeparableConv2D",
    "stillflow.layers.transposed": "Conv2DTranspose Conv3DTranspose",
}
_MODULES = {name: module for module, names in _CLASSES.items() for name in names.split()}
# Names that files of other versions have.
_RENAMED = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    **{f"Convolution{axes}D": f"Conv{axes}D" for axes in (1, 2, 3)},
    **{f"SeparableConvolution{axes}D": f"SeparableConv{axes}D" for axes in (1, 2)},
    **{
        f"{name}{axes}D": f"Conv{axes}DTranspose"
        for name in ("Deconvolution", "Deconv")
        for axes in (2, 3)
    },
    **{f"Convolution{axes}DTranspose": f"Conv{axes}DTranspose" for axes in (2, 3)},
    **{
        f"{scope}{kind}Pool{axes}D": f"{scope}{kind_in_full}Pooling{axes}D"
        for scope in ("", "Global")
        for kind, kind_in_full in (("Max", "Max"), ("Avg", "Average"))
        for axes in (1, 2, 3)
    },
}


class _Classes(Mapping):
    """The classes of layers by name, each imported when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        return getattr(importlib.import_module(_MODULES[name]), name)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


CLASSES = _Classes()


def serialize(layer: Any) -> dict[str, Any]:
    """A layer as {"class_name": ..., "config": ...}."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The layer, or the model, that `serialize` told.

    Args:
      custom_objects: {name: object}, a program's own classes and functions.

    Raises:
      ValueError: there is no class of that name.
    """
    name = config["class_name"]
    told = {**config, "class_name": _RENAMED.get(name, name)}
    return deserialize_keras_object(told, CLASSES, custom_objects, "layer")
