"""Convolutions of sequences, images and volumes, and their transposes.

Common arguments:
  inputs: f[n, ..., c], or f[n, c, ...] where `data_format` starts with "NC".
  num_outputs: the number of filters.
  kernel_size, stride, rate: a number, or one for each axis; `rate` is the distance of the pixels
    under a filter.
  activation_fn: applied to the result; None for none.
  normalizer_fn, normalizer_params: applied before, in place of biases, with these keywords.
  weights_initializer, weights_regularizer, biases_initializer, biases_regularizer: of `weights` and
    `biases`; without an initializer there are no biases.
  variables_collections: for the variables, of both or by name.
  outputs_collections: what the result is added to, under the layer's name.

Raises:
  ValueError: the rank or the number of channels is not known or does not fit, or another
    `data_format`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.common import applied, finished, normalized, renaming_getter
from stillflow.layers.contrib.sizes import check_layout, core_layout
from stillflow.layers.scoped import convolutional, transposed
from stillflow.ops.nn import activations
from stillflow.ops.variables.contrib_initializers import xavier_initializer
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope

_LAYOUTS = (None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")
_BY_RANK = {3: convolutional.Conv1D, 4: convolutional.Conv2D, 5: convolutional.Conv3D}
_NAMES = {"bias": "biases", "kernel": "weights"}


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = xavier_initializer(),  # noqa: B008  # as in TensorFlow
    weights_regularizer: Any = None,
    biases_initializer: Any = Zeros(),  # noqa: B008
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    conv_dims: int | None = None,
) -> Tensor:
    """Returns `inputs` correlated with filters, plus biases, normalised, activated.

    `conv_dims` is the number of axes between batch and channels, where it has to be this one.
    """
    if data_format not in _LAYOUTS:
        raise ValueError(f"Invalid data_format: {data_format!r}")
    with variable_scope(
        scope, "Conv", [inputs], reuse=reuse, custom_getter=renaming_getter(_NAMES)
    ) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
        if rank not in _BY_RANK:
            raise ValueError("Convolution not supported for input with rank", rank)
        layer = _BY_RANK[rank](
            filters=num_outputs,
            kernel_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=core_layout(data_format),
            dilation_rate=rate,
            activation=None,
            use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            activity_regularizer=None,
            trainable=trainable,
            name=opened.name,
            dtype=inputs.dtype.base_dtype,
            _scope=opened,
            _reuse=reuse,
        )
        outputs = applied(layer, inputs, variables_collections)
        outputs = normalized(outputs, normalizer_fn, normalizer_params)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def _over(conv_dims: int, name: str) -> Callable[..., Tensor]:
    """`convolution` of inputs of one rank."""

    def layer(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str | None = None,
        rate: Any = 1,
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
        return convolution(
            inputs,
            num_outputs,
            kernel_size,
            stride,
            padding,
            data_format,
            rate,
            activation_fn,
            normalizer_fn,
            normalizer_params,
            weights_initializer,
            weights_regularizer,
            biases_initializer,
            biases_regularizer,
            reuse,
            variables_collections,
            outputs_collections,
            trainable,
            scope,
            conv_dims=conv_dims,
        )

    layer.__name__ = layer.__qualname__ = name  # by which `repeat` and `stack` name scopes
    layer.__doc__ = convolution.__doc__
    return add_arg_scope(layer)


convolution1d = conv1d = _over(1, "convolution1d")
convolution2d = conv2d = _over(2, "convolution2d")
convolution3d = conv3d = _over(3, "convolution3d")


def _transposed(
    name: str, scope_name: str, layer_class: Any, channels_first: str, channels_last: str
) -> Callable[..., Tensor]:
    """The transpose of a convolution of inputs of one rank."""

    def layer(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = "SAME",
        data_format: str = channels_last,
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
        """Returns `inputs` enlarged by `stride`: the gradient of a convolution, plus biases."""
        with variable_scope(
            scope, scope_name, [inputs], reuse=reuse, custom_getter=renaming_getter(_NAMES)
        ) as opened:
            check_layout(data_format, channels_first, channels_last)
            inputs = convert_to_tensor(inputs)
            made = layer_class(
                filters=num_outputs,
                kernel_size=kernel_size,
                strides=stride,
                padding=padding,
                data_format=core_layout(data_format),
                activation=None,
                use_bias=not normalizer_fn and biases_initializer,
                kernel_initializer=weights_initializer,
                bias_initializer=biases_initializer,
                kernel_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                activity_regularizer=None,
                trainable=trainable,
                name=opened.name,
                dtype=inputs.dtype.base_dtype,
                _scope=opened,
                _reuse=reuse,
            )
            outputs = applied(made, inputs, variables_collections)
            outputs = normalized(outputs, normalizer_fn, normalizer_params)
            return finished(outputs, activation_fn, outputs_collections, opened.name)

    layer.__name__ = layer.__qualname__ = name
    return add_arg_scope(layer)


convolution2d_transpose = conv2d_transpose = _transposed(
    *("convolution2d_transpose", "Conv2d_transpose", transposed.Conv2DTranspose),
    *("NCHW", "NHWC"),
)
convolution3d_transpose = conv3d_transpose = _transposed(
    *("convolution3d_transpose", "Conv3d_transpose", transposed.Conv3DTranspose),
    *("NCDHW", "NDHWC"),
)
