"""The inputs of a network that a tensor is computed of."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest


def get_source_inputs(tensor: Any, layer: Any = None, node_index: int | None = None) -> Any:
    """Returns the list of the Inputs that `tensor` depends on, each once.

    Args:
      layer, node_index: the call that made it, where that is not what the tensor says.

    Returns:
      The tensor itself where no layer made it.
    """
    if not hasattr(tensor, "_keras_history"):
        return tensor
    if layer is None or node_index:
        layer, node_index, _ = tensor._keras_history
    if not layer._inbound_nodes:
        return [tensor]
    node = layer._inbound_nodes[node_index]
    if not node.inbound_layers:
        return nest.flatten(node.input_tensors)
    sources: dict[int, Any] = {}
    for source, index, _, taken in node.iterate_inbound():
        for each in get_source_inputs(taken, source, index):
            sources[id(each)] = each
    return list(sources.values())
