"""What layers leave in collections: their outputs under the layers' names, and their variables."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Iterable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import add_to_collection, add_to_collections, get_collection
from stillflow.ops.variables.partitioned import PartitionedVariable

NamedOutputs = namedtuple("NamedOutputs", ["name", "outputs"])


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Adds a layer's output to `collections`, if any, with the layer's name; returns it."""
    if collections:
        append_tensor_alias(outputs, alias)
        add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Gives a tensor one more name, without a slash behind; returns it."""
    tensor.aliases = [*getattr(tensor, "aliases", []), alias.removesuffix("/")]
    return tensor


def get_tensor_aliases(tensor: Any) -> list[str]:
    """The names that a tensor was given, else its own: the op's where it is the first output."""
    return getattr(tensor, "aliases", None) or [tensor.name.removesuffix(":0")]


def gather_tensors_aliases(tensors: Iterable[Any]) -> list[str]:
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def convert_collection_to_dict(
    collection: str, clear_collection: bool = False
) -> OrderedDict[str, Any]:
    """The tensors of a collection by their names, in order; the collection may be emptied."""
    named: OrderedDict[str, Any] = OrderedDict()
    for tensor in get_collection(collection):
        named.update(dict.fromkeys(get_tensor_aliases(tensor), tensor))
    if clear_collection:
        get_default_graph().clear_collection(collection)
    return named


def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """The collections that a layer's variable goes to: of all, or by the variable's short name."""
    if isinstance(variables_collections, dict):
        return variables_collections.get(name)
    return variables_collections


def add_variable_to_collections(variable: Any, collections: Any, name: str) -> None:
    """Adds a variable, or its parts, to the collections for its short name, to each once."""
    parts = list(variable) if isinstance(variable, PartitionedVariable) else [variable]
    for collection in get_variable_collections(collections, name) or []:
        for part in parts:
            if all(part is not known for known in get_collection(collection)):
                add_to_collection(collection, part)
