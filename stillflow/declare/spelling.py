"""Graphs in words that TensorFlow knows: what an operation of Stillflow stands for is written.

Such an operation continues a call, so what the call stands for is written as well. The nodes are
those that a run carries out; behind them stands, under the operation's own name, an IdentityN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.expanding import ARRIVAL, expansion_of
from stillflow.graph.operation import Operation
from stillflow.graph.protos.graph_def import Node

_Frames = dict[str, str]  # the names of loops' frames in a body, and how they are written


def spelled_out(ops: Sequence[Operation]) -> list[Node]:
    """The nodes that are written for `ops`."""
    return _Spelling().nodes(ops)


class _Spelling:
    def __init__(self) -> None:
        self._frames: dict[Operation, _Frames] = {}

    def nodes(self, ops: Sequence[Operation]) -> list[Node]:
        apart: set[Operation] = set()
        for op in ops:
            while op.defn.is_own:
                apart.add(op)
                op = op.inputs[0].op
                apart.add(op)
        return [node for op in ops for node in (self._apart(op) if op in apart else [Node.of(op)])]

    def _apart(self, op: Operation) -> list[Node]:
        """What `op` stands for, and a node of its name that gives its outputs."""
        expansion = expansion_of(op)
        before = op.inputs[0].op if op.defn.is_own else None
        known = set() if before is None else set(expansion_of(before).ops.values())
        copies = {copy: t for t, copy in expansion.ops.items() if copy not in known}
        waits = dict.fromkeys(wait for copy in copies for wait in copy.control_inputs)
        nodes = [_identities(wait, wait.inputs, ()) for wait in waits if wait.defn is ARRIVAL]
        self._frames[op] = frames = dict({} if before is None else self._frames[before])
        inside = {*known, *copies}
        for node in self.nodes(list(copies)):
            attrs = {name: value for name, value in node.attrs.items() if name != "_class"}
            if "frame_name" in attrs and node.op in copies:
                name = attrs["frame_name"]
                attrs["frame_name"] = frames.setdefault(name, f"{op.name}/{name}")
            # What is in a loop or a choice waits for nothing outside of it.
            if node.op in copies and copies[node.op]._control_flow_context is not None:
                own = [wait for wait in node.control_inputs if wait in inside]
                node = node._replace(control_inputs=own)
            nodes.append(node._replace(attrs=attrs))
        ends = [copy for copy, template in copies.items() if _is_end(template)]
        return [*nodes, _identities(op, expansion.outputs, [*ends, *op.control_inputs])]


def _is_end(template: Operation) -> bool:
    """Whether a body has ended only when this operation has, in no choice and no loop of it."""
    defn = template.defn
    runs_always = template._control_flow_context is None
    return runs_always and (defn.stateful or defn.joins or defn.frame == "exit")


def _identities(op: Operation, inputs: Sequence[Any], control_inputs: Sequence[Operation]) -> Node:
    types = [tensor.dtype.base_dtype for tensor in inputs]
    if not types:
        return Node(op, "NoOp", (), control_inputs, {})
    return Node(op, "IdentityN", inputs, control_inputs, {"T": types})
