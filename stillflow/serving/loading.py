"""Models in files, loaded to be asked: SavedModels, checkpoints, frozen graphs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph.errors import InvalidArgumentError, OpError, UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.interchange.ends import ends_of, placeholders_of, tensor_named
from stillflow.interchange.importer import import_graph_def
from stillflow.interchange.kinds import read_graph_file
from stillflow.interchange.meta_graph import import_meta_graph, read_meta_graph
from stillflow.interchange.saved_model import loader, names
from stillflow.runtime.ahead import compile_ahead
from stillflow.runtime.session import BaseSession, keep_open
from stillflow.serving.refusing import refuse_code, refuse_writing
from stillflow.serving.signatures import DEFAULT, Signature, made_signature, signatures_of
from stillflow.serving.tensors import invalid

Named = Mapping[str, str]


class Servable:
    """One version of a model, ready to run. Threads may share it.

    Attributes:
      signatures: by name.
      refused: of signatures that cannot be asked, why.
    """

    def __init__(
        self, session: BaseSession, signatures: dict[str, Signature], refused: dict[str, str]
    ):
        self.signatures = signatures
        self.refused = refused
        self._session = session

    def signature(self, name: str | None) -> Signature:
        """The signature of that name, or the default one.

        Raises:
          InvalidArgumentError: there is none.
          UnimplementedError: it cannot be asked.
        """
        name = name or DEFAULT
        if name in self.refused:
            reason = f"Signature {name} cannot be asked: {self.refused[name]}"
            raise UnimplementedError(None, None, reason)
        if name not in self.signatures:
            there = ", ".join(sorted(self.signatures)) or "none"
            reason = f'Serving signature name: "{name}" not found in signature def'
            raise InvalidArgumentError(None, None, f"{reason}. The model has {there}.")
        return self.signatures[name]

    def run(self, signature: Signature, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What a signature gives for arrays by its names.

        Their shapes need not be the signature's, as in TensorFlow Serving: half_plus_two of its
        first page is asked for numbers, and takes columns.

        Raises:
          tf.errors.OpError: the run failed.
        """
        fetches = {key: port.tensor for key, port in signature.outputs.items()}
        fed = {signature.inputs[key].tensor: value for key, value in feeds.items()}
        misfits = [signature.inputs[key].misfit(key, value) for key, value in feeds.items()]
        if not any(misfits):
            found = self._session.run(fetches, fed)
        else:
            try:
                found = self._session._make_callable_of_any_shape(fetches, list(fed))(*fed.values())
            except (OpError, ValueError) as error:
                told = error.message if isinstance(error, OpError) else str(error)
                raise invalid(f"{next(filter(None, misfits))} {told}") from None
        return {key: np.asarray(value) for key, value in found.items()}

    def changes(self, signature: Signature) -> bool:
        """Whether asking a signature changes a variable."""
        find = self._session.graph.get_tensor_by_name
        ends = (signature.outputs, signature.inputs)
        fetches, feeds = ([find(port.tensor) for port in end.values()] for end in ends)
        return bool(self._session._executor(fetches, feeds).plan.written)

    def compile_ahead(self) -> None:
        """Has what has run so far, and is worth compiling, compiled in its next run."""
        compile_ahead(self._session)

    def close(self) -> None:
        """Frees the variables."""
        self._session.close()


def load(
    path: str,
    inputs: Named | None = None,
    outputs: Named | None = None,
    tags: Sequence[str] = (names.SERVING,),
) -> Servable:
    """Loads a SavedModel's folder, a .meta file with its checkpoint, or a frozen graph's .pb file.

    Args:
      inputs, outputs: {what clients say: the name of a tensor or node} of the default signature.
        Where it has none and they are left out: the placeholders that the outputs need, and what
        nothing takes.
      tags: of a SavedModel's graph.

    Raises:
      RefusedModel: it would run code, or write files.
      OSError, RuntimeError, ValueError, tf.errors.OpError: it cannot be read, or what is meant is
        not clear.
    """
    graph = Graph()
    session = BaseSession(graph=graph)
    keep_open(session)  # who asks for a model has no part in what the process does beside it
    if path.endswith(".meta"):
        meta = _import_checkpoint(path, session)
    elif path.endswith(".pb"):
        meta = _import_frozen(path, graph)
    else:
        meta = _import_saved_model(path, tags, session)
    signatures, refused = signatures_of(meta, graph)
    if inputs or outputs or not (signatures or refused):
        signatures[DEFAULT] = _signature(graph, inputs, outputs)
    fetched = [port.tensor for s in signatures.values() for port in s.outputs.values()]
    refuse_writing(meta.graph_def, fetched)
    return Servable(session, signatures, refused)


def _import_saved_model(folder: str, tags: Sequence[str], session: BaseSession) -> Any:
    meta = loader.tagged(loader.read_saved_model(folder), tags)
    refuse_code(meta.graph_def)
    refuse_writing(meta.graph_def, _started_by(meta))
    writer = meta.meta_info_def.tensorflow_version
    try:
        with session.graph.as_default():
            return loader.load(session, tags, folder)
    except (ValueError, OpError) as error:
        if not writer.startswith("2."):
            raise
        raise ValueError(
            f"{error}\n  TensorFlow {writer} wrote it; of its models those are read that compute "
            "with TensorFlow 1.15's operations."
        ) from error


def _import_checkpoint(path: str, session: BaseSession) -> Any:
    meta = read_meta_graph(path)
    refuse_code(meta.graph_def)
    with session.graph.as_default():
        saver = import_meta_graph(meta)
        if saver is not None:
            saver.restore(session, path.removesuffix(".meta"))
    return meta


def _import_frozen(path: str, graph: Graph) -> Any:
    """A MetaGraphDef of the graph, which has no signatures."""
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    message = read_graph_file(path)
    if hasattr(message, "meta_graphs"):
        raise ValueError(f"{path} is the file of a SavedModel: give its folder.")
    meta = message if hasattr(message, "graph_def") else MetaGraphDef(graph_def=message)
    refuse_code(meta.graph_def)
    with graph.as_default():
        import_graph_def(meta.graph_def, name="")
    return meta


def _signature(graph: Graph, inputs: Named | None, outputs: Named | None) -> Signature:
    if outputs:
        gives = {key: tensor_named(name, graph) for key, name in outputs.items()}
    else:
        gives = {tensor.op.name: tensor for tensor in ends_of(graph)}
    if inputs:
        takes = {key: tensor_named(name, graph) for key, name in inputs.items()}
    else:
        needed = placeholders_of(list(gives.values()))
        takes = {t.op.name: t for t in needed if t.op.type != "PlaceholderWithDefault"}
    return made_signature(DEFAULT, takes, gives)


def _started_by(meta: Any) -> list[str]:
    """The names of what is run when a SavedModel is loaded."""
    key = names.INIT_OP_SIGNATURE_KEY
    found = (
        [info.name for info in meta.signature_def[key].outputs.values()]
        if (key in meta.signature_def)
        else []
    )
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if key in meta.collection_def:
            found += meta.collection_def[key].node_list.value
    return found


def is_model(path: str) -> bool:
    """Whether a path is a SavedModel's folder, or a .meta or .pb file."""
    if path.endswith((".meta", ".pb")):
        return os.path.isfile(path)
    return loader.maybe_saved_model_directory(path)
