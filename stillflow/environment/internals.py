"""TensorFlow's internal modules, as far as they hold public objects.

Programs reach into `tensorflow.python.framework.ops` and its like, mostly for objects that are
public elsewhere. `internal_names.json`, recorded from TensorFlow 1.15 by tools/record_names.py,
says where.
"""

from __future__ import annotations

import functools
import importlib
import operator
import os
import sys
from types import FrameType, ModuleType
from typing import Any

from stillflow.api import _missing

# TensorFlow has an object of its own for each of these; the public one serves a program as well.
_EQUIVALENT: dict[str, dict[str, str] | str] = {
    "contrib.learn.python.learn.datasets.base": {"contrib.learn.datasets.mnist": "Datasets"},
    "contrib.learn.python.learn.datasets.mnist": "contrib.learn.datasets.mnist",
    "python.framework.versions": {"": "VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION"},
    "python.ops.variables": {"": "Variable"},
}

# Of these modules Stillflow has functions that TensorFlow never made public, under the same names.
_OWN: dict[str, tuple[str, ...]] = {
    "python.training.moving_averages": ("stillflow.train.moving_averages",),
    "python.training.slot_creator": ("stillflow.train.slot_creator",),
    "python.training.training_ops": (
        "stillflow.ops.training.dense",
        "stillflow.ops.training.sparse",
    ),
}


def is_internal(path: str) -> bool:
    """Whether TensorFlow 1.15 has an internal module `tensorflow.<path>`."""
    return path in _table()


def internal_module(path: str) -> ModuleType:
    """The module that stands for `tensorflow.<path>`: the public one, where TensorFlow has one."""
    found = _table()[path]
    if isinstance(found, str):
        return importlib.import_module(f"tensorflow.{found}")
    return InternalModule(path, found)


@functools.cache
def _table() -> dict[str, dict[str, str] | str]:
    """{internal path: {name: public spelling}, or the path of the public module that it is}."""
    import json  # for programs that reach into the internals

    path = os.path.join(os.path.dirname(__file__), "internal_names.json")
    with open(path, encoding="utf-8") as file:
        recorded = json.load(file)
    table: dict[str, Any] = {path: {} for path in recorded.pop("").split()}
    for path, members in [*recorded.items(), *_EQUIVALENT.items()]:
        if isinstance(members, str):
            table[path] = members
        else:
            table[path] = {**table.get(path, {}), **_spellings(members)}
    return table


def _spellings(members: dict[str, str]) -> dict[str, str]:
    """{"train": "Saver x=y"} -> {"Saver": "train.Saver", "x": "train.y"}"""
    spellings = {}
    for public_path, names in members.items():
        for entry in names.split():
            name, _, public_name = entry.partition("=")
            spellings[name] = f"{public_path}.{public_name or name}".removeprefix(".")
    return spellings


class InternalModule(ModuleType):
    """Looks each attribute up in the public tree, so that there is one object under both names."""

    def __init__(self, path: str, spellings: dict[str, str]):
        super().__init__(f"tensorflow.{path}", f"Stands for TensorFlow's internal module {path}.")
        self.__path__: list[str] = []  # modules below it can be imported
        self._path = path
        self._spellings = spellings

    def __getattr__(self, name: str) -> Any:
        if name in self._spellings:
            return self._public(name, sys._getframe(1))
        for own in map(importlib.import_module, _OWN.get(self._path, ())):
            if getattr(vars(own).get(name), "__module__", None) == own.__name__:
                return vars(own)[name]
        if is_internal(f"{self._path}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        why = (
            f"{self.__name__}.{name} is internal to TensorFlow, and Stillflow has no such thing."
            "\n  Of internal modules Stillflow has what is public elsewhere; dir() lists that."
        )
        raise _missing.refusal(self.__name__, name, why, sys._getframe(1))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._spellings})

    def _public(self, name: str, asker: FrameType) -> Any:
        try:
            return operator.attrgetter(self._spellings[name])(
                importlib.import_module(_missing.ROOT)
            )
        except _missing.NotInStillflowError as error:
            raise _missing.refusal(self.__name__, name, str(error), asker) from None
