"""Which operations a run needs, and in what order they go. Knows no op by name and runs nothing.

A run does what TensorFlow 1.x does in practice on a CPU, made deterministic: an op goes as early as
its inputs allow; a variable is read when the op that uses the value runs, and where nothing orders
a read and a write of one variable, the read goes first. Behind a handle a read is an operation of
its own: what was built first goes first, but a write that depends on no variable is ready at once,
and a read that waits for another write has waited enough. What is ordered are nodes: operations,
and loops as a whole (`runtime.frames`).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from stillflow.declare.expanding import expansion_of
from stillflow.declare.handles import is_handle
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor

# Of a tensor: the variable whose value it refers to, or None.
VariableOf = Callable[[Tensor], Operation | None]
# An Operation, or a Frame; both have an `_id`, which tells when they were built.
Node = Any
Before = Mapping[Node, set[Node]]


def needed_ops(targets: Iterable[Operation], fed: frozenset[Tensor]) -> list[Operation]:
    """Returns `targets` and all that they wait for, but nothing behind a fed tensor."""
    seen: dict[Operation, None] = {}
    waiting = list(targets)
    while waiting:
        op = waiting.pop()
        if op not in seen:
            seen[op] = None
            waiting += predecessors(op, fed)
    return sorted(seen, key=_building_order)


def _building_order(node: Node) -> int:
    return node._id


def predecessors(op: Operation, fed: frozenset[Tensor]) -> list[Operation]:
    """The operations that `op` waits for."""
    inputs: Iterable[Tensor] = op.inputs
    effects: list[Operation] = []
    if op.defn.expands:
        expansion = expansion_of(op)
        inputs, effects = expansion.outputs, expansion.effects
    waits = [*(t.op for t in inputs if t not in fed), *effects, *op._control_inputs]
    if not op._control_inputs:
        return waits
    # A fed placeholder has happened; any other op that a control input names runs though it is fed.
    return [o for o in waits if not (o.defn.is_placeholder and o.outputs[0] in fed)]


def first_name(tensor: Tensor, fed: Set[Tensor] = frozenset()) -> Tensor:
    """What `tensor` was before operations only handed it on, or where on its way it is fed."""
    while tensor.op.defn.forwards and tensor not in fed:
        tensor = tensor.op.inputs[0]
    return tensor


def members(node: Node) -> Iterable[Operation]:
    """The operations of a node."""
    return (node,) if isinstance(node, Operation) else node.all_ops()


def written_variables(op: Operation, variable_of: VariableOf) -> list[Operation]:
    """The variables that `op` updates, in the order of its declaration."""
    if not op.defn.writes:
        return []
    positions = op.defn.input_positions(op, op.defn.writes)
    variables = [variable_of(op.inputs[position]) for position in positions]
    return [variable for variable in variables if variable is not None]


def _writers(nodes: Iterable[Node], variable_of: VariableOf) -> dict[Operation, list[Node]]:
    """For each variable that is written, the nodes that write it."""
    writers: dict[Operation, list[Node]] = {}
    for node in nodes:
        for op in members(node):
            for variable in written_variables(op, variable_of):
                writers.setdefault(variable, []).append(node)
    return writers


def unforced(
    ordered: Sequence[Node], before: Before, variable_of: VariableOf
) -> dict[Node, set[Node]]:
    """Of reads and writes of a variable that nothing orders: for each, those that go before it."""
    writers = _writers(ordered, variable_of)
    waits: dict[Node, set[Node]] = {}
    if not writers:
        return waits
    all_writers = dict.fromkeys(writer for group in writers.values() for writer in group)
    bit = {writer: 1 << index for index, writer in enumerate(all_writers)}
    # after[node]: the writers that it waits for, as a bit set.
    after: dict[Node, int] = {}
    reads: dict[Node, set[Operation]] = {}
    dependent: set[Node] = set()  # on a variable
    for node in ordered:
        mask = 0
        for earlier in before[node]:
            mask |= after[earlier] | bit.get(earlier, 0)
        after[node] = mask
        reads[node] = {v for op in members(node) for v in _read_variables(op, variable_of)}
        if mask or reads[node] or not dependent.isdisjoint(before[node]):
            dependent.add(node)
    for node in ordered:
        for variable in reads[node]:
            group = writers.get(variable, ())
            waits_already = any(after[node] & bit[writer] for writer in group)
            for writer in group:
                if writer is node or after[node] & bit[writer]:
                    continue
                is_early = writer not in dependent or writer._id < node._id
                if is_early and is_handle(variable.outputs[0]) and not waits_already:
                    waits.setdefault(node, set()).add(writer)
                else:
                    waits.setdefault(writer, set()).add(node)
    return waits


def _read_variables(op: Operation, variable_of: VariableOf) -> set[Operation]:
    """The variables whose values `op` uses when it runs."""
    if op.defn.forwards:
        return set()
    writes = set(op.defn.input_positions(op, op.defn.writes)) if op.defn.writes else ()
    found = (variable_of(t) for i, t in enumerate(op.inputs) if i not in writes)
    return {variable for variable in found if variable is not None}


def sorted_nodes(
    nodes: Sequence[Node], before: Before, preferred: Mapping[Node, set[Node]] | None = None
) -> list[Node]:
    """Topological order, ties in building order; `preferred` edges yield where they are a cycle."""
    queue = Queue(nodes, before, preferred or {})
    ordered: list[Node] = []
    ready = [(node._id, node) for node in queue.start()]
    heapq.heapify(ready)
    while len(ordered) < len(nodes):
        if not ready:
            freed = queue.freed()
            ready.append((freed._id, freed))
        _, node = heapq.heappop(ready)
        if node in queue.done:
            continue
        ordered.append(node)
        for follower in queue.finish(node):
            heapq.heappush(ready, (follower._id, follower))
    return ordered


class Queue:
    """Nodes of which each waits for others: tells which may go next."""

    def __init__(self, nodes: Sequence[Node], before: Before, preferred: Mapping[Node, set[Node]]):
        own = set(nodes)
        self._before = before
        self._nodes = nodes
        blockers = {node: before[node] | preferred.get(node, set()) for node in nodes}
        if any(not earlier <= own for earlier in blockers.values()):
            blockers = {node: earlier & own for node, earlier in blockers.items()}
        self._missing = {node: len(earlier) for node, earlier in blockers.items()}
        self._followers: dict[Node, list[Node]] = {node: [] for node in nodes}
        for node, earlier in blockers.items():
            for other in earlier:
                self._followers[other].append(node)
        self.done: set[Node] = set()

    def start(self) -> list[Node]:
        """The nodes that wait for none."""
        return [node for node in self._nodes if not self._missing[node]]

    def finish(self, node: Node) -> list[Node]:
        """The nodes that wait for nothing any more, now that `node` is done."""
        self.done.add(node)
        freed = []
        for follower in self._followers[node]:
            self._missing[follower] -= 1
            if not self._missing[follower]:
                freed.append(follower)
        return freed

    def freed(self) -> Node:
        """The first node that only a preferred edge holds back."""
        for node in self._nodes:
            if node not in self.done and all(
                earlier in self.done or earlier not in self._missing
                for earlier in self._before[node]
            ):
                return node
        waiting = [op for node in self._nodes if node not in self.done for op in members(node)]
        waiting.sort(key=lambda op: op._id)
        names = ", ".join(op.name for op in waiting[:3])
        raise InvalidArgumentError(
            None,
            waiting[0],
            f"Graph is invalid, contains a cycle with {len(waiting)} nodes, including: {names}\n"
            "  They wait for themselves: only a loop's NextIteration may lead back, to a Merge.",
        )
