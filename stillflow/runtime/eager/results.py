"""What a call of an op gives of the outputs of its operation."""

from __future__ import annotations

from typing import Any

from stillflow.graph.eager_tensor import EagerOperation


def returned(op: EagerOperation) -> Any:
    """What a call gives of the operation's outputs."""
    outputs = op.defn.signature.outputs
    if not outputs:
        return None
    if len(outputs) == 1 and not outputs[0].is_list:
        return op.outputs[0]
    groups, start = [], 0
    for arg in outputs:
        stop = start + arg.length(op.attrs)
        group = op.outputs[start:stop]
        groups.append(group if arg.is_list else group[0])
        start = stop
    return groups[0] if len(groups) == 1 else op.defn.result_type(*groups)
