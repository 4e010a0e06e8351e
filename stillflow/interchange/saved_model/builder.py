"""Writing SavedModels: `SavedModelBuilder`, and `simple_save` for one graph and one signature."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.checkpoint import files
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.assets import add_assets
from stillflow.interchange.saved_model.message import saved_model_class
from stillflow.interchange.saved_model.signatures import predict_signature_def
from stillflow.platform import logging
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.train.saveables import all_saveables
from stillflow.train.saver import Saver


class SavedModelBuilder:
    """Writes graphs, with one set of values of their variables, to a folder.

    Args:
      export_dir: the folder, which is made, or is empty.

    Raises:
      AssertionError: the folder holds something.
    """

    def __init__(self, export_dir: Any):
        self._export_dir = as_text(path_to_str(export_dir))
        self._saved_model = saved_model_class()(
            saved_model_schema_version=names.SAVED_MODEL_SCHEMA_VERSION
        )
        self._has_saved_variables = False
        with os_errors_as_tf(self._export_dir):
            os.makedirs(self._export_dir, exist_ok=True)
            if os.listdir(self._export_dir):
                raise AssertionError(
                    "Export directory already exists, and isn't empty. Please choose a different "
                    "export directory, or delete all the contents of the specified directory: "
                    f"{self._export_dir}"
                )

    def add_meta_graph_and_variables(
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
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke "
                "`add_meta_graph()` instead."
            )
        saver = self._prepared(
            signature_def_map, assets_collection, main_op or legacy_init_op, saver
        )
        folder = os.path.join(self._export_dir, names.VARIABLES_DIRECTORY)
        with os_errors_as_tf(folder):
            os.makedirs(folder, exist_ok=True)
        prefix = os.path.join(folder, names.VARIABLES_FILENAME)
        saver.save(sess, prefix, write_meta_graph=False, write_state=False)
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)
        self._has_saved_variables = True

    def add_meta_graph(
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
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )
        saver = self._prepared(
            signature_def_map, assets_collection, main_op or legacy_init_op, saver
        )
        self._add(saver, tags, signature_def_map, clear_devices, strip_default_attrs)

    def save(self, as_text: bool = False) -> bytes:
        """Writes the file that makes the folder a SavedModel; returns its path.

        The file is replaced as a whole: who reads it meanwhile sees the old or the new one.
        """
        name = names.SAVED_MODEL_FILENAME_PBTXT if as_text else names.SAVED_MODEL_FILENAME_PB
        path = os.path.join(self._export_dir, name)
        content = str(self._saved_model).encode() if as_text else None
        with os_errors_as_tf(path):
            os.makedirs(self._export_dir, exist_ok=True)
            files.write_atomically(path, content or self._saved_model.SerializeToString())
        logging.info("SavedModel written to: %s", path)
        return os.fsencode(path)

    def _prepared(self, signatures: Any, assets: Any, main_op: Any, saver: Saver | None) -> Saver:
        """Checks the arguments, adds assets and the main operation; returns the Saver to use."""
        _check_signatures(signatures or {})
        if assets is not None:
            add_assets(assets, self._export_dir)
        if main_op is not None:
            _add_main_op(main_op)
        return saver or Saver(all_saveables(), sharded=True, allow_empty=True)

    def _add(
        self, saver: Saver, tags: Any, signatures: Any, clear_devices: bool, strip: bool
    ) -> None:
        meta = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip)
        meta.meta_info_def.tags.extend(tags)
        for key, signature in (signatures or {}).items():
            meta.signature_def[key].CopyFrom(signature)
        self._saved_model.meta_graphs.append(meta)


def _check_signatures(signatures: Mapping[str, Any]) -> None:
    for signature in signatures.values():
        for info in (*signature.inputs.values(), *signature.outputs.values()):
            _check_tensor_info(info)
    for key, what in (
        (names.INIT_OP_SIGNATURE_KEY, "initialization"),
        (names.TRAIN_OP_SIGNATURE_KEY, "the train op"),
    ):
        if key in signatures:
            raise KeyError(
                f'SignatureDef map key "{key}" is reserved for {what}. Please use a different key.'
            )


def _check_tensor_info(info: Any) -> None:
    if info.WhichOneof("encoding") is None:
        raise AssertionError(
            "All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' "
            f"fields (e.g., name or coo_sparse) set: {info}"
        )
    if info.dtype == 0 and info.WhichOneof("encoding") != "composite_tensor":
        raise AssertionError(
            f"All TensorInfo protos used in the SignatureDefs must have the dtype field set: {info}"
        )


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
