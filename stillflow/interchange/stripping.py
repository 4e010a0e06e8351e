"""GraphDefs cut to what lies between some inputs and some outputs.

TensorFlow's `python.tools.strip_unused_lib`, with its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.interchange.files import from_bytes, from_text
from stillflow.interchange.freezing import extract_sub_graph
from stillflow.platform import files


def strip_unused(
    input_graph_def: Any,
    input_node_names: Sequence[str],
    output_node_names: Sequence[str],
    placeholder_type_enum: Any,
) -> Any:
    """Returns a GraphDef of what outputs need, in which the inputs are placeholders.

    Args:
      placeholder_type_enum: the number of their element type, or a list of one for each.

    Raises:
      ValueError: an input is named as a tensor, not as a node.
      KeyError: there is no such node.
      AssertionError: there is no such output.
    """
    for name in input_node_names:
        if ":" in name:
            raise ValueError(f"Name '{name}' appears to refer to a Tensor, not a Operation.")
    missing = set(input_node_names) - {node.name for node in input_graph_def.node}
    if missing:
        raise KeyError(f"The following input nodes were not found: {missing}")
    kinds = placeholder_type_enum
    if not isinstance(kinds, list):
        kinds = [kinds] * len(input_node_names)
    types = dict(zip(input_node_names, kinds, strict=True))
    nodes = [
        _placeholder(node, types[node.name]) if node.name in types else node
        for node in input_graph_def.node
    ]
    stripped = type(input_graph_def)()
    stripped.node.extend(nodes)
    return extract_sub_graph(stripped, output_node_names)


def _placeholder(node: Any, kind: int) -> Any:
    made = type(node)(op="Placeholder", name=node.name)
    made.attr["dtype"].type = kind
    for attribute in ("_output_shapes", "shape"):
        if attribute in node.attr:
            made.attr[attribute].CopyFrom(node.attr[attribute])
    return made


def strip_unused_from_files(
    input_graph: str,
    input_binary: bool,
    output_graph: str,
    output_binary: bool,
    input_node_names: str,
    output_node_names: str,
    placeholder_type_enum: Any,
) -> int | None:
    """`strip_unused` of the GraphDef in a file, into another; names have commas between.

    Returns:
      -1 where there is no such file or no output is named, which is printed.
    """
    from google.protobuf import text_format
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    if not files.exists(input_graph):
        print(f"Input graph file '{input_graph}' does not exist!")
        return -1
    if not output_node_names:
        print("You need to supply the name of a node to --output_node_names.")
        return -1
    with files.opened_to_read(input_graph) as file:
        graph_def = (from_bytes if input_binary else from_text)(file.read(), GraphDef)
    stripped = strip_unused(
        graph_def,
        input_node_names.split(","),
        output_node_names.split(","),
        placeholder_type_enum,
    )
    content = stripped.SerializeToString()
    if not output_binary:
        content = text_format.MessageToString(stripped).encode()
    with files.opened_to_write(output_graph) as file:
        file.write(content)
    print(f"{len(stripped.node)} ops in the final graph.")
    return None
