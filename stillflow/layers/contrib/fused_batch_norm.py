"""Batch normalisation by TensorFlow's one op, where `tf.layers` has no form of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections, control_dependencies
from stillflow.layers.contrib.batch_statistics import Parameters, updating
from stillflow.layers.contrib.common import finished
from stillflow.layers.contrib.conditions import constant_value, smart_cond
from stillflow.layers.contrib.sizes import check_layout
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.nn import fused_batch_norm as fused
from stillflow.ops.variables.scope import variable_scope


def fused_batch_norm(
    inputs: Any,
    decay: Any,
    center: bool,
    scale: bool,
    epsilon: float,
    activation_fn: Any,
    param_initializers: Mapping[str, Any] | None,
    param_regularizers: Mapping[str, Any] | None,
    updates_collections: Any,
    is_training: Any,
    reuse: Any,
    variables_collections: Any,
    outputs_collections: Any,
    trainable: bool,
    data_format: str,
    zero_debias_moving_mean: bool,
    scope: Any,
) -> Tensor:
    """`batch_norm` of f[n, c] or of images, whose arguments these are."""
    check_layout(data_format, "NCHW", "NHWC")
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
        rows = convert_to_tensor(inputs)
        images = _as_images(rows, data_format)
        shape = images.get_shape()
        channels = shape[1:2] if data_format == "NCHW" else shape[-1:]
        if not channels.is_fully_defined():
            raise ValueError(f"Inputs {images.name} has undefined `C` dimension {channels}.")
        made = Parameters(
            channels, dtypes.float32, param_initializers or {}, variables_collections, trainable
        )
        regularizers = param_regularizers or {}
        beta = (
            made.beta(regularizer=regularizers.get("beta"))
            if center
            else constant(0.0, dtype=dtypes.float32, shape=channels)
        )
        gamma = (
            made.gamma(regularizer=regularizers.get("gamma"))
            if scale
            else constant(1.0, dtype=dtypes.float32, shape=channels)
        )
        averages = made.averages()
        common: dict[str, Any] = {"epsilon": epsilon, "data_format": data_format}

        def training() -> Any:
            return fused.fused_batch_norm(images, gamma, beta, **common)

        def inference() -> Any:
            mean, variance = averages
            return fused.fused_batch_norm(
                images, gamma, beta, mean=mean, variance=variance, is_training=False, **common
            )

        outputs, *moments = smart_cond(is_training, training, inference)
        if constant_value(is_training) in (None, True):
            update = updating(averages, tuple(moments), decay, zero_debias_moving_mean)
            outputs = _updated(outputs, update, averages, is_training, updates_collections)
        outputs.set_shape(shape)
        if images is not rows:
            outputs = reshaping.reshape(outputs, shape_of.shape(rows))
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def _as_images(inputs: Tensor, data_format: str) -> Tensor:
    """Rows as images of one pixel; images as they are."""
    shape = inputs.get_shape()
    if shape.ndims is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank")
    if shape.ndims not in (2, 4):
        raise ValueError(
            f"Inputs {inputs.name} has unsupported rank. Expected 2 or 4 but got {shape.ndims}"
        )
    if shape.ndims == 4:
        return inputs
    channels = shape.as_list()[-1]
    if channels is None:
        raise ValueError("`C` dimension must be known but is None")
    sizes = [-1, channels, 1, 1] if data_format == "NCHW" else [-1, 1, 1, channels]
    return reshaping.reshape(inputs, sizes)


def _updated(
    outputs: Tensor, update: Any, averages: Any, is_training: Any, collections: Any
) -> Tensor:
    """The outputs, with the updates before them where no collection takes the updates."""
    if collections is not None:
        for updated in smart_cond(is_training, update, lambda: averages):
            add_to_collections(collections, updated)
        return outputs

    def after_updates() -> Tensor:
        with control_dependencies(update()):
            return identity(outputs)

    return smart_cond(is_training, after_updates, lambda: outputs)
