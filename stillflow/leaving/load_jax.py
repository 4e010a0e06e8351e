"""Models in files as pure JAX functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.interchange.importer import import_graph_def
from stillflow.interchange.kinds import read_graph_file
from stillflow.interchange.meta_graph import import_scoped_meta_graph
from stillflow.interchange.saved_model import loader, names
from stillflow.interchange.saved_model.signatures import get_tensor_from_tensor_info
from stillflow.leaving.settled import settle_masks
from stillflow.leaving.to_jax import to_jax
from stillflow.runtime.order import needed_ops
from stillflow.runtime.session import BaseSession

Named = Sequence[str] | Mapping[str, str]

_MOST_OUTPUTS = 8
_NOT_OF_THE_MODEL = ("save/", "gradients/", "init", "report_uninitialized")


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
    fetches = _named(outputs, graph) if outputs is not None else _ends(graph)
    feeds = _named(inputs, graph) if inputs is not None else _placeholders(fetches)
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
        return {name: _tensor(tensor, graph) for name, tensor in given.items()}
    return [_tensor(tensor, graph) for tensor in given]


def _tensor(name: Any, graph: Graph) -> Tensor:
    """A tensor by its name, or the only one that the node of that name gives."""
    if not isinstance(name, str):
        return name
    try:
        return graph.as_graph_element(name if ":" in name else f"{name}:0", allow_operation=False)
    except KeyError:
        near = [op.name for op in graph.get_operations() if name.split(":")[0] in op.name][:5]
        raise ValueError(
            f"The graph has no tensor {name!r}."
            + (f"\n  It has {', '.join(near)}." if near else "")
        ) from None


def _tensors(named: Any) -> list[Tensor]:
    return list(named.values()) if isinstance(named, Mapping) else list(named)


def _ends(graph: Graph) -> list[Tensor]:
    """What the graph gives that nothing takes."""
    found = [op.outputs[0] for op in graph.get_operations() if _is_end(op)]
    if not 0 < len(found) <= _MOST_OUTPUTS:
        named = ", ".join(tensor.name for tensor in found[:_MOST_OUTPUTS]) or "nothing"
        raise ValueError(
            f"{len(found)} tensors could be the outputs: {named}{', ...' if found else ''}\n"
            "  Name those that are meant: outputs=[...]."
        )
    return found


def _is_end(op: Operation) -> bool:
    defn = op.defn
    is_data = defn.is_placeholder or defn.is_constant or defn.is_variable or bool(defn.writes)
    if is_data or op.name.startswith(_NOT_OF_THE_MODEL) or not op.outputs:
        return False
    return not any(tensor.consumers() for tensor in op.outputs)


def _placeholders(fetches: Any) -> list[Tensor]:
    """The placeholders that must be fed, in the order of the graph."""
    tensors = _tensors(fetches)
    needed = needed_ops([tensor.op for tensor in tensors], frozenset())
    graph = tensors[0].graph
    return [
        op.outputs[0] for op in graph.get_operations() if op in needed and op.defn.is_placeholder
    ]
