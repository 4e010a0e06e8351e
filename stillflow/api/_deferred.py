"""What is not there yet, and is missing only once it is used: `tf.keras`.

Libraries name `tf.keras.layers.Layer` while they are imported, to derive from it or to ask what an
object is, though a program may need none of that. So these names are there; calling one, making an
instance of a class derived from one, or asking it for an attribute says that it is missing.
"""

from __future__ import annotations

import functools
import importlib
import operator
from abc import ABCMeta
from types import ModuleType
from typing import Any

from stillflow.api import _missing

# What there is of it for libraries to call while they are imported.
_PRESENT = {
    "keras.utils.get_custom_objects": "stillflow.layers.custom_objects",
}
# What TensorFlow 1.15 shows here too, as the same objects: {module: "name=public spelling ..."}.
_SAME = {
    "keras.layers": "InputSpec=layers.InputSpec",
}


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
        # compat.v2 repeats it, and shows parts of it by itself.
        plain = path.removeprefix("compat.v2.")
        is_keras_part = path.startswith("compat.v2.") and not plain.startswith("keras")
        self._recorded = f"keras.{plain}" if is_keras_part else plain

    def __getattr__(self, name: str) -> Any:
        below = f"{self._recorded}.{name}"
        if below in _PRESENT:
            return getattr(importlib.import_module(_PRESENT[below]), name)
        same = dict(entry.split("=") for entry in _SAME.get(self._path, "").split())
        if name in same:
            return operator.attrgetter(same[name])(importlib.import_module(_missing.ROOT))
        if below in _missing.names():
            return module(f"{self._path}.{name}")
        if name in _missing.names().get(self._recorded, ()):
            return stand_in(self._path, name, _missing.not_yet(self._path, name))
        raise _missing.missing(self._recorded, name)

    def __dir__(self) -> list[str]:
        return sorted(_missing.names().get(self._recorded, ()))


# Where classes of layers are, and where they say to be once they are shown as TensorFlow's.
_LAYERS = ("stillflow.layers.", "tensorflow.python.layers.", "tensorflow.python.keras.")


class StandIn(ABCMeta):
    """A class of which nothing can be made. What is made of a class of `tf.layers` counts as an
    instance of the one of its name in `tf.keras.layers`, as in TensorFlow."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise _missing.MissingNameError(cls._why)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        raise _missing.MissingNameError(cls._why)

    def __instancecheck__(cls, instance: Any) -> bool:
        return any(
            base.__name__ == cls.__name__ and base.__module__.startswith(_LAYERS)
            for base in type(instance).__mro__
        )


@functools.cache
def stand_in(path: str, name: str, why: str) -> StandIn:
    """What stands for `name` of the module `tensorflow.<path>`, and says `why` when it is used."""
    return StandIn(name, (), {"_why": why, "__module__": f"tensorflow.{path}", "__doc__": why})


def is_deferred(value: Any) -> bool:
    """Whether this is such a name, or a module of them."""
    return isinstance(value, DeferredModule | StandIn)
