"""Modules that Python and SciPy have dropped since TensorFlow 1.x programs were written.

Each is found under its old name. What is here gives what the old one gave; the rest of an old
module is not here.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# {dropped module: the module that stands in for it, which may be its own new name}
WHERE_NONE_IS: dict[str, str] = {
    "distutils": f"{__name__}.distutils",
    "imp": f"{__name__}.imp",
}
# Of these a shell is left, or nothing.
INSTEAD: dict[str, str] = {
    "scipy.misc": f"{__name__}.scipy_misc",
    "scipy.misc.pilutil": f"{__name__}.scipy_misc",
    "scipy.sparse.linalg.eigen": "scipy.sparse.linalg._eigen",
    "scipy.sparse.linalg.eigen.arpack": "scipy.sparse.linalg._eigen.arpack",
}


class _Finder:
    def __init__(self, stand_ins: Mapping[str, str]):
        self._stand_ins = stand_ins

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname not in self._stand_ins:
            return None
        loader: Any = _Loader(self._stand_ins[fullname])
        return ModuleSpec(fullname, loader, is_package=True)


class _Loader:
    def __init__(self, stand_in: str):
        self._stand_in = stand_in

    def create_module(self, spec: ModuleSpec) -> None:
        """The import system's own empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out what it finds here, so the empty `module` is dropped.
        found = sys.modules[module.__name__] = importlib.import_module(self._stand_in)
        if not hasattr(found, "__path__"):
            found.__path__ = []  # so that names below it are looked for


def install() -> None:
    """Has the finders asked."""
    sys.meta_path.insert(0, _Finder(INSTEAD))
    sys.meta_path.append(_Finder(WHERE_NONE_IS))
