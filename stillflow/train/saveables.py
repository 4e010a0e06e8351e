"""What a Saver saves: variables, and the names that they have in a checkpoint."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.declare.convert import to_tensor
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import device
from stillflow.ops.control.ordering import identity
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.save_slice_info import SaveSliceInfo
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.trackable import VARIABLE_VALUE_KEY

# What an object has that is saved as others, which it makes.
_GATHERING = "_gather_saveables_for_checkpoint"


@dataclass(frozen=True, slots=True)
class Saveable:
    """A variable, or a part of a partitioned one, and its name in a checkpoint."""

    name: str
    target: Tensor  # what a restore assigns to: a reference, or a handle
    element: Tensor  # what a graph knows the variable by: the reference, or a read of it
    read: Callable[[], Tensor]  # what is saved
    spec: str = ""  # which part it is

    optional_restore = False

    @property
    def op(self) -> Operation:
        return self.element.op

    @property
    def full_name(self) -> str:
        """The name of the variable in its graph."""
        return self.target.op.name

    @property
    def device(self) -> str:
        return self.element.device

    @property
    def specs(self) -> list[SaveSpec]:
        """As a SaveableObject says which tensors it is."""
        dtype = self.element.dtype.base_dtype
        return [SaveSpec(self.read, self.spec, self.name, dtype, self.device)]


class OfEagerVariable(Saveable):
    """An eager variable, in place of its element in a graph."""

    @property
    def op(self) -> Any:
        return self.target

    @property
    def full_name(self) -> str:
        name: str = self.element._shared_name  # type: ignore[attr-defined]
        return name


def _is_eager(value: Any) -> bool:
    return isinstance(value, Variable) and not getattr(value, "_in_graph_mode", True)


def all_saveables(scope: str | None = None) -> list:
    """What the default graph's Saver saves when it is not told what to; with `scope`, of that."""
    graph = get_default_graph()
    keys = GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS
    return [item for key in keys for item in graph.get_collection(key, scope)]


def saveables_of(var_list: Any) -> list[Any]:
    """Returns what `var_list`, a collection of variables or a dict of them, names; sorted.

    The parts of a partitioned variable share its name. In a dict they are a list. What is no
    variable is a SaveableObject, by its own name.

    Raises:
      TypeError: it is neither, or holds something else.
      ValueError: two variables have one name, or one has two; or a list is not one of parts.
    """
    named = _checked(var_list) if isinstance(var_list, Mapping) else by_own_names(var_list)
    saveables = [
        saveable
        for name, value in sorted(named.items(), key=operator.itemgetter(0))
        for saveable in _saveables(name, value)
    ]
    seen: set[Any] = set()
    for saveable in saveables:
        if saveable.op in seen:
            raise ValueError(f"The same saveable will be restored with two names: {saveable.name}")
        seen.add(saveable.op)
    return saveables


def _saveables(name: str, value: Any) -> list[Any]:
    """Returns a variable, by its element in the graph, or the parts of one, or another object."""
    if isinstance(value, (SaveableObject, Saveable)):
        return [value]
    if _is_eager(value):
        return [OfEagerVariable(name, value.handle, value, value.read_value)]
    if isinstance(value, Tensor):
        return [Saveable(name, _target(value), value, lambda: value)]
    saveables = []
    for part, info in zip(value, slice_infos(value), strict=True):
        element = _element(part)
        read = functools.partial(_read_on_cpu, part) if _is_read(element) else part.value
        saveables.append(Saveable(name, _target(element), element, read, info.spec))
    return saveables


def _element(variable: Any) -> Tensor:
    """What the graph knows a variable by: its reference, or the first read of it."""
    if is_resource_variable(variable):
        return variable._as_graph_element()
    return to_tensor(variable, as_ref=True)


def _is_read(element: Tensor) -> bool:
    return element.op.defn.snapshots


def _target(element: Tensor) -> Tensor:
    """What a restore assigns to."""
    return element.op.inputs[0] if _is_read(element) else element


def _read_on_cpu(variable: Any) -> Tensor:
    """A new read of a variable behind a handle."""
    with device(variable.device):
        value = variable.read_value()
        with device("/device:CPU:0"):
            return identity(value)


_PARTS = (list, tuple, PartitionedVariable)


def slice_infos(parts: Sequence[Any]) -> list[SaveSliceInfo]:
    """Returns which part of one variable each of `parts` is; ValueError when one is none."""
    infos: list[SaveSliceInfo] = []
    for part in parts:
        if not isinstance(part, Variable):
            raise ValueError(f"Slices must all be Variables: {part}")
        info = part._get_save_slice_info()
        if info is None:
            raise ValueError(f"Slices must all be slices: {part}")
        if infos and infos[0].full_name != info.full_name:
            raise ValueError(
                f"Slices must all be from the same tensor: {infos[0].full_name} != {info.full_name}"
            )
        infos.append(info)
    return infos


def _checked(var_list: Mapping[Any, Any]) -> dict[str, Any]:
    for name in var_list:
        if not isinstance(name, str):
            raise TypeError(
                "names_to_saveables must be a dict mapping string names to trackable operations. "
                f"Name is not a string: {name}"
            )
    named: dict[str, Any] = {}
    for name, value in var_list.items():
        if _gathers(value):
            for key, maker in value._gather_saveables_for_checkpoint().items():
                made = _made(maker, name if key == VARIABLE_VALUE_KEY else f"{name}_{key}")
                named[made.name] = _named(made)
        else:
            named[name] = _named(value)
    for value in named.values():
        if isinstance(value, Tensor) and not _target(value).op.defn.is_variable:
            raise TypeError(
                "names_to_saveables must be a dict mapping string names to Tensors/Variables. "
                f"Not a variable: {value}"
            )
    return named


def _gathers(value: Any) -> bool:
    """Whether it is saved as others, and is not itself a variable."""
    is_plain = isinstance(value, Variable) and not hasattr(value, "distribute_strategy")
    return hasattr(value, _GATHERING) and not is_plain


def saveable_objects_for_op(op: Any, name: str) -> list[Any]:
    """Returns the saveables, all of that name, of a variable, its parts or a SaveableObject."""
    return _saveables(name, _named(op))


def own_saveables(obj: Any) -> tuple[list[Any], list[str]]:
    """What a Saver can save of an object by the names in the graph, and what has none there."""
    saveables, nameless = [], []
    for attribute, maker in obj._gather_saveables_for_checkpoint().items():
        try:
            saveables.append(_made(maker))
        except TypeError:  # it demands a name
            if not maker("").optional_restore:
                nameless.append(attribute)
    return saveables, nameless


def _made(maker: Any, *name: str) -> Any:
    return maker(*name) if callable(maker) else maker


def _named(value: Any) -> Any:
    if isinstance(value, SaveableObject) or _is_eager(value):
        return value
    return list(value) if isinstance(value, _PARTS) else _element(value)


def by_own_names(var_list: Any) -> dict[str, Any]:
    if not isinstance(var_list, (list, tuple, set)):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {var_list}")
    named: dict[str, Any] = {}
    for variable in sorted(var_list, key=lambda item: getattr(item, "name", "")):
        info = variable._get_save_slice_info() if isinstance(variable, Variable) else None
        if _gathers(variable):
            made = variable._gather_saveables_for_checkpoint().values()
            named.update(by_own_names([_made(maker) for maker in made]))
            continue
        if isinstance(variable, (PartitionedVariable, SaveableObject, Saveable)):
            _add(named, variable.name, variable)
            continue
        if info is None:
            _add_whole(named, variable)
            continue
        parts = named.setdefault(info.full_name, [])
        if not isinstance(parts, list):
            raise ValueError(f"Mixing slices and non-slices with the same name: {info.full_name}")
        parts.append(variable)
    return named


def _add_whole(named: dict[str, Any], variable: Any) -> None:
    if _is_eager(variable):
        _add_eager(named, variable)
        return
    element = _element(variable)
    target = _target(element).op
    if not target.defn.is_variable:
        raise TypeError(f"Variable to save is not a Variable: {element}")
    _add(named, target.name, element)


def _add_eager(named: dict[str, Any], variable: Any) -> None:
    name = variable._shared_name
    if named.setdefault(name, variable) is not variable:
        raise ValueError(
            f"Two different ResourceVariable objects with the same shared_name '{name}' were "
            "passed to the Saver. This likely means that they were created in different Graphs or "
            "isolation contexts, and may not be checkpointed together.\n"
            "  A dict gives each a name of its own, and tf.train.Checkpoint needs none."
        )


def _add(named: dict[str, Any], name: str, value: Any) -> None:
    if name in named:
        raise ValueError(f"At least two variables have the same name: {name}")
    named[name] = value
