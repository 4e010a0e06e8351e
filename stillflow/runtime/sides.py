"""Which side of a choice nodes are on. Knows no op by name and runs nothing.

A switch gives its value on one side only, and what needs it runs only when that side is taken. By
the graph alone it is known what is behind a switch; a merge takes the side that there is. Nodes
that one condition decides about are put side by side, so that they make up few choices.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from stillflow.declare.dead import is_dead
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import Before, Node, Queue, first_name, members

# Of each choice that something depends on: its condition, and the number of the side.
Side = frozenset[tuple[Tensor, int]]
_NO_SIDE: Side = frozenset()


class Sides:
    """The sides of nodes, which are given so that each comes after what it waits for."""

    def __init__(self, nodes: Sequence[Node], node_of: Mapping[Operation, Node], fed: Set[Tensor]):
        self._node_of = node_of
        self._fed = fed
        self._of: dict[Node, Side] = {}
        self._rank: dict[Tensor, tuple[int, int]] = {}
        self._paths: dict[Node, tuple[Tensor, ...]] = {}
        self._decided: dict[Tensor, list[Node]] = {}
        if any(isinstance(node, Operation) and node.defn.splits for node in nodes):
            for node in nodes:
                self._of[node] = self._side(node)
                self._paths[node] = path = self._path(node)
                for pred in path:
                    self._decided.setdefault(pred, []).append(node)

    def __bool__(self) -> bool:
        return bool(self._of)

    def of(self, node: Node) -> Side:
        return self._of.get(node, _NO_SIDE)

    def path(self, node: Node) -> tuple[Tensor, ...]:
        """The conditions that decide whether or how `node` runs, outermost first."""
        return self._paths.get(node, ())

    def decided_by(self, pred: Tensor) -> Sequence[Node]:
        """The nodes on whose paths a condition is."""
        return self._decided.get(pred, ())

    def of_tensor(self, tensor: Tensor) -> Side:
        node = self._node_of.get(tensor.op)
        side = self.of(node)
        if node is not tensor.op or not tensor.op.defn.splits:
            return side  # a loop's own switches decide nothing around it
        return side | {(self._condition(tensor.op), tensor.value_index)}

    def _side(self, node: Node) -> Side:
        if not isinstance(node, Operation):
            inside = set(node.all_ops())
            return _NO_SIDE.union(*(self._behind(op, inside) for op in inside))
        inputs = [self.of_tensor(tensor) for tensor in node.inputs]
        if node.defn.joins and inputs:
            return frozenset.intersection(*inputs)
        return _NO_SIDE.union(*inputs, *(self._of_op(other) for other in node._control_inputs))

    def _behind(self, op: Operation, inside: set[Operation]) -> Side:
        """The sides of what an operation in a loop waits for around it."""
        data = (self.of_tensor(tensor) for tensor in op.inputs if tensor.op not in inside)
        control = (self._of_op(other) for other in op._control_inputs if other not in inside)
        return _NO_SIDE.union(*data, *control)

    def _of_op(self, op: Operation) -> Side:
        return self.of(self._node_of.get(op))

    def _path(self, node: Node) -> tuple[Tensor, ...]:
        conditions = {pred for pred, _ in self.of(node)}
        if isinstance(node, Operation) and node.defn.splits:
            conditions.add(self._condition(node))
        elif isinstance(node, Operation) and node.defn.joins:
            conditions |= {pred for tensor in node.inputs for pred, _ in self.of_tensor(tensor)}
        return tuple(sorted(conditions, key=self._rank_of))

    def _condition(self, switch: Operation) -> Tensor:
        """What decides on which side of `switch` its value is, by its first name in this run."""
        return first_name(switch.inputs[-1], self._fed)

    def _rank_of(self, pred: Tensor) -> tuple[int, int]:
        """What an inner condition has more of than an outer one."""
        if pred not in self._rank:
            self._rank[pred] = len(self.of_tensor(pred)), len(self._rank)
        return self._rank[pred]


def clustered(
    nodes: Sequence[Node],
    before: Before,
    preferred: Mapping[Node, set[Node]],
    sides: Sides,
    depth: int = 0,
) -> list[Node]:
    """`nodes` in an order in which those that one condition decides about are side by side.

    `depth` of the conditions on their paths are the same for all.
    """
    queue = Queue(nodes, before, preferred)
    ordered: list[Node] = []
    ready: dict[Tensor | None, list[tuple[int, Node]]] = {}

    def add(freed: Iterable[Node]) -> None:
        for node in freed:
            path = sides.path(node)
            key = path[depth] if len(path) > depth else None
            heapq.heappush(ready.setdefault(key, []), (node._id, node))

    def take(key: Tensor | None) -> list[Node]:
        """All of one kind that can go now, one freeing the next."""
        taken = []
        while ready.get(key):
            _, node = heapq.heappop(ready[key])
            if node not in queue.done:
                taken.append(node)
                add(queue.finish(node))
        return taken

    add(queue.start())
    while len(ordered) < len(nodes):
        ordered += take(None)
        waiting = [(heap[0][0], key) for key, heap in ready.items() if heap]
        if waiting:
            group = take(min(waiting, key=lambda item: item[0])[1])
            ordered += clustered(group, before, preferred, sides, depth + 1)
        elif len(ordered) < len(nodes):
            add([queue.freed()])
    return ordered


def operations(nodes: Iterable[Node]) -> set[Operation]:
    """All operations of `nodes`."""
    return {op for node in nodes for op in members(node)}


def check_alive(fetched: Sequence[tuple[Operation, int]], slots: Any) -> None:
    """InvalidArgumentError when what is fetched is on a side that was not taken."""
    for op, slot in fetched:
        if is_dead(slots[slot]):
            raise InvalidArgumentError(
                None,
                op,
                f"Retval[0] does not have value\n  {op.name!r} is on the side of a choice that this"
                " run did not take.",
            )
