"""Layers that join a functional network after it was made: those of its losses and metrics."""

from __future__ import annotations

from collections import deque
from typing import Any

from stillflow.keras.engine.topology import node_key
from stillflow.keras.engine.validating import check_no_legacy_layers
from stillflow.layers.nodes import Node


def insert(network: Any, layers: list[Any], relevant_nodes: list[Node] | None = None) -> None:
    """Adds layers, each as early as what it takes allows.

    Args:
      relevant_nodes: which of their calls belong to the network; by default all.

    Raises:
      ValueError: they depend on an input of another network.
    """
    check_no_legacy_layers(layers)
    nodes = relevant_nodes or [node for layer in layers for node in layer._inbound_nodes]
    keys, by_depth = network._topology.node_keys, network._topology.nodes_by_depth
    depths = {node: depth for depth, known in by_depth.items() for node in known}
    waiting, skipped = deque(nodes), 0
    while waiting:
        node = waiting.popleft()
        depth = _depth(node, depths, set(nodes))
        if depth is None:
            waiting.append(node)
            skipped += 1
            if skipped > len(waiting):
                raise ValueError("Layers could not be added due to missing dependencies.")
            continue
        skipped = 0
        key = node_key(node.outbound_layer.name, node.outbound_layer._inbound_nodes.index(node))
        if key not in keys:
            depths[node] = depth
            keys.add(key)
            by_depth.setdefault(depth, []).append(node)
    for layer in layers:
        if layer not in network._layers:
            network._layers.append(layer)


def _depth(node: Node, depths: dict[Node, int], relevant: set[Node]) -> int | None:
    """One less than the least depth of what a node takes; None while that is not known."""
    least = 0
    for layer, node_index, _, _ in node.iterate_inbound(include_arguments=True):
        taken = layer._inbound_nodes[node_index]
        if taken in depths:
            least = min(least, depths[taken])
        elif taken in relevant:
            return None
    return least - 1
