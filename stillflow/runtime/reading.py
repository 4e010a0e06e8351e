"""Which reads of variables behind handles need no step of their own.

Such a read gives the value of the moment when it runs. Where the variable is not written between
that moment and the last use, its slot still holds that value, and the users read it there.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import Node, VariableOf, members, written_variables


def reads_in_place(
    nodes: Sequence[Node],
    fed: Collection[Tensor],
    fetched: Collection[Any],
    variable_of: VariableOf,
) -> set[Operation]:
    """Those of `nodes`, in the order of the run, that read what is not written until it is used."""
    readers = [
        node
        for node in nodes
        if isinstance(node, Operation) and node.defn.snapshots and node.outputs[0] not in fed
    ]
    if not readers:
        return set()
    at = {op: position for position, node in enumerate(nodes) for op in members(node)}
    writes: dict[Operation, list[int]] = {}
    for op in at:
        for written in written_variables(op, variable_of):
            writes.setdefault(written, []).append(at[op])
    found = set()
    for reader in readers:
        variable = variable_of(reader.inputs[0])
        if variable is not None:
            later = (write for write in writes.get(variable, ()) if write > at[reader])
            # A writer takes its inputs before it writes.
            if _last_use(reader.outputs[0], at, fetched) <= next(later, math.inf):
                found.add(reader)
    return found


def _last_use(tensor: Tensor, at: dict[Operation, int], fetched: Collection[Any]) -> float:
    """Where the last operation is that uses the value; infinity where it is fetched."""
    if tensor in fetched:
        return math.inf
    last = -1.0
    for user in tensor._consumers:
        if user in at:
            last = max(last, at[user])
            if user.defn.forwards or user.defn.expands:
                others = (_last_use(output, at, fetched) for output in user.outputs)
                last = max(last, *others, -1.0)
    return last
