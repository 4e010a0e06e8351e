"""What residual networks are made of: strided blocks, which may be dilated instead."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.arranging import softmax
from stillflow.layers.contrib.batch_norm import batch_norm
from stillflow.layers.contrib.collecting import (
    collect_named_outputs,
    convert_collection_to_dict,
)
from stillflow.layers.contrib.convolution import conv2d
from stillflow.layers.contrib.pooling import max_pool2d
from stillflow.ops.array import padding
from stillflow.ops.nn import activations
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.contrib_initializers import variance_scaling_initializer
from stillflow.ops.variables.regularizers import l2_regularizer
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import Scope, add_arg_scope, arg_scope


class Block(namedtuple("Block", ["scope", "unit_fn", "args"])):
    """Units one upon the other: the block's scope, the unit, and each unit's keywords."""


def subsample(inputs: Tensor, factor: int, scope: Any = None) -> Tensor:
    """Every `factor`-th pixel, both ways."""
    return inputs if factor == 1 else max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


def conv2d_same(
    inputs: Tensor,
    num_outputs: int,
    kernel_size: int,
    stride: int,
    rate: int = 1,
    scope: Any = None,
) -> Tensor:
    """A convolution as wide as its input over `stride`, padded alike for inputs of all sizes."""
    if stride == 1:
        return conv2d(
            inputs, num_outputs, kernel_size, stride=1, rate=rate, padding="SAME", scope=scope
        )
    total = (kernel_size - 1) * rate
    around = [total // 2, total - total // 2]
    inputs = padding.pad(inputs, [[0, 0], around, around, [0, 0]])
    return conv2d(
        inputs, num_outputs, kernel_size, stride=stride, rate=rate, padding="VALID", scope=scope
    )


@add_arg_scope
def stack_blocks_dense(
    net: Tensor,
    blocks: Iterable[Block],
    output_stride: float | None = None,
    outputs_collections: Any = None,
) -> Tensor:
    """Applies blocks; beyond `output_stride`, units are dilated by the strides that they leave out.

    Raises:
      ValueError: the strides' product cannot be `output_stride`.
    """
    stride, rate = 1, 1
    for block in blocks:
        with variable_scope(block.scope, "block", [net]) as opened:
            for number, unit in enumerate(block.args, 1):
                _check_stride(output_stride is None or stride <= output_stride)
                with variable_scope(f"unit_{number}", values=[net]):
                    own = unit.get("stride", 1)
                    if stride == output_stride:
                        net = block.unit_fn(net, rate=rate, **{**unit, "stride": 1})
                        rate *= own
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        stride *= own
            net = collect_named_outputs(outputs_collections, opened.name, net)
    _check_stride(output_stride is None or stride == output_stride)
    return net


def _check_stride(fits: bool) -> None:
    if not fits:
        raise ValueError("The target output_stride cannot be reached.")


def resnet_arg_scope(
    weight_decay: float = 0.0001,
    batch_norm_decay: float = 0.997,
    batch_norm_epsilon: float = 1e-5,
    batch_norm_scale: bool = True,
) -> Scope:
    """The arguments of layers that residual networks are meant for, for `arg_scope`."""
    normalizer_params = {
        "decay": batch_norm_decay,
        "epsilon": batch_norm_epsilon,
        "scale": batch_norm_scale,
        "updates_collections": GraphKeys.UPDATE_OPS,
    }
    with (
        arg_scope(
            [conv2d],
            weights_regularizer=l2_regularizer(weight_decay),
            weights_initializer=variance_scaling_initializer(),
            activation_fn=activations.relu,
            normalizer_fn=batch_norm,
            normalizer_params=normalizer_params,
        ),
        arg_scope([batch_norm], **normalizer_params),
        arg_scope([max_pool2d], padding="SAME") as scope,
    ):
        return scope


def root_stride(output_stride: int | None) -> float | None:
    """The stride of the blocks, behind a root that has a stride of 4 by itself."""
    if output_stride is None:
        return None
    if output_stride % 4:
        raise ValueError("The output_stride needs to be a multiple of 4.")
    return output_stride / 4


def classified(
    net: Tensor, num_classes: int | None, global_pool: bool, collection: str
) -> tuple[Tensor, dict[str, Tensor]]:
    """Features or logits, and all outputs by their names, the predictions among them."""
    if global_pool:
        net = reductions.reduce_mean(net, [1, 2], name="pool5", keepdims=True)
    if num_classes is not None:
        net = conv2d(
            net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="logits"
        )
    end_points = convert_collection_to_dict(collection)
    if num_classes is not None:
        end_points["predictions"] = softmax(net, scope="predictions")
    return net, end_points


#: The units of the four blocks, by the number of layers.
UNITS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}


def four_blocks(block: Any, units: tuple[int, ...]) -> list[Block]:
    """The blocks of a network for photographs: each twice as deep; all but the last halve sizes."""
    return [
        block(f"block{number}", base_depth=32 * 2**number, num_units=count, stride=stride)
        for number, (count, stride) in enumerate(zip(units, (2, 2, 2, 1), strict=True), 1)
    ]


def bottlenecks(scope: str, unit: Any, base_depth: int, num_units: int, stride: int) -> Block:
    """A block of bottlenecks, of which the last has the stride."""
    sizes = {"depth": base_depth * 4, "depth_bottleneck": base_depth}
    strides = [1] * (num_units - 1) + [stride]
    return Block(scope, unit, [{**sizes, "stride": own} for own in strides])


def of_depths(resnet: Callable[..., Any], block: Any) -> list[Callable[..., Any]]:
    """`resnet` of `block`, for photographs, with each number of layers in UNITS."""
    return [_of_depth(resnet, block, layers) for layers in UNITS]


def _of_depth(resnet: Callable[..., Any], block: Any, layers: int) -> Callable[..., Any]:
    name = f"{resnet.__name__}_{layers}"

    def network(
        inputs: Any,
        num_classes: int | None = None,
        is_training: Any = True,
        global_pool: bool = True,
        output_stride: int | None = None,
        reuse: Any = None,
        scope: Any = name,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """A residual network with so many layers, for photographs."""
        return resnet(
            *(inputs, four_blocks(block, UNITS[layers]), num_classes),
            *(is_training, global_pool, output_stride),
            include_root_block=True,
            reuse=reuse,
            scope=scope,
        )

    network.__name__ = network.__qualname__ = name
    network.__module__ = resnet.__module__
    return network
