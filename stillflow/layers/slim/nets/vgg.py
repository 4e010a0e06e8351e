"""The networks of the Visual Geometry Group (Simonyan and Zisserman, 2014)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.composing import repeat
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import fully_connected
from stillflow.layers.contrib.pooling import max_pool2d
from stillflow.layers.slim.nets import classifying
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope

_DEPTHS = (64, 128, 256, 512, 512)


def vgg_arg_scope(weight_decay: float = 0.0005) -> Scope:
    """The arguments of layers that these networks are meant for."""
    return classifying.decayed(weight_decay, Zeros())


def _vgg(name: str, repetitions: tuple[int, ...], by_name_scope: bool) -> Callable[..., Any]:
    """A network with so many convolutions of 3x3 between its poolings.

    `by_name_scope`: the layers' outputs are kept under the name scope, else the variable scope.
    """

    def network(
        inputs: Any,
        num_classes: int = 1000,
        is_training: Any = True,
        dropout_keep_prob: float = 0.5,
        spatial_squeeze: bool = True,
        scope: Any = name,
    ) -> tuple[Tensor, classifying.EndPoints]:
        """Returns logits f[n, num_classes], and the outputs of all layers by their names.

        inputs: f[n, 224, 224, 3]; larger ones give f[n, h, w, num_classes] without
        `spatial_squeeze`.
        """
        with variable_scope(scope, name, [inputs]) as opened:
            kept = opened.original_name_scope if by_name_scope else opened.name
            collection = f"{kept}_end_points"
            with arg_scope([conv2d, fully_connected, max_pool2d], outputs_collections=collection):
                net = inputs
                for block, (count, depth) in enumerate(zip(repetitions, _DEPTHS, strict=True), 1):
                    net = repeat(net, count, conv2d, depth, [3, 3], scope=f"conv{block}")
                    net = max_pool2d(net, [2, 2], scope=f"pool{block}")
                net = classifying.classified(
                    net, [4096, 4096], [7, 7], num_classes, is_training, dropout_keep_prob
                )
                return classifying.with_end_points(net, collection, spatial_squeeze, opened.name)

    network.__name__ = network.__qualname__ = name
    network.default_image_size = 224  # type: ignore[attr-defined]
    return network


vgg_a = _vgg("vgg_a", (1, 1, 2, 2, 2), by_name_scope=True)
vgg_16 = vgg_d = _vgg("vgg_16", (2, 2, 3, 3, 3), by_name_scope=True)
vgg_19 = vgg_e = _vgg("vgg_19", (2, 2, 4, 4, 4), by_name_scope=False)
