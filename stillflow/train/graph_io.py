"""`tf.train.write_graph`: a graph as a file."""

from __future__ import annotations

import os
from typing import Any

from stillflow.checkpoint.files import write_atomically
from stillflow.graph.graph import Graph
from stillflow.graph.text import local_path


def write_graph(graph_or_graph_def: Any, logdir: str, name: str, as_text: bool = True) -> str:
    """Writes a GraphDef to the file `name` in `logdir`, which is made, and returns its path.

    The file is replaced as a whole: who reads it meanwhile sees the old or the new one.
    """
    from google.protobuf import text_format

    is_graph = isinstance(graph_or_graph_def, Graph)
    graph_def = graph_or_graph_def.as_graph_def() if is_graph else graph_or_graph_def
    text = text_format.MessageToString(graph_def).encode() if as_text else None
    os.makedirs(local_path(logdir), exist_ok=True)
    path = os.path.join(logdir, name)
    write_atomically(local_path(path), graph_def.SerializeToString() if text is None else text)
    return path
