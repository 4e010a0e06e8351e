"""What a Saver saves: variables, and the names that they have in a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.convert import to_tensor


@dataclass(frozen=True, slots=True)
class Saveable:
    """A variable, by its reference, and its name in a checkpoint."""

    name: str
    reference: Tensor


def all_saveables() -> list:
    """What the default graph's Saver saves when it is not told what to."""
    graph = get_default_graph()
    keys = GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS
    return [item for key in keys for item in graph.get_collection(key)]


def saveables_of(var_list: Any) -> list[Saveable]:
    """Returns what `var_list`, a collection of variables or a dict of them, names; sorted.

    Raises:
      TypeError: it is neither, or holds something else than variables.
      ValueError: two variables have one name, or one has two.
    """
    named = _checked(var_list) if isinstance(var_list, Mapping) else _by_own_names(var_list)
    seen: set[Operation] = set()
    for name, reference in sorted(named.items()):
        if reference.op in seen:
            raise ValueError(f"The same saveable will be restored with two names: {name}")
        seen.add(reference.op)
    return [Saveable(name, reference) for name, reference in sorted(named.items())]


def _checked(var_list: Mapping[Any, Any]) -> dict[str, Tensor]:
    for name in var_list:
        if not isinstance(name, str):
            raise TypeError(
                "names_to_saveables must be a dict mapping string names to trackable operations. "
                f"Name is not a string: {name}"
            )
    references = {name: to_tensor(value, as_ref=True) for name, value in var_list.items()}
    for reference in references.values():
        if not reference.op.defn.is_variable:
            raise TypeError(
                "names_to_saveables must be a dict mapping string names to Tensors/Variables. "
                f"Not a variable: {reference}"
            )
    return references


def _by_own_names(var_list: Any) -> dict[str, Tensor]:
    if not isinstance(var_list, (list, tuple, set)):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {var_list}")
    named: dict[str, Tensor] = {}
    for variable in var_list:
        reference = to_tensor(variable, as_ref=True)
        if not reference.op.defn.is_variable:
            raise TypeError(f"Variable to save is not a Variable: {reference}")
        if reference.op.name in named:
            raise ValueError(f"At least two variables have the same name: {reference.op.name}")
        named[reference.op.name] = reference
    return named
