"""Residual networks that normalise before convolutions (He, Zhang, Ren and Sun, 2016)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.batch_norm import batch_norm
from stillflow.layers.contrib.collecting import collect_named_outputs
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.pooling import max_pool2d
from stillflow.layers.contrib.sizes import last_dimension
from stillflow.layers.slim.nets import resnet_utils
from stillflow.layers.slim.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope
from stillflow.ops.nn import activations
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope, arg_scope


@add_arg_scope
def bottleneck(
    inputs: Tensor,
    depth: int,
    depth_bottleneck: int,
    stride: int,
    rate: int = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Tensor:
    """Three convolutions, the middle one narrower, of the normalised input, added to the input."""
    with variable_scope(scope, "bottleneck_v2", [inputs]) as opened:
        depth_in = last_dimension(inputs.get_shape(), min_rank=4)
        normal = batch_norm(inputs, activation_fn=activations.relu, scope="preact")
        linear: dict[str, Any] = {"normalizer_fn": None, "activation_fn": None}
        if depth == depth_in:
            shortcut = resnet_utils.subsample(inputs, stride, "shortcut")
        else:
            shortcut = conv2d(normal, depth, [1, 1], stride=stride, scope="shortcut", **linear)
        net = conv2d(normal, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = resnet_utils.conv2d_same(net, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        net = conv2d(net, depth, [1, 1], stride=1, scope="conv3", **linear)
        return collect_named_outputs(outputs_collections, opened.name, shortcut + net)


def resnet_v2(
    inputs: Any,
    blocks: Sequence[resnet_utils.Block],
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    include_root_block: bool = True,
    reuse: Any = None,
    scope: Any = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Returns the outputs of blocks behind a root, and those of all layers by their names.

    The arguments are those of `resnet_v1`.
    """
    with variable_scope(scope, "resnet_v2", [inputs], reuse=reuse) as opened:
        collection = f"{opened.original_name_scope}_end_points"
        with (
            arg_scope(
                [conv2d, bottleneck, resnet_utils.stack_blocks_dense],
                outputs_collections=collection,
            ),
            arg_scope([batch_norm], is_training=is_training),
        ):
            net = inputs
            stride: float | None = output_stride
            if include_root_block:
                stride = resnet_utils.root_stride(output_stride)
                with arg_scope([conv2d], activation_fn=None, normalizer_fn=None):
                    net = resnet_utils.conv2d_same(net, 64, 7, stride=2, scope="conv1")
                net = max_pool2d(net, [3, 3], stride=2, scope="pool1")
            net = resnet_utils.stack_blocks_dense(net, blocks, stride)
            net = batch_norm(net, activation_fn=activations.relu, scope="postnorm")
            return resnet_utils.classified(net, num_classes, global_pool, collection)


resnet_v2.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v2_block(scope: str, base_depth: int, num_units: int, stride: int) -> resnet_utils.Block:
    """A block of bottlenecks of depth 4 * base_depth, of which the last has the stride."""
    return resnet_utils.bottlenecks(scope, bottleneck, base_depth, num_units, stride)


resnet_v2_50, resnet_v2_101, resnet_v2_152, resnet_v2_200 = resnet_utils.of_depths(
    resnet_v2, resnet_v2_block
)
