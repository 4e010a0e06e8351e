"""Loading SavedModels into a session."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.files import from_bytes, from_text
from stillflow.interchange.meta_graph import import_meta_graph
from stillflow.interchange.saved_model import folders, names
from stillflow.interchange.saved_model.assets import asset_feeds
from stillflow.interchange.saved_model.main_op import loaded_main_op
from stillflow.interchange.saved_model.message import saved_model_class
from stillflow.interchange.saved_model.of_tensorflow_2 import readable

_FILES = {
    names.SAVED_MODEL_FILENAME_PB: from_bytes,
    names.SAVED_MODEL_FILENAME_PBTXT: from_text,
}


def maybe_saved_model_directory(export_dir: Any) -> bool:
    """Whether there is a file of a SavedModel in the folder; it is not read."""
    folder = as_text(path_to_str(export_dir))
    return any(os.path.isfile(os.path.join(folder, name)) for name in _FILES)


def read_saved_model(export_dir: Any) -> Any:
    """Returns the SavedModel proto in a folder.

    Raises:
      OSError: there is none, or it cannot be read.
    """
    folder = as_text(path_to_str(export_dir))
    for name, parse in _FILES.items():
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                content = file.read()
            try:
                return parse(content, saved_model_class())
            except ValueError as error:
                raise OSError(f"Cannot parse file {path}: {error}.") from None
    raise OSError(
        f"SavedModel file does not exist at: {folder}/"
        f"{{{names.SAVED_MODEL_FILENAME_PBTXT}|{names.SAVED_MODEL_FILENAME_PB}}}"
    )


def load(
    sess: Any,
    tags: Iterable[str],
    export_dir: Any,
    import_scope: str | None = None,
    **saver_kwargs: Any,
) -> Any:
    """Adds a graph of a SavedModel to the session's graph, restores its variables, starts it.

    Args:
      tags: all the tags of the graph that is meant.
      export_dir: the model's folder.
      import_scope: the scope of the nodes.
      saver_kwargs: further arguments for `tf.train.import_meta_graph`.

    Returns:
      The MetaGraphDef, whose `signature_def` says what goes in and comes out.

    Raises:
      OSError: there is no SavedModel, or its file is damaged.
      RuntimeError: it has no graph of these tags.
      ValueError, tf.errors.OpError: the graph cannot be imported, or the variables not restored.
    """
    folder = as_text(path_to_str(export_dir))
    meta = readable(tagged(read_saved_model(folder), tags))
    with sess.graph.as_default():
        saver = import_meta_graph(meta, import_scope=import_scope, **saver_kwargs)
        if saver is not None:
            saver.restore(sess, folders.get_variables_path(folder))
        start = loaded_main_op(meta, import_scope)
        if start is not None:
            sess.run(start, asset_feeds(meta, folder, import_scope))
    return meta


def tagged(saved_model: Any, tags: Iterable[str]) -> Any:
    """The MetaGraphDef of a SavedModel that has these tags; RuntimeError when none has."""
    wanted = set(tags)
    available = [set(meta.meta_info_def.tags) for meta in saved_model.meta_graphs]
    if wanted not in available:
        raise RuntimeError(
            f"MetaGraphDef associated with tags {str(tags).strip('[]')} could not be found in "
            "SavedModel. To inspect available tag-sets in the SavedModel, please use the "
            "SavedModel CLI: `saved_model_cli`\n"
            f"  There is {', '.join(str(sorted(there)) for there in available) or 'nothing'}; "
            "`stillflow inspect` shows the model."
        )
    return saved_model.meta_graphs[available.index(wanted)]


def get_saved_model_tag_sets(saved_model_dir: Any) -> list[list[str]]:
    """Returns the tags of each graph of a SavedModel. OSError where there is none."""
    graphs = read_saved_model(saved_model_dir).meta_graphs
    return [list(meta.meta_info_def.tags) for meta in graphs]


def get_meta_graph_def(saved_model_dir: Any, tag_set: str) -> Any:
    """Returns the MetaGraphDef of a SavedModel that has these tags, with commas between.

    Raises:
      OSError: there is no SavedModel.
      RuntimeError: it has no graph of these tags.
    """
    wanted = set(tag_set.split(","))
    for meta in read_saved_model(saved_model_dir).meta_graphs:
        if set(meta.meta_info_def.tags) == wanted:
            return meta
    raise RuntimeError(
        f"MetaGraphDef associated with tag-set {tag_set} could not be found in SavedModel"
    )
