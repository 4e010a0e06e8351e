"""The part of a graph below one name scope, by names without the scope, as a meta graph has it."""

from __future__ import annotations

import re
from typing import Any

UNBOUND_INPUTS = "unbound_inputs"  # the collection of what the part takes from outside
_UNBOUND = "$unbound_inputs_"
_LOCATION = "loc:@"
_ENTERS = ("Enter", "RefEnter")  # they name the loop that they lead into


def is_below(name: str, scope: str) -> bool:
    """Whether a node, or a tensor, is in a scope."""
    return name.removeprefix("^").startswith(f"{scope}/")


def without_scope(name: str, scope: str) -> str:
    """A name below `scope` as it is within it; "^" and "loc:@" in front of it stay."""
    return re.sub(rf"^(\^|{_LOCATION})?{re.escape(scope)}/", r"\1", name)


def below(graph_def: Any, scope: str) -> tuple[Any, list[str]]:
    """Returns the GraphDef of the nodes below `scope`, and the inputs that come from outside.

    Those are called by their names after a mark; whoever imports the part gives tensors for them.
    """
    part = type(graph_def)(versions=graph_def.versions, library=graph_def.library)
    unbound: list[str] = []
    for node in graph_def.node:
        if is_below(node.name, scope):
            copy = part.node.add()
            copy.CopyFrom(node)
            copy.name = without_scope(node.name, scope)
            copy.input[:] = [_input(text, scope, unbound) for text in node.input]
            _keep_locations(copy, scope)
            if copy.op in _ENTERS:
                frame = copy.attr["frame_name"]
                frame.s = without_scope(frame.s.decode(), scope).encode()
    return part, unbound


def _input(text: str, scope: str, unbound: list[str]) -> str:
    if is_below(text, scope):
        return without_scope(text, scope)
    mark = "^" if text.startswith("^") else ""
    unbound.append(f"{mark}{_UNBOUND}{text.removeprefix('^')}")
    return unbound[-1]


def _keep_locations(node: Any, scope: str) -> None:
    """Drops colocation with nodes outside of the scope."""
    if "_class" in node.attr:
        groups = node.attr["_class"].list.s
        inside = [g for g in groups if is_below(g.decode().removeprefix(_LOCATION), scope)]
        groups[:] = [without_scope(group.decode(), scope).encode() for group in inside]
