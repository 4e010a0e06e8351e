"""Writing SavedModels: `SavedModelBuilder`, and `simple_save` for one graph and one signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.assets import add_assets
from stillflow.interchange.saved_model.signatures import predict_signature_def
from stillflow.interchange.saved_model.writer import (
    SavedModelWriter,
    check_signatures,
    saver_of_all,
)
from stillflow.train.saver import Saver


class SavedModelBuilder(SavedModelWriter):
    """Writes graphs, with one set of values of their variables, to a folder.

    What is to be run, and which files are read, is told in collections of the graph.

    Args:
      export_dir: the folder, which is made, or is empty.

    Raises:
      AssertionError: the folder holds something.
    """

    def add_meta_graph_and_variables(  # type: ignore[override] # as in TensorFlow
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Iterable[Tensor] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Adds the default graph, and writes its variables' values in `sess`. It comes first.

        Args:
          tags: what the graph is loaded by.
          signature_def_map: SignatureDefs by their keys.
          assets_collection: constants of the paths of files that the graph reads.
          legacy_init_op, main_op: an operation that is run once the model is loaded.
          clear_devices: leaves out what `tf.device` recorded.
          strip_default_attrs: leaves out attributes that have their defaults.
          saver: writes the variables; by default, a new one of all of them.

        Raises:
          AssertionError: variables are written already, or a signature lacks a name or a type.
          KeyError: the key of a signature is a reserved one.
          TypeError: the main operation is none.
          ValueError: the graph has a main operation already.
          tf.errors.OpError: a variable has no value, or a file cannot be written.
        """
        self._require_no_variables()
        saver = self._prepared(
            signature_def_map, assets_collection, main_op or legacy_init_op, saver
        )
        self._write_variables(sess, saver)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)

    def add_meta_graph(  # type: ignore[override] # as in TensorFlow
        self,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Iterable[Tensor] | None = None,
        legacy_init_op: Operation | None = None,
        clear_devices: bool = False,
        main_op: Operation | None = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Adds the default graph, which uses the variables that are written already.

        Arguments and errors are those of `add_meta_graph_and_variables`.
        """
        self._require_variables()
        saver = self._prepared(
            signature_def_map, assets_collection, main_op or legacy_init_op, saver
        )
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)

    def _prepared(self, signatures: Any, assets: Any, main_op: Any, saver: Saver | None) -> Saver:
        """Checks the arguments, adds assets and the main operation; returns the Saver to use."""
        check_signatures(signatures or {})
        if assets is not None:
            add_assets(assets, self._export_dir)
        if main_op is not None:
            _add_main_op(main_op)
        return saver or saver_of_all()

    def _add_train_op(self, train_op: Operation | Tensor | None) -> None:
        """Names what trains, for whoever loads the graph. TypeError when it cannot be run."""
        if train_op is None:
            return
        if not isinstance(train_op, Operation | Tensor):
            raise TypeError(f"train_op needs to be a Tensor or Op: {train_op!r}")
        get_default_graph().add_to_collection(names.TRAIN_OP_KEY, train_op)


def _add_main_op(main_op: Any) -> None:
    if not isinstance(main_op, Operation):
        raise TypeError(f"main_op needs to be an Operation: {main_op!r}")
    graph = get_default_graph()
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if graph.get_collection(key):
            raise ValueError(
                f"Graph already contains one or more main ops under the collection {key}."
            )
    graph.add_to_collection(names.MAIN_OP_KEY, main_op)


def simple_save(
    session: Any,
    export_dir: Any,
    inputs: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    legacy_init_op: Operation | None = None,
) -> None:
    """Writes the default graph and its variables' values as a SavedModel for serving.

    Args:
      export_dir: the folder, which is made, or is empty.
      inputs, outputs: the tensors that callers give and get, by the names that they use.
      legacy_init_op: an operation that is run once the model is loaded.

    Raises:
      AssertionError: the folder holds something.
      ValueError: there are no inputs or no outputs.
      tf.errors.OpError: a variable has no value, or a file cannot be written.
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        tags=[names.SERVING],
        signature_def_map={names.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=get_default_graph().get_collection(GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()
