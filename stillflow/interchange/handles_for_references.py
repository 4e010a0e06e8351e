"""A GraphDef whose variables are behind handles, of one whose variables are references.

What reads a reference reads its variable; what changes one does so by the handle, as ops of the
same meaning. Functions can take handles from around them, and references they cannot.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.keys import GraphKeys

_OF_VARIABLES = (
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
)
_REFERENCES = ("VariableV2", "Variable")
_BY_HANDLE = {
    "Assign": "AssignVariableOp",
    "AssignAdd": "AssignAddVariableOp",
    "AssignSub": "AssignSubVariableOp",
    "IsVariableInitialized": "VarIsInitializedOp",
}
_TWINS = ("Apply", "SparseApply", "Scatter")  # with "Resource" before


def with_handles(graph_def: Any) -> tuple[Any, dict[str, str]]:
    """A copy of a GraphDef, in which variables are behind handles.

    Returns:
      it, and by the names of nodes that gave references those of the nodes that give values.
    """
    given = {node.name: node for node in graph_def.node if node.op in _REFERENCES}
    copied = type(graph_def)()
    copied.CopyFrom(graph_def)
    if not given:
        return copied, {}
    del copied.node[:]
    rewriting = _Rewriting(copied, given)
    rewriting.run(graph_def.node)
    return copied, rewriting.values


def meta_with_handles(meta: Any) -> tuple[Any, dict[str, str]]:
    """As `with_handles`, of a MetaGraphDef, whose collections then say so of its variables."""
    graph_def, values = with_handles(meta.graph_def)
    copied = type(meta)()
    copied.CopyFrom(meta)
    copied.graph_def.CopyFrom(graph_def)
    for key in _OF_VARIABLES:
        if key in copied.collection_def:
            packed = copied.collection_def[key].bytes_list.value
            packed[:] = [_described(each, values) for each in packed]
    return copied, values


def _described(packed: bytes, values: dict[str, str]) -> bytes:
    from tensorboard.compat.proto.variable_pb2 import VariableDef

    described = VariableDef.FromString(packed)
    if described.variable_name.partition(":")[0] in values:
        described.is_resource = True
    return described.SerializeToString()


class _Rewriting:
    def __init__(self, into: Any, references: dict[str, Any]):
        self._into = into
        self._references = references
        self.values = {name: f"{name}/ReadVariableOp" for name in references}

    def run(self, nodes: Any) -> None:
        changing = [node.name for node in nodes if self._changes(node)]
        self.values.update({name: f"{name}/ReadVariableOp" for name in changing})
        for node in nodes:
            if node.name in self._references:
                self._add_handle(node)
                self._add_read(self.values[node.name], node.name)
            elif self._changes(node):
                self._add_change(node)
            else:
                self._add_reader(node)

    def _variable_of(self, text: str) -> str | None:
        """The variable that an input is a reference to."""
        name = text.split(":")[0]
        return name if name in self._references else None

    def _changes(self, node: Any) -> bool:
        if not node.input or self._variable_of(node.input[0]) is None:
            return False
        return node.op in _BY_HANDLE or node.op.startswith(_TWINS)

    def _dtype(self, variable: str) -> Any:
        return self._references[variable].attr["dtype"]

    def _add_handle(self, node: Any) -> None:
        made = self._into.node.add(name=node.name, op="VarHandleOp", device=node.device)
        made.input.extend(node.input)
        for key in ("dtype", "shape", "container", "shared_name"):
            if key in node.attr:
                made.attr[key].CopyFrom(node.attr[key])
        made.attr["shared_name"].s = made.attr["shared_name"].s or node.name.encode()

    def _add_change(self, node: Any) -> None:
        variable = self._variable_of(node.input[0])
        assert variable is not None
        made = self._into.node.add()
        made.CopyFrom(node)
        made.op = _BY_HANDLE.get(node.op, f"Resource{node.op}")
        del made.input[:]
        for text in node.input:
            is_same_kind = self._variable_of(text) is not None
            made.input.append(text if is_same_kind else self._value(text))
        if node.op in _BY_HANDLE:
            made.attr.clear()
        if node.op != "IsVariableInitialized" and not node.op.startswith(("Apply", "Sparse")):
            made.attr["dtype"].CopyFrom(self._dtype(variable))
            made.attr.pop("T", None)
            made.attr.pop("use_locking", None)
        if node.op != "IsVariableInitialized":
            self._add_read(self.values[node.name], variable, f"^{node.name}")

    def _add_reader(self, node: Any) -> None:
        variable = self._variable_of(node.input[0]) if node.input else None
        if node.op == "Identity" and variable is not None:
            self._add_read(node.name, variable, *node.input[1:])
            return
        made = self._into.node.add()
        made.CopyFrom(node)
        made.input[:] = [self._value(text) for text in node.input]

    def _value(self, text: str) -> str:
        """What gives the value of an input."""
        return self.values.get(text.split(":")[0], text)

    def _add_read(self, name: str, variable: str, *behind: str) -> None:
        made = self._into.node.add(name=name, op="ReadVariableOp")
        made.input.extend([variable, *behind])
        made.attr["dtype"].CopyFrom(self._dtype(variable))
