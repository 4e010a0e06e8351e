"""What goes into a graph and comes out of it, where no signature says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import needed_ops

_MOST_OUTPUTS = 8
_NOT_OF_THE_MODEL = re.compile(r"(save|gradients)(_\d+)?/|init|report_uninitialized")


def tensor_named(name: Any, graph: Graph) -> Tensor:
    """A tensor by its name, or the only one that the node of that name gives.

    Raises:
      ValueError: the graph has none.
    """
    if not isinstance(name, str):
        return name
    try:
        return graph.as_graph_element(name if ":" in name else f"{name}:0", allow_operation=False)
    except KeyError:
        near = [op.name for op in graph.get_operations() if name.split(":")[0] in op.name][:5]
        raise ValueError(
            f"The graph has no tensor {name!r}."
            + (f"\n  It has {', '.join(near)}." if near else "")
        ) from None


def ends_of(graph: Graph) -> list[Tensor]:
    """What the graph gives that nothing takes.

    Raises:
      ValueError: there is nothing, or so much that it cannot all be meant.
    """
    found = [op.outputs[0] for op in graph.get_operations() if _is_end(op)]
    if not 0 < len(found) <= _MOST_OUTPUTS:
        named = ", ".join(tensor.name for tensor in found[:_MOST_OUTPUTS]) or "nothing"
        raise ValueError(
            f"{len(found)} tensors could be the outputs: {named}{', ...' if found else ''}\n"
            "  Name those that are meant as `outputs`."
        )
    return found


def _is_end(op: Operation) -> bool:
    defn = op.defn
    is_data = defn.is_placeholder or defn.is_constant or defn.is_variable or bool(defn.writes)
    if is_data or _NOT_OF_THE_MODEL.match(op.name) or not op.outputs:
        return False
    return not any(tensor.consumers() for tensor in op.outputs)


def placeholders_of(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The placeholders that `tensors` need, in the order of the graph."""
    needed = needed_ops([tensor.op for tensor in tensors], frozenset())
    graph = tensors[0].graph
    return [
        op.outputs[0] for op in graph.get_operations() if op in needed and op.defn.is_placeholder
    ]
