"""What is not there yet, and is missing only once it is used.

Libraries name classes while they are imported, to derive from them or to ask what an object is,
though a program may need none of that. So these names are there; calling one, making an
instance of a class derived from one, or asking it for an attribute says that it is missing.
"""

from __future__ import annotations

import functools
from abc import ABCMeta
from types import ModuleType
from typing import Any

from stillflow.api import _missing


@functools.cache
def module(path: str) -> DeferredModule:
    """The module `tf.<path>`, all of whose names are deferred."""
    return DeferredModule(path)


class DeferredModule(ModuleType):
    """Holds the names that TensorFlow 1.15 has in a module."""

    def __init__(self, path: str):
        super().__init__(f"tensorflow.{path}", f"tf.{path} is not yet in Stillflow.")
        self.__path__: list[str] = []
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if f"{self._path}.{name}" in _missing.names():
            return module(f"{self._path}.{name}")
        if name in _missing.names().get(self._path, ()):
            return stand_in(self._path, name, _missing.not_yet(self._path, name))
        raise _missing.missing(self._path, name)

    def __dir__(self) -> list[str]:
        return sorted(_missing.names().get(self._path, ()))


class StandIn(ABCMeta):
    """A class of which nothing can be made."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise _missing.MissingNameError(cls._why)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        raise _missing.MissingNameError(cls._why)


@functools.cache
def stand_in(path: str, name: str, why: str) -> StandIn:
    """What stands for `name` of the module `tensorflow.<path>`, and says `why` when it is used."""
    return StandIn(name, (), {"_why": why, "__module__": f"tensorflow.{path}", "__doc__": why})


def is_deferred(value: Any) -> bool:
    """Whether this is such a name, or a module of them."""
    return isinstance(value, DeferredModule | StandIn)
