"""The part of a GraphDef that runs: nodes that names need, and functions that those call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.interchange.nodes import output_named


def reached(graph_def: Any, names: Iterable[str]) -> tuple[list[Any], list[Any]]:
    """The nodes that tensors or nodes of those names need, and functions, in the file's order.

    Names that the graph does not have are passed over.
    """
    nodes = {node.name: node for node in graph_def.node}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = output_named(waiting.pop().removeprefix("^"))[0]
        if name in nodes and name not in seen:
            seen.add(name)
            waiting += nodes[name].input
    needed = [node for node in graph_def.node if node.name in seen]
    called = _called(graph_def, needed)
    return needed, [f for f in graph_def.library.function if f.signature.name in called]


def _called(graph_def: Any, nodes: list[Any]) -> set[str]:
    """The names of functions that nodes call, and that those call, by attribute or as op types."""
    functions = {f.signature.name: f for f in graph_def.library.function}
    seen: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        for name in {node.op, *_named(node)} - seen:
            if name in functions:
                seen.add(name)
                waiting += functions[name].node_def
    return seen


def _named(node: Any) -> Iterator[str]:
    for attr in node.attr.values():
        if attr.HasField("func"):
            yield attr.func.name
        for function in attr.list.func:
            yield function.name
