"""OverFeat (Sermanet et al., 2013)."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import fully_connected
from stillflow.layers.contrib.pooling import max_pool2d
from stillflow.layers.slim.nets import classifying
from stillflow.ops.variables.initializers import Constant, TruncatedNormal, Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope


def overfeat_arg_scope(weight_decay: float = 0.0005) -> Scope:
    """The arguments of layers that `overfeat` is meant for."""
    return classifying.decayed(weight_decay, Zeros(), padding="VALID")


def overfeat(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "overfeat",
) -> tuple[Tensor, classifying.EndPoints]:
    """Returns logits f[n, num_classes], and the outputs of all layers by their names.

    inputs: f[n, 231, 231, 3]; larger ones give f[n, h, w, num_classes] without `spatial_squeeze`.
    """
    with variable_scope(scope, "overfeat", [inputs]) as opened:
        collection = f"{opened.name}_end_points"
        with arg_scope([conv2d, fully_connected, max_pool2d], outputs_collections=collection):
            net = conv2d(inputs, 64, [11, 11], 4, padding="VALID", scope="conv1")
            net = max_pool2d(net, [2, 2], scope="pool1")
            net = conv2d(net, 256, [5, 5], padding="VALID", scope="conv2")
            net = max_pool2d(net, [2, 2], scope="pool2")
            net = conv2d(net, 512, [3, 3], scope="conv3")
            net = conv2d(net, 1024, [3, 3], scope="conv4")
            net = conv2d(net, 1024, [3, 3], scope="conv5")
            net = max_pool2d(net, [2, 2], scope="pool5")
            with arg_scope(
                [conv2d],
                weights_initializer=TruncatedNormal(0.0, 0.005),
                biases_initializer=Constant(0.1),
            ):
                net = classifying.classified(
                    net,
                    [3072, 4096],
                    [6, 6],
                    num_classes,
                    is_training,
                    dropout_keep_prob,
                    biases_initializer=Zeros(),
                )
            return classifying.with_end_points(net, collection, spatial_squeeze, opened.name)
