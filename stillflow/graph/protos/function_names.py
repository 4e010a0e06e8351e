"""The names that a function's arguments, results and nodes have in its definition."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.graph.protos.graph_def import written_nodes


class Names:
    """Unique names, numbered from 0 where one is taken."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def argument(self, name: str) -> str:
        """A name for an argument or a result: letters, digits and underscores in lower case."""
        plain = re.sub(r"[^a-z0-9]", "_", name.lower())
        plain = re.sub(r"^[^a-z]+", "", plain)
        return self.unique(plain or "unknown")

    def unique(self, name: str) -> str:
        if name not in self._taken:
            self._taken[name] = 0
            return name
        while True:
            candidate = f"{name}_{self._taken[name]}"
            self._taken[name] += 1
            if candidate not in self._taken:
                self._taken[candidate] = 0
                return candidate


class DefinitionNames:
    """The names in the definition of a function with a certain body."""

    def __init__(self, body: Any, out_names: Sequence[str] = ()):
        names = Names()
        if out_names and len(out_names) != len(body.outputs):
            raise InvalidArgumentError(
                None,
                None,
                "output names must be either empty or equal in size to outputs. output names size "
                f"= {len(out_names)} outputs size = {len(body.outputs)}",
            )
        own = (names.argument(tensor.op.name) for tensor in body.outputs)
        self.outputs = list(out_names or own)
        self.inputs = [names.argument(tensor.op.name) for tensor in body.inputs]
        arguments = {tensor.op for tensor in body.inputs}
        self.written = written_nodes(op for op in body.operations if op not in arguments)
        self.nodes: dict[Operation, str] = {
            node.op: names.unique(node.op.name) for node in self.written
        }


def argument_names(body: Any, out_names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names of the inputs and of the outputs."""
    names = DefinitionNames(body, out_names)
    return names.inputs, names.outputs


def hashed_name(base: str, body: Any) -> str:
    """A name for a function that has none of its own, which tells bodies apart.

    TensorFlow's ends in a hash, too, but in another one.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    for op in body.operations:
        inputs = [tensor.name for tensor in op.inputs]
        waits = [other.name for other in op.control_inputs]
        digest.update(repr((op.name, op.type, inputs, waits, sorted(op.attrs))).encode())
        digest.update(str(op.node_def.SerializeToString(deterministic=True)).encode())
    digest.update(repr([tensor.name for tensor in body.outputs]).encode())
    return f"{base}_{digest.hexdigest()[:11]}"
