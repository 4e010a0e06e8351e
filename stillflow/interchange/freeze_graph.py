"""Freezing from files: a graph and a checkpoint become one GraphDef without variables.

TensorFlow's `python.tools.freeze_graph`, with its parameters.
"""

from __future__ import annotations

import os
import re
from typing import Any

from stillflow.checkpoint import management
from stillflow.graph import context
from stillflow.graph.graph import Graph
from stillflow.interchange.constants_for_variables import convert_variables_to_constants
from stillflow.interchange.files import from_bytes, from_text
from stillflow.interchange.importer import import_graph_def
from stillflow.interchange.meta_graph import import_meta_graph
from stillflow.interchange.saved_model.loader import load, read_saved_model, tagged
from stillflow.runtime.session import Session
from stillflow.train.saver import Saver


def freeze_graph(
    input_graph: str | None,
    input_saver: str | None,
    input_binary: bool,
    input_checkpoint: str | None,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str | None,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph: str | None = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: str = "serve",
    checkpoint_version: int = 2,
) -> Any:
    """Returns a GraphDef of what `output_node_names` need, variables made constants.

    Args:
      input_graph: a file with a GraphDef; or `input_meta_graph`, or `input_saved_model_dir`.
      input_saver: a file with a SaverDef, by which to restore; by default, each variable is read
        under its own name.
      input_binary: whether the files hold bytes, and not text.
      input_checkpoint: the checkpoint with the variables' values.
      output_node_names, initializer_nodes, variable_names_whitelist, variable_names_blacklist,
        saved_model_tags: names, with commas between; initializers are run after restoring.
      output_graph: where to write the result, unless it is empty or None.
      clear_devices: whether nodes lose their devices.
      restore_op_name, filename_tensor_name, checkpoint_version: not used, as in TensorFlow.

    Raises:
      OSError: a file is not there.
      ValueError: there is no such checkpoint, or no output node is named.
      AssertionError: the graph has no such node.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef
    from tensorboard.compat.proto.saver_pb2 import SaverDef

    graph_def = saver_def = meta_graph_def = None
    if input_saved_model_dir:
        saved_model = read_saved_model(input_saved_model_dir)
        graph_def = tagged(saved_model, saved_model_tags.split(",")).graph_def
    elif input_graph:
        graph_def = _read(input_graph, input_binary, GraphDef, "Input graph")
    if input_meta_graph:
        meta_graph_def = _read(input_meta_graph, input_binary, MetaGraphDef, "Input meta graph")
    if input_saver:
        saver_def = _read(input_saver, input_binary, SaverDef, "Input saver")
    return freeze_graph_with_def_protos(
        graph_def,
        saver_def,
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        variable_names_blacklist,
        meta_graph_def,
        input_saved_model_dir,
        saved_model_tags.split(","),
        checkpoint_version,
    )


def freeze_graph_with_def_protos(
    input_graph_def: Any,
    input_saver_def: Any,
    input_checkpoint: str | None,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str | None,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph_def: Any = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: Any = None,
    checkpoint_version: int = 2,
) -> Any:
    """`freeze_graph` of messages that are read already. The default graph stays as it is."""
    if not input_saved_model_dir and not management.checkpoint_exists(str(input_checkpoint)):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    if not output_node_names:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    graph_def = input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def
    if clear_devices:
        for node in graph_def.node:
            node.device = ""
    with Graph().as_default(), Session() as session:
        if input_saved_model_dir:
            load(session, saved_model_tags, input_saved_model_dir)
        else:
            checkpoint = str(input_checkpoint)
            saver = _saver_of(graph_def, input_meta_graph_def, input_saver_def, checkpoint)
            saver.restore(session, checkpoint)
            if initializer_nodes and not input_saver_def:
                session.run(_names(initializer_nodes))
        frozen = convert_variables_to_constants(
            session,
            graph_def,
            _names(output_node_names),
            _names(variable_names_whitelist) or None,
            _names(variable_names_blacklist) or None,
        )
    if output_graph:
        with open(output_graph, "wb") as file:
            file.write(frozen.SerializeToString())
    return frozen


def _saver_of(graph_def: Any, meta_graph_def: Any, saver_def: Any, checkpoint: str) -> Any:
    """Builds the graph, and what restores its variables: by the first of these that there is."""
    if saver_def is None and meta_graph_def is not None:
        return import_meta_graph(meta_graph_def, clear_devices=True)
    import_graph_def(graph_def, name="")
    if saver_def is not None:
        return Saver(saver_def=saver_def)
    nodes = {node.name for node in graph_def.node}
    saved = [name for name, _ in management.list_variables(checkpoint) if name in nodes]
    graph = context.get_default_graph()
    try:
        return Saver({name: graph.get_tensor_by_name(f"{name}:0") for name in saved})
    except TypeError:  # the node of a variable in parts is no variable
        parts = {
            name.partition("/part_")[0] for name in nodes if re.search(r"/part_\d+/", f"{name}/")
        }
        if parts.isdisjoint(saved):
            raise
        raise ValueError(
            "Models containing partition variables cannot be converted from checkpoint files. "
            "Please pass in a SavedModel using the flag --input_saved_model_dir."
        ) from None


def _read(path: str, is_binary: bool, message_class: Any, what: str) -> Any:
    if not os.path.exists(path):
        raise OSError(f"{what} file '{path}' does not exist!")
    with open(path, "rb") as file:
        content = file.read()
    return (from_bytes if is_binary else from_text)(content, message_class)


def _names(text: str) -> list[str]:
    return [name for name in text.replace(" ", "").split(",") if name]
