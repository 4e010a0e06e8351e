"""The import name `horovod`, whose own modules only TensorFlow can load."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_NAME = "horovod"
_MODULES = {
    "": "stillflow.distribute.horovod",
    "tensorflow": "stillflow.distribute.horovod.tensorflow",
    **{
        f"{keras}{below}": f"stillflow.keras.horovod.{module}"
        for keras in ("keras", "tensorflow.keras")
        for below, module in (("", "names"), (".callbacks", "callbacks"))
    },
}


def install() -> None:
    """Makes `import horovod` and what is below it mean Stillflow's, here."""
    if not any(isinstance(finder, HorovodFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, HorovodFinder())


def is_there(below: str) -> bool:
    """Whether `horovod.<below>` is a module here."""
    return below in _MODULES


class HorovodFinder:
    """Answers for `horovod` and everything below it."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        root, _, below = fullname.partition(".")
        if root != _NAME:
            return None
        if below not in _MODULES:
            raise ModuleNotFoundError(
                f"No module named {fullname!r}\n  Of Horovod, Stillflow has "
                "horovod.tensorflow and horovod.keras.",
                name=fullname,
            )
        loader: Any = _Loader(_MODULES[below])
        return ModuleSpec(fullname, loader, is_package=True)


class _Loader:
    def __init__(self, module: str):
        self._module = module

    def create_module(self, spec: ModuleSpec) -> None:
        """The import system's own empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out what it finds here, so the empty `module` is dropped.
        found = sys.modules[module.__name__] = importlib.import_module(self._module)
        if not hasattr(found, "__path__"):
            found.__path__ = []
