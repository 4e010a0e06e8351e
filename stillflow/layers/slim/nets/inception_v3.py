"""Inception v3 (Szegedy et al., 2015, "Rethinking the Inception architecture ...")."""

from __future__ import annotations

from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.arranging import softmax
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import dropout
from stillflow.layers.contrib.pooling import avg_pool2d, max_pool2d
from stillflow.layers.slim.nets import inception_parts as parts
from stillflow.ops.array import reshaping
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope

_VALID: dict[str, Any] = {"stride": 2, "padding": "VALID"}


def _stem(sized: parts.Sized) -> list[parts.Stage]:
    conv = sized.conv
    return [
        ("Conv2d_1a_3x3", conv(32, 3, 3, "Conv2d_1a_3x3", stride=2)),
        ("Conv2d_2a_3x3", conv(32, 3, 3, "Conv2d_2a_3x3")),
        ("Conv2d_2b_3x3", conv(64, 3, 3, "Conv2d_2b_3x3", padding="SAME")),
        ("MaxPool_3a_3x3", parts.max_pool(3, "MaxPool_3a_3x3", stride=2)),
        ("Conv2d_3b_1x1", conv(80, 1, 1, "Conv2d_3b_1x1")),
        ("Conv2d_4a_3x3", conv(192, 3, 3, "Conv2d_4a_3x3")),
        ("MaxPool_5a_3x3", parts.max_pool(3, "MaxPool_5a_3x3", stride=2)),
    ]


def _pooled(sized: parts.Sized, depth: int) -> list[parts.Step]:
    return [
        parts.avg_pool(3, "AvgPool_0a_3x3"),
        sized.conv(depth, 1, 1, "Conv2d_0b_1x1"),
    ]


def _mixed_5(sized: parts.Sized, name: str, pooled_depth: int) -> parts.Stage:
    """35 x 35: 1x1; 5x5; 3x3 twice; pooling."""
    conv = sized.conv
    # The names of one block differ from its likes: those of TensorFlow's checkpoints.
    narrow, wide = (
        ("Conv2d_0b_1x1", "Conv_1_0c_5x5")
        if name == "Mixed_5c"
        else ("Conv2d_0a_1x1", "Conv2d_0b_5x5")
    )
    return parts.mixed(
        name,
        [conv(64, 1, 1, "Conv2d_0a_1x1")],
        [conv(48, 1, 1, narrow), conv(64, 5, 5, wide)],
        [
            conv(64, 1, 1, "Conv2d_0a_1x1"),
            conv(96, 3, 3, "Conv2d_0b_3x3"),
            conv(96, 3, 3, "Conv2d_0c_3x3"),
        ],
        _pooled(sized, pooled_depth),
    )


def _mixed_6a(sized: parts.Sized) -> parts.Stage:
    """35 x 35 to 17 x 17."""
    conv = sized.conv
    return parts.mixed(
        "Mixed_6a",
        [conv(384, 3, 3, "Conv2d_1a_1x1", **_VALID)],
        [
            conv(64, 1, 1, "Conv2d_0a_1x1"),
            conv(96, 3, 3, "Conv2d_0b_3x3"),
            conv(96, 3, 3, "Conv2d_1a_1x1", **_VALID),
        ],
        [parts.max_pool(3, "MaxPool_1a_3x3", **_VALID)],
    )


def _mixed_6(sized: parts.Sized, name: str, depth: int) -> parts.Stage:
    """17 x 17: 1x1; 7x7 as 1x7 and 7x1; that twice; pooling. `depth` is that on the way."""
    conv = sized.conv
    return parts.mixed(
        name,
        [conv(192, 1, 1, "Conv2d_0a_1x1")],
        [
            conv(depth, 1, 1, "Conv2d_0a_1x1"),
            conv(depth, 1, 7, "Conv2d_0b_1x7"),
            conv(192, 7, 1, "Conv2d_0c_7x1"),
        ],
        [
            conv(depth, 1, 1, "Conv2d_0a_1x1"),
            conv(depth, 7, 1, "Conv2d_0b_7x1"),
            conv(depth, 1, 7, "Conv2d_0c_1x7"),
            conv(depth, 7, 1, "Conv2d_0d_7x1"),
            conv(192, 1, 7, "Conv2d_0e_1x7"),
        ],
        _pooled(sized, 192),
    )


def _mixed_7a(sized: parts.Sized) -> parts.Stage:
    """17 x 17 to 8 x 8."""
    conv = sized.conv
    return parts.mixed(
        "Mixed_7a",
        [conv(192, 1, 1, "Conv2d_0a_1x1"), conv(320, 3, 3, "Conv2d_1a_3x3", **_VALID)],
        [
            conv(192, 1, 1, "Conv2d_0a_1x1"),
            conv(192, 1, 7, "Conv2d_0b_1x7"),
            conv(192, 7, 1, "Conv2d_0c_7x1"),
            conv(192, 3, 3, "Conv2d_1a_3x3", **_VALID),
        ],
        [parts.max_pool(3, "MaxPool_1a_3x3", **_VALID)],
    )


def _mixed_7(sized: parts.Sized, name: str, tall: str) -> parts.Stage:
    """8 x 8: 1x1; 1x3 beside 3x1; 3x3, then 1x3 beside 3x1; pooling."""
    conv = sized.conv
    return parts.mixed(
        name,
        [conv(320, 1, 1, "Conv2d_0a_1x1")],
        [
            conv(384, 1, 1, "Conv2d_0a_1x1"),
            parts.split(conv(384, 1, 3, "Conv2d_0b_1x3"), conv(384, 3, 1, tall)),
        ],
        [
            conv(448, 1, 1, "Conv2d_0a_1x1"),
            conv(384, 3, 3, "Conv2d_0b_3x3"),
            parts.split(conv(384, 1, 3, "Conv2d_0c_1x3"), conv(384, 3, 1, "Conv2d_0d_3x1")),
        ],
        _pooled(sized, 192),
    )


def _blocks(sized: parts.Sized) -> list[parts.Stage]:
    return [
        _mixed_5(sized, "Mixed_5b", 32),
        _mixed_5(sized, "Mixed_5c", 64),
        _mixed_5(sized, "Mixed_5d", 64),
        _mixed_6a(sized),
        _mixed_6(sized, "Mixed_6b", 128),
        _mixed_6(sized, "Mixed_6c", 160),
        _mixed_6(sized, "Mixed_6d", 160),
        _mixed_6(sized, "Mixed_6e", 192),
        _mixed_7a(sized),
        _mixed_7(sized, "Mixed_7b", "Conv2d_0b_3x1"),
        _mixed_7(sized, "Mixed_7c", "Conv2d_0c_3x1"),
    ]


def _as_wide() -> Any:
    """Layers keep height and width, where they do not say otherwise."""
    return arg_scope([conv2d, max_pool2d, avg_pool2d], stride=1, padding="SAME")


def inception_v3_base(
    inputs: Any,
    final_endpoint: str = "Mixed_7c",
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
    sized = parts.Sized(depth_multiplier, min_depth)
    with variable_scope(scope, "InceptionV3", [inputs]):
        with arg_scope([conv2d, max_pool2d, avg_pool2d], stride=1, padding="VALID"):
            net, is_final = parts.run_stages(inputs, _stem(sized), final_endpoint, end_points)
        if not is_final:
            with _as_wide():
                net, is_final = parts.run_stages(net, _blocks(sized), final_endpoint, end_points)
    if not is_final:
        raise parts.unknown(final_endpoint)
    return net, end_points


def inception_v3(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.8,
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: Any = None,
    scope: Any = "InceptionV3",
) -> tuple[Tensor, parts.EndPoints]:
    """Returns logits f[n, num_classes], and the end points.

    Among them are "Logits", "Predictions", and "AuxLogits", those of a classifier half way, which
    helps in training. inputs: f[n, 299, 299, 3]; larger ones give f[n, h, w, num_classes] without
    `spatial_squeeze`. The depths are those of `inception_v3_base`; `prediction_fn` makes the
    predictions.
    """
    sized = parts.Sized(depth_multiplier, min_depth)
    sizes: dict[str, Any] = {"min_depth": min_depth, "depth_multiplier": depth_multiplier}
    with (
        variable_scope(scope, "InceptionV3", [inputs, num_classes], reuse=reuse) as opened,
        parts.training_scope(is_training),
    ):
        net, end_points = inception_v3_base(inputs, scope=opened, **sizes)
        with _as_wide(), variable_scope("AuxLogits"):
            end_points["AuxLogits"] = _auxiliary(
                end_points["Mixed_6e"], sized, num_classes, spatial_squeeze
            )
        with variable_scope("Logits"):
            kernel = parts.reduced(net, 8)
            name = "AvgPool_1a_{}x{}".format(*kernel)
            net = avg_pool2d(net, kernel, padding="VALID", scope=name)
            net = dropout(net, keep_prob=dropout_keep_prob, scope="Dropout_1b")
            end_points["PreLogits"] = net
            logits = parts.logits_of(net, num_classes, "Conv2d_1c_1x1", spatial_squeeze)
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


inception_v3.default_image_size = 299  # type: ignore[attr-defined]


def _auxiliary(net: Tensor, sized: parts.Sized, num_classes: int, spatial_squeeze: bool) -> Tensor:
    net = avg_pool2d(net, [5, 5], stride=3, padding="VALID", scope="AvgPool_1a_5x5")
    net = conv2d(net, sized.depth(128), [1, 1], scope="Conv2d_1b_1x1")
    kernel = parts.reduced(net, 5)
    net = conv2d(
        net,
        sized.depth(768),
        kernel,
        weights_initializer=TruncatedNormal(0.0, 0.01),
        padding="VALID",
        scope="Conv2d_2a_{}x{}".format(*kernel),
    )
    net = conv2d(
        net,
        num_classes,
        [1, 1],
        activation_fn=None,
        normalizer_fn=None,
        weights_initializer=TruncatedNormal(0.0, 0.001),
        scope="Conv2d_2b_1x1",
    )
    return reshaping.squeeze(net, [1, 2], name="SpatialSqueeze") if spatial_squeeze else net


def inception_v3_arg_scope(
    weight_decay: float = 0.00004,
    batch_norm_var_collection: str = "moving_vars",
    batch_norm_decay: float = 0.9997,
    batch_norm_epsilon: float = 0.001,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    use_fused_batchnorm: bool = True,
) -> Scope:
    """The arguments of layers that `inception_v3` is meant for."""
    return parts.inception_arg_scope(
        weight_decay,
        batch_norm_var_collection,
        decay=batch_norm_decay,
        epsilon=batch_norm_epsilon,
        updates_collections=updates_collections,
        fused=use_fused_batchnorm,
    )
