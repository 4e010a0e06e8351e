"""GoogLeNet (Szegedy et al., 2014, "Going deeper with convolutions")."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.arranging import softmax
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import dropout, fully_connected
from stillflow.layers.contrib.pooling import avg_pool2d, max_pool2d
from stillflow.layers.slim.nets import inception_parts as parts
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope

_conv = parts.Sized().conv

# Depths of the branches: 1x1; 1x1 then 3x3; 1x1 then 3x3; pooling then 1x1.
_DEPTHS: dict[str, tuple[int, int, int, int, int, int]] = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}


def _mixed(name: str) -> parts.Stage:
    a, b1, b2, c1, c2, d = _DEPTHS[name]
    # One layer has another name than its likes: that of TensorFlow's checkpoints.
    last = "Conv2d_0a_3x3" if name == "Mixed_5b" else "Conv2d_0b_3x3"
    return parts.mixed(
        name,
        [_conv(a, 1, 1, "Conv2d_0a_1x1")],
        [_conv(b1, 1, 1, "Conv2d_0a_1x1"), _conv(b2, 3, 3, "Conv2d_0b_3x3")],
        [_conv(c1, 1, 1, "Conv2d_0a_1x1"), _conv(c2, 3, 3, last)],
        [parts.max_pool(3, "MaxPool_0a_3x3"), _conv(d, 1, 1, "Conv2d_0b_1x1")],
    )


def _pool(name: str, size: int) -> parts.Stage:
    return name, parts.max_pool(size, name, stride=2)


_STAGES: list[parts.Stage] = [
    ("Conv2d_1a_7x7", _conv(64, 7, 7, "Conv2d_1a_7x7", stride=2)),
    _pool("MaxPool_2a_3x3", 3),
    ("Conv2d_2b_1x1", _conv(64, 1, 1, "Conv2d_2b_1x1")),
    ("Conv2d_2c_3x3", _conv(192, 3, 3, "Conv2d_2c_3x3")),
    _pool("MaxPool_3a_3x3", 3),
    *map(_mixed, ("Mixed_3b", "Mixed_3c")),
    _pool("MaxPool_4a_3x3", 3),
    *map(_mixed, ("Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_4f")),
    _pool("MaxPool_5a_2x2", 2),
    *map(_mixed, ("Mixed_5b", "Mixed_5c")),
]


def inception_v1_base(
    inputs: Any, final_endpoint: str = "Mixed_5c", scope: Any = "InceptionV1"
) -> tuple[Tensor, parts.EndPoints]:
    """Returns the network's output up to an end point, and all end points on the way.

    Raises:
      ValueError: there is no such end point.
    """
    end_points: parts.EndPoints = {}
    with (
        variable_scope(scope, "InceptionV1", [inputs]),
        arg_scope([conv2d, fully_connected], weights_initializer=TruncatedNormal(0.0, 0.01)),
        arg_scope([conv2d, max_pool2d], stride=1, padding="SAME"),
    ):
        net, is_final = parts.run_stages(inputs, _STAGES, final_endpoint, end_points)
    if not is_final:
        raise parts.unknown(final_endpoint)
    return net, end_points


def inception_v1(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.8,
    prediction_fn: Any = softmax,
    spatial_squeeze: bool = True,
    reuse: Any = None,
    scope: Any = "InceptionV1",
) -> tuple[Tensor, parts.EndPoints]:
    """Returns logits f[n, num_classes], and the end points, "Logits" and "Predictions" among them.

    inputs: f[n, 224, 224, 3]; larger ones give f[n, h, w, num_classes] without `spatial_squeeze`.
    `prediction_fn` makes the predictions of the logits.
    """
    with (
        variable_scope(scope, "InceptionV1", [inputs, num_classes], reuse=reuse) as opened,
        parts.training_scope(is_training),
    ):
        net, end_points = inception_v1_base(inputs, scope=opened)
        with variable_scope("Logits"):
            net = avg_pool2d(net, [7, 7], stride=1, scope="MaxPool_0a_7x7")
            net = dropout(net, dropout_keep_prob, scope="Dropout_0b")
            logits = parts.logits_of(net, num_classes, "Conv2d_0c_1x1", spatial_squeeze)
            end_points["Logits"] = logits
            end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


inception_v1.default_image_size = 224  # type: ignore[attr-defined]


def inception_v1_arg_scope(
    weight_decay: float = 0.00004,
    use_batch_norm: bool = True,
    batch_norm_var_collection: str = "moving_vars",
) -> Scope:
    """The arguments of layers that `inception_v1` is meant for."""
    return parts.inception_arg_scope(weight_decay, batch_norm_var_collection, use_batch_norm)
