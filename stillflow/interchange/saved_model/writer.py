"""What writes a SavedModel: graphs with their tags and signatures, values once, assets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.checkpoint import files
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.saved_model import folders, names
from stillflow.interchange.saved_model.assets import files_of_assets, write_assets
from stillflow.interchange.saved_model.inner_signatures import op_signature_def
from stillflow.interchange.saved_model.message import saved_model_class
from stillflow.platform import logging
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.train.saveables import all_saveables
from stillflow.train.saver import Saver


class SavedModelWriter:
    """Writes graphs, with one set of values of their variables, to a folder.

    What is to be run, and which files are read, is told in the MetaGraphDefs alone.

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
        signature_def_map: dict[str, Any] | None = None,
        assets_list: Iterable[Tensor] | None = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Adds the default graph, and writes its variables' values in `sess`. It comes first.

        Args:
          tags: what the graph is loaded by.
          signature_def_map: SignatureDefs by their keys; those of the operations are added to it.
          assets_list: constants of the paths of files that the graph reads.
          clear_devices: leaves out what `tf.device` recorded.
          init_op: an operation that is run once the model is loaded.
          train_op: an operation or a tensor that makes a training step.
          strip_default_attrs: without effect: attributes that have their defaults are left out.
          saver: writes the variables; by default, a new one of all of them.

        Raises:
          AssertionError: variables are written already, or a signature lacks a name or a type.
          KeyError: the key of a signature is a reserved one.
          tf.errors.OpError: a variable has no value, or a file cannot be written.
        """
        self._require_no_variables()
        signatures = _with_operations(signature_def_map, init_op, train_op)
        saver = saver or saver_of_all()
        self._write_variables(sess, saver)
        self._add_with_assets(saver, tags, signatures, clear_devices, assets_list)

    def add_meta_graph(
        self,
        tags: Iterable[str],
        signature_def_map: dict[str, Any] | None = None,
        assets_list: Iterable[Tensor] | None = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        saver: Saver | None = None,
    ) -> None:
        """Adds the default graph, which uses the variables that are written already.

        Arguments and errors are those of `add_meta_graph_and_variables`.
        """
        self._require_variables()
        signatures = _with_operations(signature_def_map, init_op, train_op)
        self._add_with_assets(saver or saver_of_all(), tags, signatures, clear_devices, assets_list)

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

    def _require_no_variables(self) -> None:
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke "
                "`add_meta_graph()` instead."
            )

    def _require_variables(self) -> None:
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )

    def _write_variables(self, sess: Any, saver: Saver) -> None:
        folders.get_or_create_variables_dir(self._export_dir)
        prefix = folders.get_variables_path(self._export_dir)
        saver.save(sess, prefix, write_meta_graph=False, write_state=False)
        self._has_saved_variables = True

    def _add_with_assets(
        self, saver: Saver, tags: Any, signatures: Any, clear_devices: bool, assets: Any
    ) -> None:
        described, sources = files_of_assets(assets or ())
        write_assets(sources, self._export_dir)
        meta = self._add(saver, tags, signatures, clear_devices, strip=True)
        meta.asset_file_def.extend(described)

    def _add(
        self, saver: Saver, tags: Any, signatures: Any, clear_devices: bool, strip: bool
    ) -> Any:
        meta = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip)
        meta.meta_info_def.tags.extend(tags)
        for key, signature in (signatures or {}).items():
            meta.signature_def[key].CopyFrom(signature)
        self._saved_model.meta_graphs.append(meta)
        return self._saved_model.meta_graphs[-1]


def saver_of_all() -> Saver:
    """What writes all variables, if there are any."""
    return Saver(all_saveables(), sharded=True, allow_empty=True)


def _with_operations(signatures: dict[str, Any] | None, init_op: Any, train_op: Any) -> Any:
    """The signatures, which are checked, with those that stand for operations."""
    signatures = {} if signatures is None else signatures
    check_signatures(signatures)
    for op, key in (
        (init_op, names.INIT_OP_SIGNATURE_KEY),
        (train_op, names.TRAIN_OP_SIGNATURE_KEY),
    ):
        if op is not None:
            signatures[key] = op_signature_def(op, key)
    return signatures


def check_signatures(signatures: Mapping[str, Any]) -> None:
    """Raises, where a signature says too little, or has a key of TensorFlow's own."""
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
    if info.WhichOneof("encoding") == "composite_tensor":
        for part in info.composite_tensor.components:
            _check_tensor_info(part)
        return
    if info.WhichOneof("encoding") is None:
        raise AssertionError(
            "All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' "
            f"fields (e.g., name or coo_sparse) set: {info}"
        )
    if info.dtype == 0:
        raise AssertionError(
            f"All TensorInfo protos used in the SignatureDefs must have the dtype field set: {info}"
        )
