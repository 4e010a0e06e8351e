"""How AlexNet, OverFeat and VGG end: fully connected layers as convolutions, and named outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.collecting import convert_collection_to_dict
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import dropout, fully_connected
from stillflow.layers.contrib.pooling import max_pool2d
from stillflow.ops.array import reshaping
from stillflow.ops.nn import activations
from stillflow.ops.variables.regularizers import l2_regularizer
from stillflow.platform.arg_scope import Scope, arg_scope

EndPoints = dict[str, Tensor]


def decayed(weight_decay: float, biases_initializer: Any, **padding_of_pools: Any) -> Scope:
    """Arguments of layers with ReLU and weights that decay, for `arg_scope`."""
    with (
        arg_scope(
            [conv2d, fully_connected],
            activation_fn=activations.relu,
            weights_regularizer=l2_regularizer(weight_decay),
            biases_initializer=biases_initializer,
        ),
        arg_scope([conv2d], padding="SAME"),
        arg_scope([max_pool2d], **padding_of_pools) as scope,
    ):
        return scope


def classified(
    net: Tensor,
    depths: Sequence[int],
    kernel_size: Sequence[int],
    num_classes: int,
    is_training: Any,
    dropout_keep_prob: float,
    **last_options: Any,
) -> Tensor:
    """Two layers with dropout behind each, and the logits: f[n, h, w, num_classes]."""
    net = conv2d(net, depths[0], kernel_size, padding="VALID", scope="fc6")
    net = dropout(net, dropout_keep_prob, is_training=is_training, scope="dropout6")
    net = conv2d(net, depths[1], [1, 1], scope="fc7")
    net = dropout(net, dropout_keep_prob, is_training=is_training, scope="dropout7")
    return conv2d(
        net,
        num_classes,
        [1, 1],
        activation_fn=None,
        normalizer_fn=None,
        scope="fc8",
        **last_options,
    )


def with_end_points(
    net: Tensor, collection: str, spatial_squeeze: bool, scope_name: str
) -> tuple[Tensor, EndPoints]:
    """The logits, without height and width if wanted, and every layer's output by its name."""
    end_points = convert_collection_to_dict(collection)
    if spatial_squeeze:
        net = reshaping.squeeze(net, [1, 2], name="fc8/squeezed")
        end_points[f"{scope_name}/fc8"] = net
    return net, end_points
