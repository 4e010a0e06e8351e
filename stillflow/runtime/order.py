"""Which operations a run needs, and in what order they go. Knows no op by name and runs nothing.

A run does what TensorFlow 1.x does in practice on a CPU, made deterministic: an op goes as early as
its inputs allow; a variable is read when the op that uses the value runs, and where nothing orders
a read and a write of one variable, the read goes first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph.operation import Operation, Tensor

# Of a tensor: the variable whose value it refers to, or None.
VariableOf = Callable[[Tensor], Operation | None]


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


def _building_order(op: Operation) -> int:
    return op._id


def predecessors(op: Operation, fed: frozenset[Tensor]) -> list[Operation]:
    waits = [t.op for t in op.inputs if t not in fed] + op._control_inputs
    if not op._control_inputs:
        return waits
    # A fed placeholder has happened; any other op that a control input names runs though it is fed.
    return [o for o in waits if not (o.defn.is_placeholder and o.outputs[0] in fed)]


def in_run_order(
    ops: list[Operation], fed: frozenset[Tensor], variable_of: VariableOf
) -> list[Operation]:
    """Returns `ops` so that each comes after what it waits for, and reads before unordered writes.

    Where two variables' reads and writes block each other, the op that was built first goes first.
    """
    before = {op: set(predecessors(op, fed)) for op in ops}
    ordered = _sorted(ops, before, {})
    writers = _writers(ops, variable_of)
    if not writers:
        return ordered
    reads_first = _reads_first(ordered, before, writers, variable_of)
    return _sorted(ops, before, reads_first) if reads_first else ordered


def _writers(ops: list[Operation], variable_of: VariableOf) -> dict[Operation, list[Operation]]:
    """For each variable that is written, the ops that write it."""
    writers: dict[Operation, list[Operation]] = {}
    for op in ops:
        for variable in written_variables(op, variable_of):
            writers.setdefault(variable, []).append(op)
    return writers


def written_variables(op: Operation, variable_of: VariableOf) -> list[Operation]:
    """The variables that `op` updates, in the order of its declaration."""
    if not op.defn.writes:
        return []
    positions = op.defn.input_positions(op, op.defn.writes)
    variables = [variable_of(op.inputs[position]) for position in positions]
    return [variable for variable in variables if variable is not None]


def _reads_first(
    ordered: list[Operation],
    before: dict[Operation, set[Operation]],
    writers: dict[Operation, list[Operation]],
    variable_of: VariableOf,
) -> dict[Operation, set[Operation]]:
    """For each writer, the readers that nothing else puts after it."""
    all_writers = dict.fromkeys(writer for group in writers.values() for writer in group)
    bit = {writer: 1 << index for index, writer in enumerate(all_writers)}
    # after[op]: the writers that op waits for, as a bit set.
    after: dict[Operation, int] = {}
    for op in ordered:
        mask = 0
        for earlier in before[op]:
            mask |= after[earlier] | bit.get(earlier, 0)
        after[op] = mask
    waits: dict[Operation, set[Operation]] = {}
    for op in ordered:
        for variable in _read_variables(op, variable_of):
            for writer in writers.get(variable, ()):
                if writer is not op and not after[op] & bit[writer]:
                    waits.setdefault(writer, set()).add(op)
    return waits


def _read_variables(op: Operation, variable_of: VariableOf) -> set[Operation]:
    """The variables whose values `op` uses when it runs."""
    if op.defn.forwards:
        return set()
    writes = set(op.defn.input_positions(op, op.defn.writes)) if op.defn.writes else ()
    found = (variable_of(t) for i, t in enumerate(op.inputs) if i not in writes)
    return {variable for variable in found if variable is not None}


def _sorted(
    ops: list[Operation],
    before: dict[Operation, set[Operation]],
    preferred: dict[Operation, set[Operation]],
) -> list[Operation]:
    """Topological order, ties in building order; `preferred` edges yield where they are a cycle."""
    blockers = {op: before[op] | preferred.get(op, set()) for op in ops}
    followers: dict[Operation, list[Operation]] = {op: [] for op in ops}
    for op, earlier in blockers.items():
        for other in earlier:
            followers[other].append(op)
    missing = {op: len(earlier) for op, earlier in blockers.items()}
    ready = [(op._id, op) for op in ops if not missing[op]]
    heapq.heapify(ready)
    ordered: dict[Operation, None] = {}
    while len(ordered) < len(ops):
        if not ready:
            ready.append(_freed(ops, ordered, before))
        _, op = heapq.heappop(ready)
        if op in ordered:
            continue
        ordered[op] = None
        for follower in followers[op]:
            missing[follower] -= 1
            if not missing[follower]:
                heapq.heappush(ready, (follower._id, follower))
    return list(ordered)


def _freed(
    ops: list[Operation], done: dict[Operation, Any], before: dict[Operation, set[Operation]]
) -> tuple[int, Operation]:
    """The first op that only a preferred edge holds back."""
    for op in ops:
        if op not in done and all(earlier in done for earlier in before[op]):
            return op._id, op
    raise ValueError("the graph has a cycle, which no order of running satisfies")
