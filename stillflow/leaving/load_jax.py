"""Models in files as pure JAX functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Tensor
from stillflow.interchange.ends import ends_of, placeholders_of, tensor_named
from stillflow.interchange.importer import import_graph_def
from stillflow.interchange.kinds import read_graph_file
from stillflow.interchange.meta_graph import import_scoped_meta_graph
from stillflow.interchange.saved_model import loader, names
from stillflow.interchange.saved_model.signatures import get_tensor_from_tensor_info
from stillflow.leaving.settled import settle_masks
from stillflow.leaving.to_jax import to_jax
from stillflow.runtime.session import BaseSession

Named = Sequence[str] | Mapping[str, str]


def load_jax(
    path: str | os.PathLike,
    inputs: Named | None = None,
    outputs: Named | None = None,
    *,
    signature: str | None = None,
    tags: Iterable[str] = ("serve",),
    checks: bool = False,
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What a model in files computes: `function(params, *values, **values)` and its `params`.

    Args:
      path: the folder of a SavedModel; the prefix of a checkpoint beside whose files is a .meta
        file; or the file of a frozen graph.
      inputs, outputs: names of tensors ("x:0") or nodes, or what they are to be called and those
        names. By default those of the signature; without one, the placeholders that the outputs
        need, and what no node takes.
      signature: of a SavedModel, "serving_default" or its only one by default. The function takes
        its inputs by name, and gives a dict of its outputs.
      tags: of the graph of a SavedModel.
      checks: see `to_jax`.

    Raises:
      OSError: there is no such file, or it holds no graph.
      ValueError: what is meant by inputs and outputs is not clear, or a name is not there.
      And what `to_jax` raises.
    """
    path = os.fspath(path)
    session, checkpoint = None, None
    graph = Graph()
    if loader.maybe_saved_model_directory(path):
        session = BaseSession(graph=graph)
        meta = loader.load(session, tags, path)
        if inputs is None or outputs is None:
            told = _signature(meta.signature_def, signature)
            if told is not None:
                inputs = _tensors_of(told.inputs, graph) if inputs is None else inputs
                outputs = _tensors_of(told.outputs, graph) if outputs is None else outputs
    elif os.path.isfile(f"{path}.meta"):
        import_scoped_meta_graph(f"{path}.meta", graph=graph)
        checkpoint = path
    else:
        _import_frozen(path, graph)
        session = BaseSession(graph=graph)
    fetches = _named(outputs, graph) if outputs is not None else ends_of(graph)
    feeds = _named(inputs, graph) if inputs is not None else placeholders_of(_tensors(fetches))
    settle_masks(graph, _tensors(fetches), _tensors(feeds))
    with graph.as_default():
        function, params = to_jax(
            fetches, feeds, session=session, checkpoint=checkpoint, checks=checks
        )
    named = isinstance(fetches, Mapping)
    function.outputs = (  # type: ignore[attr-defined]
        sorted(fetches) if named else [tensor.op.name for tensor in fetches]
    )
    return function, params


def _import_frozen(path: str, graph: Graph) -> None:
    if os.path.isdir(path):
        raise ValueError(
            f"{path} is a folder without a saved_model.pb, so no SavedModel.\n  Of a checkpoint in "
            "it give the prefix, which is beside its .meta file."
        )
    message = read_graph_file(path)
    if hasattr(message, "meta_graphs"):
        raise ValueError(f"{path} is the file of a SavedModel: give its folder.")
    with graph.as_default():
        import_graph_def(getattr(message, "graph_def", message), name="")


# What goes in and comes out ---------------------------------------------------------------------


def _signature(signatures: Mapping[str, Any], name: str | None) -> Any:
    """The signature that is meant; None where there is none."""
    if name is None:
        default = names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
        name = default if default in signatures else next(iter(signatures), None)
        if name is None:
            return None
        if name != default and len(signatures) > 1:
            raise ValueError(f"Say which signature is meant: {', '.join(sorted(signatures))}.")
    if name not in signatures:
        there = ", ".join(sorted(signatures)) or "none"
        raise ValueError(f"The model has no signature {name!r}; it has {there}.")
    return signatures[name]


def _tensors_of(infos: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
    return {name: get_tensor_from_tensor_info(infos[name], graph) for name in sorted(infos)}


def _named(given: Named | Mapping[str, Any], graph: Graph) -> Any:
    if isinstance(given, Mapping):
        return {name: tensor_named(tensor, graph) for name, tensor in given.items()}
    return [tensor_named(tensor, graph) for tensor in given]


def _tensors(named: Any) -> list[Tensor]:
    return list(named.values()) if isinstance(named, Mapping) else list(named)
