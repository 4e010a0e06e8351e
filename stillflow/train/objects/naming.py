"""How messages name the objects of a checkpoint."""

from __future__ import annotations

from collections import deque
from typing import Any


def names_of_nodes(proto: Any) -> dict[int, str]:
    """{number in a TrackableObjectGraph: the way from the root, as "(root).layer.kernel"}"""
    names, waiting = {0: "(root)"}, deque([0])
    while waiting:
        number = waiting.popleft()
        for child in proto.nodes[number].children:
            if child.node_id not in names:
                names[child.node_id] = f"{names[number]}.{child.local_name}"
                waiting.append(child.node_id)
    for number, node in enumerate(proto.nodes):
        for slot in node.slot_variables:
            variable = names[slot.original_variable_node_id]
            names[slot.slot_variable_node_id] = (
                f"{names[number]}'s state '{slot.slot_name}' for {variable}"
            )
    return names
