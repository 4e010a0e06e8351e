"""Layers of few weights, built without a `tf.layers` class: biases, planes, and old dense ones."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections
from stillflow.layers.contrib.common import finished, normalized, parameter
from stillflow.layers.contrib.sizes import check_layout, last_dimension, two_element_tuple
from stillflow.ops.array import reshaping, shape_of, stacking, tiling
from stillflow.ops.linalg import products
from stillflow.ops.nn import activations, bias, depthwise
from stillflow.ops.variables.contrib_initializers import xavier_initializer
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Any = None,
    initializer: Any = Zeros(),  # noqa: B008  # as in TensorFlow; it holds no state
    regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Tensor:
    """Returns f[..., c] (or f[n, c, h, w], "NCHW") plus the variable `biases`, f[c].

    Raises:
      ValueError: another `data_format`, "NCHW" with a rank other than 4, or the rank or the number
        of channels is not known.
    """
    check_layout(data_format, "NCHW", "NHWC")
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        shape = inputs.get_shape()
        if shape.ndims is None:
            raise ValueError("Dims of shape must be known but is None")
        if shape.ndims != 4 and data_format == "NCHW":
            raise ValueError("Data format NCHW only supports 4D Tensor")
        channels = shape.as_list()[1 if data_format == "NCHW" else -1]
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = parameter(
            "biases",
            [channels],
            inputs.dtype.base_dtype,
            initializer,
            variables_collections,
            regularizer=regularizer,
            trainable=trainable,
        )
        outputs = bias.bias_add(inputs, biases, data_format=data_format)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def convolution2d_in_plane(
    inputs: Tensor,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = xavier_initializer(),  # noqa: B008
    weights_regularizer: Any = None,
    biases_initializer: Any = Zeros(),  # noqa: B008
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """Returns images f[n, h, w, c] of which each channel is correlated with the same f[kh, kw].

    The biases, f[c], are left out where a normalizer follows.

    Raises:
      ValueError: the number of channels is not known.
    """
    with variable_scope(scope, "ConvInPlane", [inputs], reuse=reuse) as opened:
        dtype = inputs.dtype.base_dtype
        height, width = two_element_tuple(kernel_size)
        down, across = two_element_tuple(stride)
        channels = last_dimension(inputs.get_shape(), min_rank=4)
        made = functools.partial(
            parameter,
            dtype=dtype,
            variables_collections=variables_collections,
            trainable=trainable,
        )
        weights = made(
            "weights",
            [height, width, 1, 1],
            initializer=weights_initializer,
            regularizer=weights_regularizer,
        )
        filters = tiling.tile(weights, [1, 1, channels, 1])
        outputs = depthwise.depthwise_conv2d(inputs, filters, [1, down, across, 1], padding)
        if normalizer_fn is not None:
            outputs = normalized(outputs, normalizer_fn, normalizer_params)
        elif biases_initializer is not None:
            biases = made(
                "biases",
                [channels],
                initializer=biases_initializer,
                regularizer=biases_regularizer,
            )
            outputs = bias.bias_add(outputs, biases)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def legacy_fully_connected(
    x: Any,
    num_output_units: int,
    activation_fn: Any = None,
    weight_init: Any = xavier_initializer(),  # noqa: B008
    bias_init: Any = Zeros(),  # noqa: B008
    name: Any = None,
    weight_collections: Iterable[str] | None = (GraphKeys.WEIGHTS,),
    bias_collections: Iterable[str] | None = (GraphKeys.BIASES,),
    output_collections: Iterable[str] | None = (GraphKeys.ACTIVATIONS,),
    trainable: bool = True,
    weight_regularizer: Any = None,
    bias_regularizer: Any = None,
) -> Tensor:
    """x: f[..., m] -> f[..., num_output_units]: x @ `weights` + `bias`.

    Raises:
      ValueError: the rank of x is below 2, or m is not known.
    """
    with variable_scope(name, "fully_connected", [x]):
        x = convert_to_tensor(x)
        units = _input_units(x)
        made = functools.partial(get_variable, dtype=x.dtype.base_dtype, trainable=trainable)
        weights = made(
            "weights",
            shape=[units, num_output_units],
            initializer=weight_init,
            collections=_with_global(weight_collections),
            regularizer=weight_regularizer,
        )
        rank = x.get_shape().ndims
        rows = x if rank == 2 else reshaping.reshape(x, [-1, units])
        outputs = products.matmul(rows, weights)
        if bias_init is not None:
            biases = made(
                "bias",
                shape=[num_output_units],
                initializer=bias_init,
                collections=_with_global(bias_collections),
                regularizer=bias_regularizer,
            )
            outputs = bias.bias_add(outputs, biases)
        if rank != 2:
            sizes = [*stacking.unstack(shape_of.shape(x))[:-1], num_output_units]
            outputs = reshaping.reshape(outputs, stacking.stack(sizes))
            outputs.set_shape([*x.get_shape().as_list()[:-1], num_output_units])
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        collections = [*(output_collections or []), GraphKeys.ACTIVATIONS]
        add_to_collections(list(dict.fromkeys(collections)), outputs)
        return outputs


def _input_units(x: Tensor) -> int:
    dims = x.get_shape().dims
    if dims is None:
        raise ValueError("dims of x must be known but is None")
    if len(dims) < 2:
        raise ValueError(f"rank of x must be at least 2 not: {len(dims)}")
    if dims[-1].value is None:
        raise ValueError("last dimension of x must be known but is None")
    return dims[-1].value


def _with_global(collections: Iterable[str] | None) -> list[str]:
    return list(dict.fromkeys([*(collections or []), GraphKeys.GLOBAL_VARIABLES]))


legacy_relu = functools.partial(legacy_fully_connected, activation_fn=activations.relu)
legacy_linear = functools.partial(legacy_fully_connected, activation_fn=None)
conv2d_in_plane = convolution2d_in_plane
