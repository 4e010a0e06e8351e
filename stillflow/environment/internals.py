"""TensorFlow's internal modules, as far as they hold what Stillflow has.

Programs reach into `tensorflow.python.framework.ops` and its like, mostly for objects that are
public elsewhere. `internal_names.json`, recorded from TensorFlow 1.15 by tools/record_names.py,
says where, and which functions build one node each; `internal_tables` says what else is there.
"""

from __future__ import annotations

import functools
import importlib
import operator
import os
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, Literal, NamedTuple

from stillflow.api import _below, _deferred, _missing
from stillflow.environment import internal_tables
from stillflow.environment.internal_tables import Members

_RAW = "raw_ops"
# Where modules are that nearly every other imports, and so shows: rnn.rnn_cell_impl, nn.array_ops.
_IMPORTED_FROM = (
    *("python.ops", "python.framework", "python.util", "python.platform", "python.eager"),
)


def is_internal(path: str) -> bool:
    """Whether TensorFlow 1.15 has an internal module `tensorflow.<path>`."""
    return path in internal_tables.WHOLE or path in _table()


def module_below(path: str, name: str) -> ModuleType | None:
    """The internal module `name` of the public module `tensorflow.<path>`, if it is one."""
    below = f"{path}.{name}"
    return internal_module(below) if is_internal(below) else None


@functools.cache
def internal_module(path: str) -> ModuleType:
    """The module that stands for `tensorflow.<path>`: the public one, where TensorFlow has one."""
    if path in internal_tables.WHOLE:
        return importlib.import_module(internal_tables.WHOLE[path])
    if path == "python":  # which is named before it is used: the table can wait
        return InternalModule(path)
    found = _table()[path]
    if isinstance(found, str):
        return importlib.import_module(f"tensorflow.{found}")
    return InternalModule(path)


@functools.cache
def _table() -> dict[str, Members | str]:
    """{internal path: {name: public spelling}, or the path of the public module that it is}."""
    import json  # for programs that reach into the internals

    path = os.path.join(os.path.dirname(__file__), "internal_names.json")
    with open(path, encoding="utf-8") as file:
        recorded = json.load(file)
    paths = [*recorded.pop("").split(), *internal_tables.OWN]
    table: dict[str, Any] = {path: {} for path in paths}
    for path, members in [*recorded.items(), *internal_tables.EQUIVALENT.items()]:
        if isinstance(members, str):
            table[path] = members
        else:
            table[path] = {**table.get(path, {}), **_spellings(members)}
    return table


def _spellings(members: Members) -> dict[str, str]:
    """{"train": "Saver x=y"} -> {"Saver": "train.Saver", "x": "train.y"}"""
    spellings = {}
    for module, names in members.items():
        for entry in names.split():
            name, _, there = entry.partition("=")
            spellings[name] = f"{module}.{there or name}".removeprefix(".")
    return spellings


class Place(NamedTuple):
    """Where a name of an internal module is.

    `own`: a name of a module of ours; `public`: its spelling below tf; `generated`: the op type of
    which it builds a node; `module`: another of TensorFlow's modules; `deferred`: missing once it
    is used.
    """

    kind: Literal["own", "public", "generated", "module", "deferred"]
    name: str


def place_of(path: str, name: str) -> Place | None:
    """Where `name` of the internal module `tensorflow.<path>` is; None if Stillflow lacks it."""
    if own := _own(path).get(name):
        return Place("own", own)
    if name in internal_tables.DEFERRED.get(path, "").split():
        return Place("deferred", name)
    if spelling := _recorded(path).get(name):
        module, _, there = spelling.rpartition(".")
        return Place("generated", there) if module == _RAW else Place("public", spelling)
    for folder in (path, *_IMPORTED_FROM):
        if f"{folder}.{name}" != path and is_internal(f"{folder}.{name}"):
            return Place("module", f"{folder}.{name}")
    return None


def stands_for(path: str) -> str | None:
    """The module that is the internal module `tensorflow.<path>` as a whole, if one is."""
    if path in internal_tables.WHOLE:
        return internal_tables.WHOLE[path]
    found = _table()[path]
    return f"{_missing.ROOT}.{found}" if isinstance(found, str) else None


@functools.cache
def _own(path: str) -> dict[str, str]:
    return _spellings(internal_tables.OWN.get(path, {}))


def _recorded(path: str) -> Members:
    members = _table()[path]
    assert isinstance(members, dict)
    return members


class InternalModule(ModuleType):
    """Looks each attribute up where it is, so that there is one object under all its names."""

    def __init__(self, path: str):
        super().__init__(f"tensorflow.{path}", f"Stands for TensorFlow's internal module {path}.")
        self.__path__: list[str] = []  # modules below it can be imported
        self._path = path

    def __getattr__(self, name: str) -> Any:
        place = place_of(self._path, name)
        if place is not None:
            return self._at(place, name, sys._getframe(1))
        if name == "__all__":  # for `import *`, which takes what there is
            return [name for name in dir(self) if not name.startswith("_") and hasattr(self, name)]
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise _missing.refusal(self.__name__, name, self._why_not(name), sys._getframe(1))

    def _at(self, place: Place, name: str, asker: FrameType) -> Any:
        match place.kind:
            case "own":
                module, _, there = place.name.rpartition(".")
                return getattr(importlib.import_module(module), there)
            case "deferred":
                return _deferred.stand_in(self._path, name, self._why_not(name))
            case "module":
                return importlib.import_module(f"tensorflow.{place.name}")
            case "generated":
                return self._generated(name, place.name, asker)
        return self._public(name, place.name, asker)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_recorded(self._path), *_own(self._path)})

    def _public(self, name: str, spelling: str, asker: FrameType) -> Any:
        try:
            return operator.attrgetter(spelling)(importlib.import_module(_missing.ROOT))
        except _missing.NotInStillflowError as error:
            raise _missing.refusal(self.__name__, name, str(error), asker) from None

    def _generated(self, name: str, op_type: str, asker: FrameType) -> Callable[..., Any]:
        function = _below.generated_function(op_type)
        if function is None:
            why = f"{self.__name__}.{name} builds a {op_type}, an op that Stillflow has not yet."
            raise _missing.refusal(self.__name__, name, why, asker)
        return function

    def _why_not(self, name: str) -> str:
        return (
            f"{self.__name__}.{name} is internal to TensorFlow, and Stillflow has no such thing."
            "\n  dir() lists what there is of this module."
        )
