"""Inception v2 (Ioffe and Szegedy, 2015, "Batch normalization ...")."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.arranging import softmax
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import dropout
from stillflow.layers.contrib.pooling import avg_pool2d, max_pool2d
from stillflow.layers.contrib.separable import separable_conv2d
from stillflow.layers.slim.nets import inception_parts as parts
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope

# Depths of the branches: 1x1; 1x1 then 3x3; 1x1 then 3x3 twice; pooling then 1x1.
_DEPTHS: dict[str, tuple[int, int, int, int, int, int]] = {
    "Mixed_3b": (64, 64, 64, 64, 96, 32),
    "Mixed_3c": (64, 64, 96, 64, 96, 64),
    "Mixed_4b": (224, 64, 96, 96, 128, 128),
    "Mixed_4c": (192, 96, 128, 96, 128, 128),
    "Mixed_4d": (160, 128, 160, 128, 160, 96),
    "Mixed_4e": (96, 128, 192, 160, 192, 96),
    "Mixed_5b": (352, 192, 320, 160, 224, 128),
    "Mixed_5c": (352, 192, 320, 192, 224, 128),
}


def _mixed(sized: parts.Sized, name: str) -> parts.Stage:
    a, b1, b2, c1, c2, d = _DEPTHS[name]
    conv = sized.conv
    pool = (
        parts.max_pool(3, "MaxPool_0a_3x3")
        if name == "Mixed_5c"
        else parts.avg_pool(3, "AvgPool_0a_3x3")
    )
    return parts.mixed(
        name,
        [conv(a, 1, 1, "Conv2d_0a_1x1")],
        [conv(b1, 1, 1, "Conv2d_0a_1x1", 0.09), conv(b2, 3, 3, "Conv2d_0b_3x3")],
        [
            conv(c1, 1, 1, "Conv2d_0a_1x1", 0.09),
            conv(c2, 3, 3, "Conv2d_0b_3x3"),
            conv(c2, 3, 3, "Conv2d_0c_3x3"),
        ],
        [pool, conv(d, 1, 1, "Conv2d_0b_1x1", 0.1)],
    )


def _halving(
    sized: parts.Sized, name: str, first: tuple[int, int], second: tuple[int, int]
) -> parts.Stage:
    """Half the height and width: 1x1 then 3x3; 1x1 then 3x3 twice; pooling."""
    conv = sized.conv
    return parts.mixed(
        name,
        [
            conv(first[0], 1, 1, "Conv2d_0a_1x1", 0.09),
            conv(first[1], 3, 3, "Conv2d_1a_3x3", stride=2),
        ],
        [
            conv(second[0], 1, 1, "Conv2d_0a_1x1", 0.09),
            conv(second[1], 3, 3, "Conv2d_0b_3x3"),
            conv(second[1], 3, 3, "Conv2d_1a_3x3", stride=2),
        ],
        [parts.max_pool(3, "MaxPool_1a_3x3", stride=2)],
    )


def _stem(sized: parts.Sized) -> parts.Step:
    """A separable convolution: at first each channel by itself is cheap."""

    def step(net: Tensor) -> Tensor:
        depth = sized.depth(64)
        return separable_conv2d(
            net,
            depth,
            [7, 7],
            depth_multiplier=min(int(depth / 3), 8),
            stride=2,
            weights_initializer=TruncatedNormal(0.0, 1.0),
            scope="Conv2d_1a_7x7",
        )

    return step


def _stages(sized: parts.Sized) -> list[parts.Stage]:
    return [
        ("Conv2d_1a_7x7", _stem(sized)),
        ("MaxPool_2a_3x3", parts.max_pool(3, "MaxPool_2a_3x3", stride=2)),
        ("Conv2d_2b_1x1", sized.conv(64, 1, 1, "Conv2d_2b_1x1", 0.1)),
        ("Conv2d_2c_3x3", sized.conv(192, 3, 3, "Conv2d_2c_3x3")),
        ("MaxPool_3a_3x3", parts.max_pool(3, "MaxPool_3a_3x3", stride=2)),
        _mixed(sized, "Mixed_3b"),
        _mixed(sized, "Mixed_3c"),
        _halving(sized, "Mixed_4a", (128, 160), (64, 96)),
        *(_mixed(sized, f"Mixed_4{letter}") for letter in "bcde"),
        _halving(sized, "Mixed_5a", (128, 192), (192, 256)),
        _mixed(sized, "Mixed_5b"),
        _mixed(sized, "Mixed_5c"),
    ]


def inception_v2_base(
    inputs: Any,
    final_endpoint: str = "Mixed_5c",
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    scope: Any = None,
) -> tuple[Tensor, parts.EndPoints]:
    """Returns the network's output up to an end point, and all end points on the way.

    All depths are multiplied by `depth_multiplier`, and not below `min_depth`.

    Raises:
      ValueError: there is no such end point, or the multiplier is not positive.
    """
    end_points: parts.EndPoints = {}
    stages = _stages(parts.Sized(depth_multiplier, min_depth))
    with (
        variable_scope(scope, "InceptionV2", [inputs]),
        arg_scope([conv2d, max_pool2d, avg_pool2d, separable_conv2d], stride=1, padding="SAME"),
    ):
        net, is_final = parts.run_stages(inputs, stages, final_endpoint, end_points)
    if not is_final:
        raise parts.unknown(final_endpoint)
    return net, end_points


def inception_v2(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.8,
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: Any = None,
    scope: Any = "InceptionV2",
) -> tuple[Tensor, parts.EndPoints]:
    """Returns logits f[n, num_classes], and the end points, "Logits" and "Predictions" among them.

    inputs: f[n, 224, 224, 3]; larger ones give f[n, h, w, num_classes] without `spatial_squeeze`.
    The depths are those of `inception_v2_base`; `prediction_fn` makes the predictions.
    """
    sizes: dict[str, Any] = {"min_depth": min_depth, "depth_multiplier": depth_multiplier}
    parts.Sized(depth_multiplier)  # refuses it before anything is built
    with (
        variable_scope(scope, "InceptionV2", [inputs, num_classes], reuse=reuse) as opened,
        parts.training_scope(is_training),
    ):
        net, end_points = inception_v2_base(inputs, scope=opened, **sizes)
        with variable_scope("Logits"):
            kernel = parts.reduced(net, 7)
            name = "AvgPool_1a_{}x{}".format(*kernel)
            net = avg_pool2d(net, kernel, padding="VALID", scope=name)
            net = dropout(net, keep_prob=dropout_keep_prob, scope="Dropout_1b")
            logits = parts.logits_of(net, num_classes, "Conv2d_1c_1x1", spatial_squeeze)
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


inception_v2.default_image_size = 224  # type: ignore[attr-defined]


def inception_v2_arg_scope(
    weight_decay: float = 0.00004, batch_norm_var_collection: str = "moving_vars"
) -> Scope:
    """The arguments of layers that `inception_v2` is meant for."""
    return parts.inception_arg_scope(weight_decay, batch_norm_var_collection)
