"""`tf.graph_util.convert_variables_to_constants`: a GraphDef that holds its variables' values.

A variable becomes a Const. Where handles led to it, what hands them on hands on the value, and what
read it is an Identity, or gathers from the constant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.protos.tensor_proto import tensor_proto_of
from stillflow.interchange.freezing import extract_sub_graph, node_of, with_nodes
from stillflow.platform import logging

_BEHIND_REFERENCES = ("Variable", "VariableV2")
_BEHIND_HANDLES = "VarHandleOp"
_READERS = ("ReadVariableOp", "ResourceGather")
_HAND_ON = ("Switch", "Enter", "Exit", "Identity", "Merge", "NextIteration")


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Collection[str],
    variable_names_whitelist: Collection[str] | None = None,
    variable_names_blacklist: Collection[str] | None = None,
) -> Any:
    """Returns what `output_node_names` need, with constants of the variables' values in `sess`.

    Args:
      variable_names_whitelist: the variables to convert; all of them by default.
      variable_names_blacklist: variables that stay.

    Raises:
      TypeError, AssertionError: as `extract_sub_graph`.
      ValueError: what a read reads is no variable of the graph, or it reads batches of rows.
      tf.errors.FailedPreconditionError: a variable has no value.
    """
    needed = extract_sub_graph(input_graph_def, output_node_names)
    frozen = {
        node.name: _value_of(node)
        for node in needed.node
        if node.op in (*_BEHIND_REFERENCES, _BEHIND_HANDLES)
        and (variable_names_whitelist is None or node.name in variable_names_whitelist)
        and not (variable_names_blacklist and node.name in variable_names_blacklist)
    }
    types = _types_of_read(needed, frozen)
    fetched = sess.run(list(frozen.values())) if frozen else []
    values = dict(zip(frozen, fetched, strict=True))
    logging.info("Froze %d variables.", len(values))
    nodes = (new for node in needed.node for new in _converted(node, values, types))
    converted = with_nodes(needed, nodes)
    logging.info("Converted %d variables to const ops.", len(values))
    return converted


def _value_of(variable: Any) -> str:
    """The name of the tensor that has the value of a variable, of which a NodeDef is given."""
    reading = "/Read/ReadVariableOp" if variable.op == _BEHIND_HANDLES else ""
    return f"{variable.name}{reading}:0"


def _types_of_read(graph_def: Any, frozen: Collection[str]) -> dict[str, Any]:
    """The nodes that read `frozen` variables, or hand their handles on; the type that is read."""
    nodes = {node.name: node for node in graph_def.node}
    types: dict[str, Any] = {}
    for reader in graph_def.node:
        if reader.op in _READERS:
            between, variables = _behind(reader, nodes)
            if not variables.isdisjoint(frozen):
                types.update(dict.fromkeys([reader.name, *between], reader.attr["dtype"]))
    return types


def _behind(reader: Any, nodes: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The nodes that hand on what `reader` reads, and the variables that it may be."""
    between: set[str] = set()
    variables: set[str] = set()
    waiting = [node_of(reader.input[0])]
    while waiting:
        source = nodes[waiting.pop()]
        if source.op == _BEHIND_HANDLES:
            variables.add(source.name)
        elif source.op not in _HAND_ON:
            raise ValueError(
                "Cannot find the variable that is an input to the ReadVariableOp.\n"
                f"  {reader.name!r} reads what {source.name!r}, a {source.op}, gives."
            )
        elif source.name not in between:
            between.add(source.name)
            waiting += [node_of(t) for t in source.input[: 2 if source.op == "Merge" else 1]]
    return between, variables


def _converted(node: Any, values: dict[str, Any], types: dict[str, Any]) -> Iterator[Any]:
    """What takes the place of a node."""
    if node.name in values:
        yield _constant(node.name, node.attr["dtype"], values[node.name])
    elif node.name not in types:
        yield node
    elif node.op == "ReadVariableOp":
        yield _instead(node, "Identity", node.input[:1], T=node.attr["dtype"])
    elif node.op == "ResourceGather":
        if node.attr["batch_dims"].i:
            raise ValueError("batch_dims != 0 is not supported by freeze_graph.")
        index_type = node.attr["Tindices"]
        axis = _constant(f"{node.name}/axis", index_type, np.int32(0))
        yield axis
        types = {"Tparams": node.attr["dtype"], "Tindices": index_type, "Taxis": index_type}
        yield _instead(node, "GatherV2", [*node.input[:2], axis.name], **types)
    else:
        copy = type(node)()
        copy.CopyFrom(node)
        copy.attr.pop("_output_shapes", None)
        copy.attr["T"].CopyFrom(types[node.name])
        yield copy


def _constant(name: str, dtype: Any, value: Any) -> Any:
    """A Const node; `dtype` is the AttrValue of its type."""
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    tensor = tensor_proto_of(value, dtypes.as_dtype(dtype.type))
    attrs = {"dtype": dtype, "value": AttrValue(tensor=tensor)}
    return NodeDef(name=name, op="Const", attr=attrs)


def _instead(node: Any, op: str, inputs: Any, **attrs: Any) -> Any:
    """A node of another type that has the name of `node`, and what is colocated with it."""
    if "_class" in node.attr:
        attrs["_class"] = node.attr["_class"]
    return type(node)(name=node.name, op=op, input=inputs, attr=attrs)
