"""Convolutions of each channel by itself, which a product over channels may follow."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.collecting import (
    add_variable_to_collections,
    get_variable_collections,
)
from stillflow.layers.contrib.common import finished, normalized, parameter, renaming_getter
from stillflow.layers.contrib.sizes import (
    channel_dimension,
    check_layout,
    core_layout,
    two_element_tuple,
)
from stillflow.layers.scoped import separable
from stillflow.ops.nn import activations, bias, depthwise
from stillflow.ops.variables.contrib_initializers import xavier_initializer
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope

_NAMES = {
    "bias": "biases",
    "depthwise_kernel": "depthwise_weights",
    "pointwise_kernel": "pointwise_weights",
}


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = xavier_initializer(),  # noqa: B008  # as in TensorFlow
    pointwise_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = Zeros(),  # noqa: B008
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """Returns images of which each channel was correlated with `depth_multiplier` filters.

    Then `num_outputs` sums over channels are taken; with None they are left out, and so is the
    variable `pointwise_weights`. `pointwise_initializer` is its, None for `weights_initializer`.
    The other arguments are those of `conv2d`. Chollet, 2017.

    Raises:
      ValueError: another `data_format`, or the number of channels is not known.
    """
    check_layout(data_format, "NCHW", "NHWC")
    with variable_scope(
        scope, "SeparableConv2d", [inputs], reuse=reuse, custom_getter=renaming_getter(_NAMES)
    ) as opened:
        inputs = convert_to_tensor(inputs)
        common = {
            "kernel_size": kernel_size,
            "depth_multiplier": depth_multiplier,
            "weights_initializer": weights_initializer,
            "weights_regularizer": weights_regularizer,
            "biases_initializer": None if normalizer_fn else biases_initializer,
            "biases_regularizer": biases_regularizer,
            "variables_collections": variables_collections,
            "trainable": trainable,
        }
        if num_outputs is None:
            outputs = _depthwise(inputs, stride, padding, data_format, rate, **common)
        else:
            layer = separable.SeparableConv2D(
                filters=num_outputs,
                kernel_size=kernel_size,
                strides=stride,
                padding=padding,
                data_format=core_layout(data_format),
                dilation_rate=two_element_tuple(rate),
                activation=None,
                depth_multiplier=depth_multiplier,
                use_bias=not normalizer_fn and biases_initializer,
                depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer or weights_initializer,
                bias_initializer=biases_initializer,
                depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                activity_regularizer=None,
                trainable=trainable,
                name=opened.name,
                dtype=inputs.dtype.base_dtype,
                _scope=opened,
                _reuse=reuse,
            )
            outputs = layer.apply(inputs)
            add_variable_to_collections(layer.depthwise_kernel, variables_collections, "weights")
            add_variable_to_collections(layer.pointwise_kernel, variables_collections, "weights")
            if layer.bias is not None:
                add_variable_to_collections(layer.bias, variables_collections, "biases")
        outputs = normalized(outputs, normalizer_fn, normalizer_params)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def _depthwise(
    inputs: Tensor,
    stride: Any,
    padding: str,
    data_format: str,
    rate: Any,
    *,
    kernel_size: Any,
    depth_multiplier: int,
    weights_initializer: Any,
    weights_regularizer: Any,
    biases_initializer: Any,
    biases_regularizer: Any,
    variables_collections: Any,
    trainable: bool,
) -> Tensor:
    dtype = inputs.dtype.base_dtype
    height, width = two_element_tuple(kernel_size)
    down, across = two_element_tuple(stride)
    channels = channel_dimension(inputs.get_shape(), core_layout(data_format), min_rank=4)
    collections = get_variable_collections(variables_collections, "weights")
    weights = model_variable(
        "depthwise_weights",
        shape=[height, width, channels, depth_multiplier],
        dtype=dtype,
        initializer=weights_initializer,
        regularizer=weights_regularizer,
        trainable=trainable,
        collections=collections,
    )
    strides = [1, 1, down, across] if data_format == "NCHW" else [1, down, across, 1]
    outputs = depthwise.depthwise_conv2d(
        inputs, weights, strides, padding, rate=two_element_tuple(rate), data_format=data_format
    )
    if biases_initializer is None:
        return outputs
    biases = parameter(
        "biases",
        [channels * depth_multiplier],
        dtype,
        biases_initializer,
        variables_collections,
        regularizer=biases_regularizer,
        trainable=trainable,
    )
    return bias.bias_add(outputs, biases, data_format=data_format)


separable_conv2d = separable_convolution2d
