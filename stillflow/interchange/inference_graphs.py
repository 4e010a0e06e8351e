"""Frozen GraphDefs made cheaper to run: batch norms become a part of the convolution before.

What comes before a convolution becomes one with it in `fused_convolutions`.

TensorFlow's `python.tools.optimize_for_inference_lib`, with its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.tensor_proto import make_tensor_proto
from stillflow.graph.protos.tensor_proto import make_ndarray
from stillflow.interchange.freezing import node_of, remove_training_nodes
from stillflow.interchange.fused_convolutions import fuse_resize_and_conv
from stillflow.interchange.stripping import strip_unused
from stillflow.platform import logging

# Where a batch norm has its convolution and its numbers, and what the number is called that keeps
# the variance from zero.
INPUT_ORDER = {
    "BatchNormWithGlobalNormalization": ["conv_op", "mean_op", "var_op", "beta_op", "gamma_op"],
    "FusedBatchNorm": ["conv_op", "gamma_op", "beta_op", "mean_op", "var_op"],
}
EPSILON_ATTR = {
    "BatchNormWithGlobalNormalization": "variance_epsilon",
    "FusedBatchNorm": "epsilon",
}


def optimize_for_inference(
    input_graph_def: Any,
    input_node_names: Sequence[str],
    output_node_names: Sequence[str],
    placeholder_type_enum: Any,
    toco_compatible: bool = False,
) -> Any:
    """Returns a GraphDef that gives what a frozen one gives, with less work.

    Args:
      input_node_names: nodes that become placeholders.
      output_node_names: nodes whose outputs are wanted.
      placeholder_type_enum: the number of the placeholders' element type, or a list of one each.
      toco_compatible: resizing and mirroring stay nodes of their own.

    Raises:
      ValueError: a name is there twice, or an input of a node not at all.
      As `strip_unused`.
    """
    ensure_graph_is_valid(input_graph_def)
    stripped = strip_unused(
        input_graph_def, input_node_names, output_node_names, placeholder_type_enum
    )
    optimized = fold_batch_norms(remove_training_nodes(stripped, output_node_names))
    if not toco_compatible:
        optimized = fuse_resize_and_conv(optimized, output_node_names)
    ensure_graph_is_valid(optimized)
    return optimized


def ensure_graph_is_valid(graph_def: Any) -> None:
    """ValueError where a name is there twice, or an input of a node not at all."""
    nodes = _by_name(graph_def)
    for node in graph_def.node:
        for name in node.input:
            if node_of(name) not in nodes:
                raise ValueError("Input for ", node.name, " not found: ", name)


def node_name_from_input(node_name: str) -> str:
    """Returns the name of the node that an input names."""
    return node_of(node_name)


def node_from_map(node_map: dict[str, Any], name: str) -> Any:
    """Returns the node that an input names; ValueError where there is none."""
    if node_of(name) not in node_map:
        raise ValueError(f"No node named '{name}' found in map.")
    return node_map[node_of(name)]


def values_from_const(node_def: Any) -> Any:
    """Returns the array of a constant; ValueError for any other node."""
    if node_def.op != "Const":
        raise ValueError(
            f"Node named '{node_def.name}' should be a Const op for values_from_const."
        )
    return make_ndarray(node_def.attr["value"].tensor)


def fold_batch_norms(input_graph_def: Any) -> Any:
    """Returns a GraphDef whose convolutions have the weights that a batch norm makes of theirs.

    A batch norm whose convolution or numbers are not constants stays, and is warned of.
    """
    nodes = _by_name(input_graph_def)
    replaced: set[str] = set()
    added: list[Any] = []
    for node in input_graph_def.node:
        found = _Found.of(node, nodes) if node.op in INPUT_ORDER else None
        if found is not None:
            replaced |= found.names()
            added += found.folded()
    result = type(input_graph_def)()
    result.node.extend(node for node in input_graph_def.node if node.name not in replaced)
    result.node.extend(added)
    return result


def _by_name(graph_def: Any) -> dict[str, Any]:
    nodes: dict[str, Any] = {}
    for node in graph_def.node:
        if node.name in nodes:
            raise ValueError("Duplicate node names detected for ", node.name)
        nodes[node.name] = node
    return nodes


class _Found:
    """A batch norm after a convolution, all of whose numbers are constants."""

    def __init__(self, node: Any, convolution: Any, weights: Any, numbers: dict[str, Any]):
        self._node = node
        self._convolution = convolution
        self._weights = weights
        self._numbers = numbers

    @classmethod
    def of(cls, node: Any, nodes: dict[str, Any]) -> _Found | None:
        """The batch norm `node`, if it is one that can be folded."""
        inputs = dict(zip(INPUT_ORDER[node.op], node.input, strict=False))
        convolution = node_from_map(nodes, inputs.pop("conv_op"))
        if convolution.op not in ("Conv2D", "DepthwiseConv2dNative"):
            logging.warning(
                "Didn't find expected Conv2D or DepthwiseConv2dNative input to '%s'", node.name
            )
            return None
        weights = node_from_map(nodes, convolution.input[1])
        if weights.op != "Const":
            _warn("conv", convolution, weights)
            return None
        channels = _channels(convolution, values_from_const(weights))
        numbers = {role[:-3]: node_from_map(nodes, name) for role, name in inputs.items()}
        for role in ("mean", "var", "beta", "gamma"):
            if numbers[role].op != "Const":
                _warn(role, node, numbers[role])
                return None
            shape = values_from_const(numbers[role]).shape
            if shape != (channels,):
                logging.warning(
                    "Incorrect shape for %s, found %s, expected %s, for node %s",
                    *(role, shape, (channels,), node.name),
                )
                return None
        return cls(node, convolution, weights, numbers)

    def names(self) -> set[str]:
        parts = (self._node, self._convolution, self._weights, *self._numbers.values())
        return {part.name for part in parts}

    def folded(self) -> list[Any]:
        """The nodes in its place: weights, convolution, offset and the sum, which has its name."""
        values = {role: values_from_const(node) for role, node in self._numbers.items()}
        epsilon = self._node.attr[EPSILON_ATTR[self._node.op]].f
        scale = 1.0 / np.sqrt((values["var"] + epsilon).astype(np.float64))
        if self._is_scaled():
            scale = scale * values["gamma"]
        offset = -values["mean"] * scale + values["beta"]
        weights = values_from_const(self._weights)
        by_channel = scale
        if self._convolution.op == "DepthwiseConv2dNative":
            by_channel = scale.reshape(weights.shape[2:])
        scaled = (weights * by_channel).astype(weights.dtype)
        kind = type(self._node)
        total = kind(op="BiasAdd", name=self._node.name)
        for attribute in ("T", "data_format"):
            total.attr[attribute].CopyFrom(self._convolution.attr[attribute])
        offset_name = f"{self._convolution.name}_bn_offset"
        total.input.extend([self._convolution.name, offset_name])
        mean = self._numbers["mean"]
        return [
            _constant(kind, self._weights.name, scaled, self._weights),
            self._convolution,
            _constant(kind, offset_name, offset.astype(values["mean"].dtype), mean),
            total,
        ]

    def _is_scaled(self) -> bool:
        if self._node.op != "BatchNormWithGlobalNormalization":
            return True
        scaled: bool = self._node.attr["scale_after_normalization"].b
        return scaled


def _channels(convolution: Any, weights: np.ndarray) -> int:
    if convolution.op == "Conv2D":
        return weights.shape[3]
    return weights.shape[2] * weights.shape[3]


def _constant(kind: Any, name: str, value: np.ndarray, like: Any) -> Any:
    made = kind(op="Const", name=name)
    made.attr["dtype"].CopyFrom(like.attr["dtype"])
    made.attr["value"].tensor.CopyFrom(make_tensor_proto(value))
    return made


def _warn(role: str, node: Any, found: Any) -> None:
    logging.warning(
        "Didn't find expected %s Constant input to '%s', found %s instead. Maybe because "
        "freeze_graph wasn't run first?",
        *(role, node.name, found),
    )
