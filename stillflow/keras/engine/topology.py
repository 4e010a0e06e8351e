"""Which layers and calls lie between the inputs and the outputs of a network, and how deep."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from stillflow.graph import nest
from stillflow.layers import history
from stillflow.layers.nodes import Node


class Topology(NamedTuple):
    """A network: keys of its nodes; nodes by depth, which is 0 at the outputs; layers in order."""

    node_keys: set[str]
    nodes_by_depth: dict[int, list[Node]]
    layers: list[Any]


def node_key(layer_name: str, node_index: int) -> str:
    """What tells a call in a network, whose layers have names of their own."""
    return f"{layer_name}_ib-{node_index}"


def map_graph_network(inputs: list[Any], outputs: list[Any]) -> Topology:
    """Finds what computes `outputs` of `inputs`.

    Raises:
      ValueError: calls form a cycle, something starts from no input, or two layers share a name.
    """
    traversal = _Traversal()
    for output in outputs:
        traversal.visit(output)
    node_depths, layer_depths = _depths(traversal.finished)
    for tensor in inputs:  # what only losses and metrics use is at the end
        layer = tensor._keras_history.layer
        if layer not in layer_depths:
            layer_depths[layer] = 0
            traversal.order[layer] = -1
            node_depths[layer._inbound_nodes[0]] = 0
            traversal.keys.add(node_key(layer.name, 0))
    nodes_by_depth: dict[int, list[Node]] = {}
    for node, depth in node_depths.items():
        nodes_by_depth.setdefault(depth, []).append(node)
    layers = sorted(layer_depths, key=lambda each: (-layer_depths[each], traversal.order[each]))
    _check_connected(inputs, nodes_by_depth)
    _check_names(layers)
    return Topology(traversal.keys, nodes_by_depth, layers)


def map_subgraph_network(inputs: list[Any], outputs: list[Any]) -> tuple[list[Node], list[Any]]:
    """The nodes and the layers between `inputs` and `outputs`; plain ops become layers first."""
    history.create(outputs)
    found = map_graph_network(inputs, outputs)
    return [node for nodes in found.nodes_by_depth.values() for node in nodes], found.layers


class _Traversal:
    """Goes from outputs to inputs, depth first, without recursion: networks may be deep.

    Attributes:
      finished: the nodes, each after those that it depends on.
      order: of each layer the number at which it was met.
      keys: those of the nodes.
    """

    def __init__(self) -> None:
        self.finished: dict[Node, None] = {}
        self.order: dict[Any, int] = {}
        self.keys: set[str] = set()

    def visit(self, tensor: Any) -> None:
        in_progress: set[Node] = set()
        waiting = [iter([(*tensor._keras_history, tensor)])]
        entered: list[Node] = []
        while waiting:
            found = next(waiting[-1], None)
            if found is None:
                waiting.pop()
                if entered:
                    node = entered.pop()
                    in_progress.remove(node)
                    self.finished[node] = None
                continue
            layer, node_index, _, reached = found
            node = layer._inbound_nodes[node_index]
            if node in in_progress:
                raise ValueError(
                    f'The tensor {reached} at layer "{layer.name}" is part of a cycle.'
                )
            if node in self.finished:
                continue
            self.keys.add(node_key(layer.name, node_index))
            self.order.setdefault(layer, len(self.order))
            in_progress.add(node)
            entered.append(node)
            waiting.append(iter(node.iterate_inbound(include_arguments=True)))


def _depths(finished: dict[Node, None]) -> tuple[dict[Node, int], dict[Any, int]]:
    """The depth of each node and each layer: one more than that of the deepest that takes it."""
    nodes: dict[Node, int] = {}
    layers: dict[Any, int] = {}
    for node in reversed(finished):
        depth = max(nodes.setdefault(node, 0), layers.get(node.outbound_layer, 0))
        nodes[node] = layers[node.outbound_layer] = depth
        for taken in node._get_all_node_dependencies():
            nodes[taken] = max(depth + 1, nodes.get(taken, 0))
    return nodes, layers


def _check_connected(inputs: list[Any], nodes_by_depth: dict[int, list[Node]]) -> None:
    computable = {id(tensor) for tensor in inputs}
    done: list[str] = []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            layer = node.outbound_layer
            for tensor in nest.flatten(node.input_tensors):
                if id(tensor) not in computable:
                    raise ValueError(
                        f"Graph disconnected: cannot obtain value for tensor {tensor} at layer "
                        f'"{layer.name}". The following previous layers were accessed without '
                        f"issue: {done}\n  Pass every `Input` that the outputs depend on as an "
                        "input of the model."
                    )
            computable.update(map(id, nest.flatten(node.output_tensors)))
            done.append(layer.name)


def _check_names(layers: list[Any]) -> None:
    for name, count in Counter(layer.name for layer in layers).items():
        if count > 1:
            raise ValueError(
                f'The name "{name}" is used {count} times in the model. All layer names should be '
                "unique."
            )
