"""The language that the Inception networks are written in: steps, branches, stages.

A step is a function of a tensor. A branch is a list of steps. A stage is a name and a step; its
output is an end point of that name. What depends on the multiplier of depths is made by `Sized`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.batch_norm import batch_norm
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.dense import dropout, fully_connected
from stillflow.layers.contrib.pooling import avg_pool2d, max_pool2d
from stillflow.ops.array import joining, reshaping
from stillflow.ops.nn import activations
from stillflow.ops.variables.contrib_initializers import variance_scaling_initializer
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.regularizers import l2_regularizer
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, arg_scope

Step = Callable[[Tensor], Tensor]
Stage = tuple[str, Step]
EndPoints = dict[str, Tensor]


class Sized:
    """Makes convolutions whose depths are multiplied, and not below a least one.

    Raises:
      ValueError: the multiplier is not positive.
    """

    def __init__(self, depth_multiplier: float = 1.0, min_depth: int = 0):
        if depth_multiplier <= 0:
            raise ValueError("depth_multiplier is not greater than zero.")
        self._multiplier, self._least = depth_multiplier, min_depth

    def depth(self, depth: int) -> int:
        return max(int(depth * self._multiplier), self._least)

    def conv(
        self,
        depth: int,
        height: int,
        width: int,
        scope: str,
        stddev: float | None = None,
        **options: Any,
    ) -> Step:
        """A convolution; `stddev` is of its initial weights, where they are not the usual ones."""
        if stddev is not None:
            options["weights_initializer"] = TruncatedNormal(0.0, stddev)
        return lambda net: conv2d(net, self.depth(depth), [height, width], scope=scope, **options)


def max_pool(size: int, scope: str, **options: Any) -> Step:
    return lambda net: max_pool2d(net, [size, size], scope=scope, **options)


def avg_pool(size: int, scope: str, **options: Any) -> Step:
    return lambda net: avg_pool2d(net, [size, size], scope=scope, **options)


def split(*steps: Step) -> Step:
    """The outputs of several steps of one input, joined along the channels."""
    return lambda net: joining.concat([step(net) for step in steps], 3)


def mixed(name: str, *branches: Sequence[Step]) -> Stage:
    """A stage: the outputs of branches, joined along the channels."""

    def step(net: Tensor) -> Tensor:
        outputs = []
        with variable_scope(name):
            for number, branch in enumerate(branches):
                with variable_scope(f"Branch_{number}"):
                    output = net
                    for part in branch:
                        output = part(output)
                    outputs.append(output)
            return joining.concat(outputs, 3)

    return name, step


def run_stages(
    net: Tensor, stages: Iterable[Stage], final_endpoint: str, end_points: EndPoints
) -> tuple[Tensor, bool]:
    """Builds stages up to the final one, if it is among them; whether it was."""
    for name, step in stages:
        net = end_points[name] = step(net)
        if name == final_endpoint:
            return net, True
    return net, False


def unknown(final_endpoint: str) -> ValueError:
    return ValueError(f"Unknown final endpoint {final_endpoint}")


def reduced(net: Tensor, size: int) -> list[int]:
    """The kernel of a pooling over `size` pixels both ways, or over all where there are fewer."""
    _, height, width, _ = net.get_shape().as_list()
    if height is None or width is None:
        return [size, size]
    return [min(height, size), min(width, size)]


def logits_of(net: Tensor, num_classes: int, scope: str, spatial_squeeze: bool) -> Tensor:
    """f[n, 1, 1, c] -> f[n, num_classes], or f[n, h, w, num_classes]"""
    logits = conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope=scope)
    return reshaping.squeeze(logits, [1, 2], name="SpatialSqueeze") if spatial_squeeze else logits


def training_scope(is_training: Any) -> Any:
    """Says to batch normalisation and dropout whether this is training."""
    return arg_scope([batch_norm, dropout], is_training=is_training)


def inception_arg_scope(
    weight_decay: float, variables_collection: str, normalized: bool = True, **normalizer: Any
) -> Scope:
    """The arguments of layers that Inception networks are meant for, for `arg_scope`."""
    params = {
        "decay": 0.9997,
        "epsilon": 0.001,
        "updates_collections": GraphKeys.UPDATE_OPS,
        "variables_collections": {
            "beta": None,
            "gamma": None,
            "moving_mean": [variables_collection],
            "moving_variance": [variables_collection],
        },
        **normalizer,
    }
    with (
        arg_scope([conv2d, fully_connected], weights_regularizer=l2_regularizer(weight_decay)),
        arg_scope(
            [conv2d],
            weights_initializer=variance_scaling_initializer(),
            activation_fn=activations.relu,
            normalizer_fn=batch_norm if normalized else None,
            normalizer_params=params if normalized else {},
        ) as scope,
    ):
        return scope
