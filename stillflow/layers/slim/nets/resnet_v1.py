"""Residual networks that normalise behind convolutions (He, Zhang, Ren and Sun, 2015)."""

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
    """Three convolutions, the middle one narrower, added to their input or a projection of it."""
    with variable_scope(scope, "bottleneck_v1", [inputs]) as opened:
        if depth == last_dimension(inputs.get_shape(), min_rank=4):
            shortcut = resnet_utils.subsample(inputs, stride, "shortcut")
        else:
            shortcut = conv2d(
                inputs, depth, [1, 1], stride=stride, activation_fn=None, scope="shortcut"
            )
        net = conv2d(inputs, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = resnet_utils.conv2d_same(net, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        net = conv2d(net, depth, [1, 1], stride=1, activation_fn=None, scope="conv3")
        outputs = activations.relu(shortcut + net)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


def resnet_v1(
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

    Args:
      inputs: f[n, h, w, c].
      num_classes: the result is logits f[n, 1, 1, num_classes], and their softmax is the end point
        "predictions"; None for the features themselves.
      global_pool: the features are averaged over the image.
      output_stride: how much smaller than the images the features are: a multiple of 4. Further
        strides become dilations.
      include_root_block: False leaves out the first convolution and pooling.
    """
    with variable_scope(scope, "resnet_v1", [inputs], reuse=reuse) as opened:
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
                net = resnet_utils.conv2d_same(net, 64, 7, stride=2, scope="conv1")
                net = max_pool2d(net, [3, 3], stride=2, scope="pool1")
            net = resnet_utils.stack_blocks_dense(net, blocks, stride)
            return resnet_utils.classified(net, num_classes, global_pool, collection)


resnet_v1.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v1_block(scope: str, base_depth: int, num_units: int, stride: int) -> resnet_utils.Block:
    """A block of bottlenecks of depth 4 * base_depth, of which the last has the stride."""
    return resnet_utils.bottlenecks(scope, bottleneck, base_depth, num_units, stride)


resnet_v1_50, resnet_v1_101, resnet_v1_152, resnet_v1_200 = resnet_utils.of_depths(
    resnet_v1, resnet_v1_block
)
