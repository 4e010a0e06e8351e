"""Telling what a file of a graph holds: a GraphDef, a MetaGraphDef or a SavedModel."""

from __future__ import annotations

import os
import re
from typing import Any

from stillflow.interchange.files import from_bytes, from_text
from stillflow.interchange.saved_model.message import saved_model_class

_OP_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.>]*")


def read_graph_file(path: str) -> Any:
    """Returns the GraphDef, MetaGraphDef or SavedModel that a file holds, as bytes or as text.

    Raises:
      OSError: the file cannot be read.
      ValueError: it holds none of them.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    with open(path, "rb") as file:
        content = file.read()
    kinds = [GraphDef, MetaGraphDef, saved_model_class()]
    if os.path.basename(path).startswith("saved_model"):
        kinds.reverse()
    elif path.endswith(".meta"):
        kinds = [MetaGraphDef, GraphDef, saved_model_class()]
    for parse in (from_bytes, from_text):
        for kind in kinds:
            try:
                message = parse(content, kind)
            except ValueError:
                continue
            if _makes_sense(message):
                return message
    raise ValueError("It is no GraphDef, MetaGraphDef or SavedModel, or it is damaged.")


def _makes_sense(message: Any) -> bool:
    """Whether bytes were meant for this message; those of another one often pass for it."""
    if hasattr(message, "meta_graphs"):
        graphs = [meta.graph_def for meta in message.meta_graphs]
    else:
        graphs = [getattr(message, "graph_def", message)]
    nodes = [node for graph in graphs for node in graph.node]
    return bool(nodes) and all(node.name and _OP_TYPE.fullmatch(node.op) for node in nodes)
