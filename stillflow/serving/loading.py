"""Models in files, loaded to be asked: SavedModels, and checkpoints beside their .meta file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph.errors import InvalidArgumentError, OpError, UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.interchange.ends import ends_of, placeholders_of, tensor_named
from stillflow.interchange.meta_graph import import_meta_graph, read_meta_graph
from stillflow.interchange.saved_model import loader, names
from stillflow.runtime.ahead import compile_ahead
from stillflow.runtime.session import BaseSession
from stillflow.serving.refusing import refuse_code, refuse_writing
from stillflow.serving.signatures import DEFAULT, Signature, made_signature, signatures_of


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

        Raises:
          tf.errors.OpError: the run failed.
        """
        fetches = {key: port.tensor for key, port in signature.outputs.items()}
        fed = {signature.inputs[key].tensor: value for key, value in feeds.items()}
        found = self._session.run(fetches, fed)
        return {key: np.asarray(value) for key, value in found.items()}

    def compile_ahead(self) -> None:
        """Has what has run so far, and is worth compiling, compiled in its next run."""
        compile_ahead(self._session)

    def close(self) -> None:
        """Frees the variables."""
        self._session.close()


def load_saved_model(folder: str, tags: Sequence[str] = (names.SERVING,)) -> Servable:
    """Loads a SavedModel's graph of these tags.

    Raises:
      RefusedModel: it would run code, or write files.
      OSError, RuntimeError, ValueError, tf.errors.OpError: as `tf.saved_model.load`.
    """
    meta = loader.tagged(loader.read_saved_model(folder), tags)
    refuse_code(meta)
    refuse_writing(meta, _fetched(meta))
    graph = Graph()
    session = BaseSession(graph=graph)
    writer = meta.meta_info_def.tensorflow_version
    try:
        with graph.as_default():
            meta = loader.load(session, tags, folder)
    except (ValueError, OpError) as error:
        if not writer.startswith("2."):
            raise
        raise ValueError(
            f"{error}\n  TensorFlow {writer} wrote it; of its models those are read that compute "
            "with TensorFlow 1.15's operations."
        ) from error
    return Servable(session, *signatures_of(meta, graph))


def load_checkpoint(
    path: str, inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None
) -> Servable:
    """Loads the graph of a .meta file, and the checkpoint that is beside it.

    Args:
      path: the .meta file.
      inputs, outputs: {what clients say: the name of a tensor or node} of the default signature.
        Where they are left out: the placeholders that the outputs need, what nothing takes.

    Raises:
      RefusedModel: it would run code, or write files.
      OSError, ValueError, tf.errors.OpError: it cannot be read, or what is meant is not clear.
    """
    meta = read_meta_graph(path)
    refuse_code(meta)
    graph = Graph()
    session = BaseSession(graph=graph)
    with graph.as_default():
        saver = import_meta_graph(meta)
        if saver is not None:
            saver.restore(session, path.removesuffix(".meta"))
    signatures, refused = signatures_of(meta, graph)
    if inputs or outputs or DEFAULT not in signatures:
        signatures[DEFAULT] = _signature(graph, inputs, outputs)
    fetched = [port.tensor for s in signatures.values() for port in s.outputs.values()]
    refuse_writing(meta, fetched)
    return Servable(session, signatures, refused)


def _signature(
    graph: Graph, inputs: Mapping[str, str] | None, outputs: Mapping[str, str] | None
) -> Signature:
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


def _fetched(meta: Any) -> list[str]:
    """The names of what loading and asking a model run."""
    named = [info.name for s in meta.signature_def.values() for info in s.outputs.values()]
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if key in meta.collection_def:
            named += meta.collection_def[key].node_list.value
    return named


def is_model(path: str) -> bool:
    """Whether a path is a SavedModel's folder, or a .meta file."""
    if path.endswith(".meta"):
        return os.path.isfile(path)
    return loader.maybe_saved_model_directory(path)
