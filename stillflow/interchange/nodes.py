"""The nodes of a GraphDef: valid names, what each node waits for, an order to build them in."""

from __future__ import annotations

import heapq
import platform
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stillflow.graph.names import is_node_name

_OUTPUT = re.compile(r"(.+):(\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """A NodeDef and what it takes: outputs of nodes, by name and number; nodes to wait for."""

    proto: Any
    inputs: list[tuple[str, int]]
    control_inputs: list[str]

    @property
    def name(self) -> str:
        return self.proto.name


def read_nodes(graph_def: Any) -> list[Node]:
    """Returns the nodes of a GraphDef, in its order.

    Raises:
      ValueError: a name is not valid, or two nodes have it; a control input comes before another.
    """
    nodes: dict[str, Node] = {}
    for proto in graph_def.node:
        if not is_node_name(proto.name):
            raise ValueError(f"Node '{proto.name}': Node name contains invalid characters")
        if proto.name in nodes:
            raise ValueError(f"Node '{proto.name}' is not unique")
        nodes[proto.name] = _read(proto)
    return list(nodes.values())


def _read(proto: Any) -> Node:
    inputs: list[tuple[str, int]] = []
    control_inputs: dict[str, None] = {}
    for text in proto.input:
        if text.startswith("^"):
            control_inputs[text[1:]] = None
        elif control_inputs:
            raise ValueError(
                f"Node '{proto.name}': Control dependencies must come after regular dependencies"
            )
        else:
            inputs.append(output_named(text))
    return Node(proto, inputs, list(control_inputs))


def output_named(text: str) -> tuple[str, int]:
    """A node's name and the number of an output of it; without a number, the first is meant."""
    found = _OUTPUT.fullmatch(text)
    # A number too long to be one of an output is taken for a part of the name.
    return (found[1], int(found[2])) if found and len(found[2]) < 10 else (text, 0)


class InputMap:
    """What takes the place of a GraphDef's own outputs and nodes, by their names in it."""

    def __init__(self, tensors: dict[str, Any]):
        self._by_output = {
            output_named(key): tensor for key, tensor in tensors.items() if key[:1] != "^"
        }
        self._by_node = {key[1:]: tensor.op for key, tensor in tensors.items() if key[:1] == "^"}

    def output(self, output: tuple[str, int]) -> Any:
        """The tensor in place of an output, or None."""
        return self._by_output.get(output)

    def operation(self, name: str) -> Any:
        """The operation in place of a node that is waited for, or None."""
        return self._by_node.get(name)

    def unknown(self, nodes: Iterable[Node]) -> Iterator[str]:
        """The keys that name neither a node of the GraphDef nor an input of one."""
        nodes = list(nodes)
        known = {node.name for node in nodes}
        used = {output for node in nodes for output in node.inputs}
        waited = {name for node in nodes for name in node.control_inputs}
        for name, index in self._by_output:
            if (name, index) not in used and (name not in known or index > 0):
                yield f"{name}:{index}"
        for name in self._by_node:
            if name not in known | waited:
                yield f"^{name}"


def in_building_order(
    nodes: list[Node], mapped: InputMap, leads_back: Callable[[Node, str], bool]
) -> list[Node]:
    """Returns `nodes` so that each comes after what it waits for; else in their own order.

    `leads_back` tells of a node and the name of one that it takes that this closes a loop.

    Raises:
      ValueError: a node waits for one that is missing, or the nodes wait for each other.
    """
    position = {node.name: index for index, node in enumerate(nodes)}
    followers: list[list[int]] = [[] for _ in nodes]
    missing = [0] * len(nodes)
    for index, node in enumerate(nodes):
        for name in _waits_for(node, position, mapped):
            if leads_back(node, name):
                continue
            followers[position[name]].append(index)
            missing[index] += 1
    ready = [index for index, count in enumerate(missing) if not count]
    ordered = []
    while ready:
        index = heapq.heappop(ready)
        ordered.append(nodes[index])
        for follower in followers[index]:
            missing[follower] -= 1
            if not missing[follower]:
                heapq.heappush(ready, follower)
    if len(ordered) < len(nodes):
        left = [nodes[index].name for index, count in enumerate(missing) if count]
        raise ValueError(
            f"{len(left)} nodes in a cycle\n"
            f"  These wait for each other, or for those that do: {shown(left)}."
        )
    return ordered


def _waits_for(node: Node, known: Collection[str], mapped: InputMap) -> Iterator[str]:
    """The nodes that must be built before `node`."""
    spelled = [text for text in node.proto.input if not text.startswith("^")]
    names = [
        (output[0], text)
        for output, text in zip(node.inputs, spelled, strict=True)
        if mapped.output(output) is None
    ]
    names += [(name, f"^{name}") for name in node.control_inputs if mapped.operation(name) is None]
    for name, spelt in names:
        if name not in known:
            raise ValueError(f"Node '{node.name}': Unknown input node '{spelt}'")
        yield name


def unregistered(op_type: str) -> str:
    """What TensorFlow says of an op type that there is not."""
    return (
        f"Op type not registered '{op_type}' in binary running on {platform.node()}. Make sure the "
        "Op and Kernel are registered in the binary running in this process."
    )


def shown(names: list[str], limit: int = 5) -> str:
    """A few names for a message, and how many more there are."""
    text = ", ".join(map(repr, names[:limit]))
    return text if len(names) <= limit else f"{text} and {len(names) - limit} more"


def unique_names(nodes: Iterable[Node], prefix: str, taken: Iterable[str]) -> dict[str, str]:
    """The names that nodes get in a graph: below `prefix`, and numbered where one is taken.

    `taken` are the graph's own names; a scope of the graph is taken too.
    """
    paths = {node.name: f"{prefix}/{node.name}" if prefix else node.name for node in nodes}
    used = set()
    for name in taken:
        while name and name not in used:
            used.add(name)
            name = name.rpartition("/")[0]
    own = set(paths.values())
    names = {}
    for node, path in paths.items():
        name, number = path, 0
        while name in used or (number and name in own):
            number += 1
            name = f"{path}_{number}"
        names[node] = name
        own.add(name)
    return names
