"""A SavedModel loaded step by step: the graph, the variables, what starts it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.meta_graph import import_meta_graph_with_return_elements
from stillflow.interchange.saved_model import loader
from stillflow.interchange.saved_model.assets import asset_feeds
from stillflow.interchange.saved_model.folders import get_variables_path
from stillflow.interchange.saved_model.main_op import loaded_main_op
from stillflow.train.saveables import all_saveables


class SavedModelLoader:
    """The SavedModel in the folder `export_dir`. OSError where there is none."""

    def __init__(self, export_dir: Any):
        self._export_dir = as_text(path_to_str(export_dir))
        self._saved_model = loader.read_saved_model(self._export_dir)

    @property
    def export_dir(self) -> str:
        return self._export_dir

    @property
    def variables_path(self) -> str:
        """The prefix of the checkpoint that has the variables."""
        return get_variables_path(self._export_dir)

    @property
    def saved_model(self) -> Any:
        return self._saved_model

    def get_meta_graph_def_from_tags(self, tags: Iterable[str]) -> Any:
        """The MetaGraphDef that has these tags; RuntimeError where none has."""
        return loader.tagged(self._saved_model, tags)

    def load_graph(
        self,
        graph: Graph,
        tags: Iterable[str],
        import_scope: str | None = None,
        return_elements: Iterable[str] | None = None,
        **saver_kwargs: Any,
    ) -> tuple[Any, list[Any] | None]:
        """Adds the graph of these tags to `graph`.

        Args:
          import_scope: the scope of its nodes.
          return_elements: names of tensors and operations, without the scope.
          saver_kwargs: further arguments for `tf.train.import_meta_graph`.

        Returns:
          What restores its variables, None where there are none; and the elements, None where none
          are asked for.

        Raises:
          ValueError: the graph has no such element.
        """
        meta = self.get_meta_graph_def_from_tags(tags)
        with graph.as_default():
            return import_meta_graph_with_return_elements(
                meta, import_scope=import_scope, return_elements=return_elements, **saver_kwargs
            )

    def restore_variables(self, sess: Any, saver: Any, import_scope: str | None = None) -> None:
        """Restores the variables by what `load_graph` gave, if there are any.

        Raises:
          ValueError: nothing restores them, though there are some.
        """
        with sess.graph.as_default():
            if saver is not None:
                saver.restore(sess, self.variables_path)
            elif all_saveables(import_scope):
                raise ValueError(
                    "No tf.train.Saver object was passed to the function "
                    "`SavedModelLoader.restore_variables`. Since there are variables in the graph, "
                    "a saver is required."
                )

    def run_init_ops(self, sess: Any, tags: Iterable[str], import_scope: str | None = None) -> None:
        """Runs what starts the graph, if anything does."""
        meta = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            start = loaded_main_op(meta, import_scope)
            if start is not None:
                sess.run(start, asset_feeds(meta, self._export_dir, import_scope))

    def load(
        self, sess: Any, tags: Iterable[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> Any:
        """All three steps; returns the MetaGraphDef."""
        saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
        self.restore_variables(sess, saver, import_scope)
        self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)
