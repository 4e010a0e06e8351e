"""`tf.graph_util`: GraphDefs cut down to what an output needs, or to what a run does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape

_LOCATION = b"loc:@"


def extract_sub_graph(graph_def: Any, dest_nodes: Collection[str]) -> Any:
    """Returns the GraphDef of `dest_nodes` and of all that they need or are colocated with.

    Raises:
      TypeError: `graph_def` is not a GraphDef, or `dest_nodes` is one string.
      AssertionError: a name is not in the graph.
    """
    _check_graph_def(graph_def)
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be a list.")
    nodes = {node.name: node for node in graph_def.node}
    for name in dest_nodes:
        _check_present(name, nodes)
    needed, waiting = set(), list(dest_nodes)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            _check_present(name, nodes)
            needed.add(name)
            waiting += _behind(nodes[name])
    return with_nodes(graph_def, (node for node in graph_def.node if node.name in needed))


def _check_graph_def(graph_def: Any) -> None:
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    if not isinstance(graph_def, GraphDef):
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")


def _check_present(name: str, nodes: Collection[str]) -> None:
    if name not in nodes:
        raise AssertionError(
            f"{name} is not in graph\n  Give the names of operations, without ':0'."
        )


def _behind(node: Any) -> list[str]:
    """The names of the nodes that a node waits for or is colocated with."""
    groups = node.attr["_class"].list.s if "_class" in node.attr else ()
    beside = [g.removeprefix(_LOCATION).decode() for g in groups if g.startswith(_LOCATION)]
    return [*map(node_of, node.input), *beside]


def node_of(text: str) -> str:
    """The node that an input names: "x", "x:1" and "^x" name x."""
    return text.removeprefix("^").partition(":")[0]


def with_nodes(graph_def: Any, nodes: Iterable[Any]) -> Any:
    """A GraphDef of copies of `nodes`, and of the version and functions of `graph_def`."""
    copy = type(graph_def)(node=nodes)
    for field in ("versions", "library"):
        if graph_def.HasField(field):
            getattr(copy, field).CopyFrom(getattr(graph_def, field))
    return copy


# Nodes that only training needs -------------------------------------------------------------------


def remove_training_nodes(input_graph: Any, protected_nodes: Collection[str] | None = None) -> Any:
    """Returns a GraphDef without CheckNumerics and without Identity, where that changes nothing.

    Nothing waits for a check that is left out. An Identity that waits for others, or is waited for,
    stays, as do `protected_nodes`.
    """
    protected = protected_nodes or ()
    checks = {
        node.name: node.input[0]
        for node in input_graph.node
        if node.op == "CheckNumerics" and node.name not in protected and node.input
    }
    unchecked = list(_spliced(input_graph.node, checks))
    ordering = {node_of(text) for node in unchecked for text in node.input if text[:1] == "^"}
    identities = {
        node.name: node.input[0]
        for node in unchecked
        if node.op == "Identity"
        and node.name not in ordering
        and node.name not in protected
        and len(node.input) == 1
    }
    return with_nodes(input_graph, _spliced(unchecked, identities))


def _spliced(nodes: Iterable[Any], inputs: dict[str, str]) -> Iterable[Any]:
    """Copies of the nodes that are not in `inputs`; what took one of those takes its input."""
    for node in nodes:
        if node.name in inputs:
            continue
        copy = type(node)()
        copy.CopyFrom(node)
        kept = (text for text in node.input if not (text[:1] == "^" and text[1:] in inputs))
        copy.input[:] = [_source(text, inputs) for text in kept]
        yield copy


def _source(text: str, inputs: dict[str, str]) -> str:
    """What an input comes from in the end; a control input, from itself."""
    seen = set()
    while (name := node_of(text)) in inputs and name not in seen:
        seen.add(name)
        text = inputs[name]
    return text


# Questions ----------------------------------------------------------------------------------------

# The attribute that, being one of some types, keeps a node of an op type on the CPU.
_HOST_TYPES = {
    "Const": ("dtype", (dtypes.string, dtypes.int32)),
    "DynamicStitch": ("T", (dtypes.int32,)),
    "ParallelDynamicStitch": ("T", (dtypes.int32,)),
    "Cast": ("SrcT", (dtypes.int32,)),
}
_OF_VARIABLES = {"Assign", "AssignAdd", "AssignSub", "Queue", "ScatterAdd", "ScatterSub"} | {
    *("ScatterUpdate", "TruncatedNormal", "Variable", "VariableV2")
}


def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether TensorFlow keeps an Operation, or a NodeDef, on the CPU.

    With `pin_variables_on_cpu` that holds for variables and what changes them, too.
    """
    proto = node.node_def if isinstance(node, Operation) else node
    if pin_variables_on_cpu and proto.op in _OF_VARIABLES:
        return True
    attr, types = _HOST_TYPES.get(proto.op, ("", ()))
    return any(proto.attr[attr].type == dtype.as_datatype_enum for dtype in types)


def tensor_shape_from_node_def_name(graph: Graph, input_name: str) -> TensorShape:
    """Returns the static shape of the tensor that an input of a NodeDef names."""
    name = input_name if ":" in input_name else f"{input_name}:0"
    return graph.get_tensor_by_name(name).shape
