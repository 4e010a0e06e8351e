"""Pooling of sequences, images and volumes.

Common arguments:
  inputs: f[n, ..., c], or f[n, c, ...] where `data_format` starts with "NC".
  kernel_size, stride: a number, or one for each axis.
  outputs_collections: what the result is added to, under the layer's name.

Raises:
  ValueError: another `data_format`, or a rank that does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.contrib.collecting import collect_named_outputs
from stillflow.layers.contrib.sizes import check_layout, core_layout, n_positive_integers
from stillflow.layers.scoped import pooling
from stillflow.ops.nn import any_rank
from stillflow.platform.arg_scope import add_arg_scope


def _pooling(
    name: str, scope_name: str, layer_class: Any, channels_first: str, channels_last: str
) -> Callable[..., Tensor]:
    def layer(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        data_format: str = channels_last,
        outputs_collections: Any = None,
        scope: Any = None,
    ) -> Tensor:
        """Returns what is pooled from each window."""
        check_layout(data_format, channels_first, channels_last)
        with name_scope(scope, scope_name, [inputs]) as opened:
            inputs = convert_to_tensor(inputs)
            made = layer_class(
                pool_size=kernel_size,
                strides=stride,
                padding=padding,
                data_format=core_layout(data_format),
                _scope=opened,
            )
            return collect_named_outputs(outputs_collections, opened, made.apply(inputs))

    layer.__name__ = layer.__qualname__ = name
    return add_arg_scope(layer)


_IMAGES, _VOLUMES = ("NCHW", "NHWC"), ("NCDHW", "NDHWC")
avg_pool2d = _pooling("avg_pool2d", "AvgPool2D", pooling.AveragePooling2D, *_IMAGES)
avg_pool3d = _pooling("avg_pool3d", "AvgPool3D", pooling.AveragePooling3D, *_VOLUMES)
max_pool2d = _pooling("max_pool2d", "MaxPool2D", pooling.MaxPooling2D, *_IMAGES)
max_pool3d = _pooling("max_pool3d", "MaxPool3D", pooling.MaxPooling3D, *_VOLUMES)


@add_arg_scope
def pool(
    inputs: Any,
    kernel_size: Any,
    pooling_type: str,
    padding: str = "VALID",
    data_format: str | None = None,
    dilation_rate: Any = 1,
    stride: Any = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Tensor:
    """`tf.nn.pool` over all axes but batch and channels; `pooling_type` is "AVG" or "MAX"."""
    with name_scope(scope, f"{pooling_type.lower()}_pool", [inputs]) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        if rank is None:
            raise ValueError("Rank of inputs must be known")
        if rank < 3:
            raise ValueError("Rank of inputs must be >= 3")
        axes = rank - 2
        outputs = any_rank.pool(
            input=inputs,
            window_shape=n_positive_integers(axes, kernel_size),
            pooling_type=pooling_type,
            padding=padding,
            data_format=data_format,
            dilation_rate=n_positive_integers(axes, dilation_rate),
            strides=n_positive_integers(axes, stride),
            name=opened,
        )
        return collect_named_outputs(outputs_collections, opened, outputs)
