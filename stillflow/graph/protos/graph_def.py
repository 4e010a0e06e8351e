"""Graphs as GraphDef protos, which TensorFlow and TensorBoard read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from stillflow.graph import context
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.attr_value import attr_value_of

PRODUCER = 134  # the GraphDef version of TensorFlow 1.15


def graph_def_of(graph: Graph, from_version: int | None = None, add_shapes: bool = False):
    """Returns the GraphDef of `graph`.

    With `add_shapes` each node has an attribute `_output_shapes`. `from_version` is accepted and
    all nodes are returned, as TensorFlow 1.15 does.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    del from_version
    nodes = (node.proto(add_shapes) for node in written_nodes(graph.get_operations()))
    graph_def = GraphDef(node=nodes, versions=graph.graph_def_versions)
    if graph._functions:
        from stillflow.graph.protos.function_def import library_of

        graph_def.library.CopyFrom(library_of(graph._functions))
    return graph_def


def version_def():
    """Returns the VersionDef that GraphDefs carry."""
    from tensorboard.compat.proto.versions_pb2 import VersionDef

    return VersionDef(producer=PRODUCER)


def merged_versions(own: Any, imported: Any) -> Any:
    """Returns the VersionDef of a graph with `own` into which a GraphDef is imported."""
    from tensorboard.compat.proto.versions_pb2 import VersionDef

    merged = VersionDef()
    merged.CopyFrom(imported)
    if own is not None:
        merged.producer = min(own.producer, imported.producer)
        merged.min_consumer = max(own.min_consumer, imported.min_consumer)
        merged.bad_consumers[:] = sorted({*own.bad_consumers, *imported.bad_consumers})
    return merged


class Node(NamedTuple):
    """A node as it is written: an operation, or what stands in its place.

    Its name, device and outputs are those of `op`.
    """

    op: Operation
    type: str
    inputs: Iterable[Tensor]
    control_inputs: Iterable[Operation]
    attrs: dict[str, Any]

    @classmethod
    def of(cls, op: Operation) -> Node:
        return cls(op, op.type, op.inputs, op._control_inputs, op.attrs)

    def proto(self, add_shapes: bool = False):
        """The NodeDef."""
        from tensorboard.compat.proto.node_def_pb2 import NodeDef

        inputs = [tensor._as_node_def_input() for tensor in self.inputs]
        inputs += [f"^{control.name}" for control in self.control_inputs]
        node = NodeDef(name=self.op.name, op=self.type, input=inputs, device=self.op.device)
        attrs = dict(self.attrs)
        if add_shapes and self.op.outputs:
            attrs["_output_shapes"] = [tensor.shape for tensor in self.op.outputs]
        for name, value in attrs.items():
            if value is not None:
                node.attr[name].CopyFrom(attr_value_of(value, attrs.get("dtype")))
        return node


def written_nodes(ops: Iterable[Operation]) -> list[Node]:
    """The nodes that are written for `ops`; TensorFlow knows the types of all."""
    listed = list(ops)
    if any(op.defn.is_own for op in listed):
        return context.spelled_out(listed)
    return list(map(Node.of, listed))


def node_def_of(op: Operation):
    """Returns the NodeDef of `op`."""
    return Node.of(op).proto()


def op_def_of(defn: Any):
    """Returns the OpDef of an op type, from its declaration."""
    from tensorboard.compat.proto.op_def_pb2 import OpDef

    op_def = OpDef(name=defn.type, is_stateful=defn.stateful)
    op_def.input_arg.extend(_arg_defs(defn.signature.inputs))
    op_def.output_arg.extend(_arg_defs(defn.signature.outputs))
    for name, kind in defn.attr_kinds.items():
        attr = op_def.attr.add(name=name, type=kind)
        default = defn.attr_defaults.get(name, defn.defaults.get(name))
        if default is not None:
            attr.default_value.CopyFrom(attr_value_of(default))
        if name in defn.types:
            attr.allowed_values.CopyFrom(attr_value_of(list(defn.types[name])))
    return op_def


def _arg_defs(args: Iterable[Any]) -> list:
    from tensorboard.compat.proto.op_def_pb2 import OpDef

    return [
        OpDef.ArgDef(
            name=arg.name,
            type=0 if arg.dtype is None else arg.dtype.as_datatype_enum,
            type_attr=arg.type_attr or "",
            type_list_attr=arg.type_list_attr or "",
            number_attr=arg.number_attr or "",
            is_ref=arg.is_ref,
        )
        for arg in args
    ]
