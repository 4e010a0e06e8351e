"""The import name `tensorflow`: every module below it is a module of Stillflow's public tree.

An entry of `sys.modules` under `tensorflow.` *is* the public module, not a copy: there is one
object under both names. A TensorFlow that is installed beside is never looked at.
"""

from __future__ import annotations

import importlib
import operator
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from stillflow.api import _missing
from stillflow.environment import classes, horovod, internals, printing, protos

_NAME = "tensorflow"


def as_tensorflow(period: bool = True) -> ModuleType:
    """Makes `import tensorflow` mean Stillflow from here on; returns that module, `tf`.

    With `period`, what Python, NumPy and Pillow have dropped since TensorFlow 1.x (`np.bool`,
    `Image.ANTIALIAS`, ...) is there again. Calling it twice changes nothing.

    Raises:
      ImportError: another `tensorflow` is imported already; one process cannot hold both.
    """
    root = importlib.import_module(_missing.ROOT)
    present = sys.modules.get(_NAME, root)
    if present is not root:
        raise ImportError(
            f"tensorflow is already imported, from {getattr(present, '__file__', None)}."
            "\n  Call stillflow.as_tensorflow() before the first `import tensorflow`."
        )
    if not any(isinstance(finder, TensorFlowFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, TensorFlowFinder())
        _missing.elsewhere.append(internals.module_below)
        classes.install()
        printing.install()
        horovod.install()
        # TensorBoard, whose protos and event files we use, must not take the alias for TensorFlow:
        # it looks for this module before it imports tensorflow, and then uses its own stand-in.
        sys.modules.setdefault("tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    if period:
        from stillflow.environment.period import install

        install()
    vars(root)["python"] = internals.internal_module("python")
    return importlib.import_module(_NAME)


class TensorFlowFinder:
    """Answers for `tensorflow` and everything below it, so that no other finder is asked."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        root, _, below = fullname.partition(".")
        if root != _NAME:
            return None
        loader: Any = _Loader(below)  # the protocol; importlib.abc would load half of the library
        return ModuleSpec(fullname, loader, is_package=True)


class _Loader:
    def __init__(self, below: str):
        self._below = below

    def create_module(self, spec: ModuleSpec) -> None:
        """The import system's own empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out what it finds here, so the empty `module` is dropped.
        found = sys.modules[module.__name__] = _resolve(self._below)
        if not hasattr(found, "__path__"):
            # TensorFlow has modules below some that are none of a package here.
            found.__path__ = []


def _resolve(below: str) -> ModuleType:
    """The module that `tensorflow.<below>` means.

    Raises:
      ModuleNotFoundError: TensorFlow 1.15 has no such module, or Stillflow has it not yet.
    """
    if below == "compat.v1" or below.startswith("compat.v1."):
        below = below.removeprefix("compat.v1").removeprefix(".")  # it repeats the root
    public = f"{_missing.ROOT}.{below}".removesuffix(".")
    try:
        return importlib.import_module(public)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{public}.".startswith(f"{error.name}."):
            raise  # the module is there and lacks something that it imports
    if protos.is_proto(below):
        return protos.proto_module(below)
    if internals.is_internal(below):
        return internals.internal_module(below)
    return _module_attribute(below)


def _module_attribute(below: str) -> ModuleType:
    """A module that the public tree holds as an attribute only, as it does one of another name."""
    try:
        found = operator.attrgetter(below)(importlib.import_module(_missing.ROOT))
    except AttributeError:
        found = None
    if not isinstance(found, ModuleType):
        raise _missing.missing_module(below)
    return found
