"""Calls back once a module has run: now if it has been imported, else when it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Callback = Callable[[ModuleType], object]

_waiting: dict[str, list[Callback]] = {}


def when_imported(name: str, callback: Callback) -> None:
    """Calls `callback(module)` once the module of that name has run; it is not imported here."""
    if name in sys.modules:
        callback(sys.modules[name])
        return
    _waiting.setdefault(name, []).append(callback)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


class _Finder:
    """Finds a waited-for module as the other finders do, and wraps its loader."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname not in _waiting:
            return None
        spec = next_spec(self, fullname, path, target)
        if spec is not None and spec.loader is not None:
            wrapped: Any = _Loader(spec.loader)
            spec.loader = wrapped
        return spec


_finder = _Finder()


def next_spec(finder: Any, fullname: str, path: Any, target: Any) -> ModuleSpec | None:
    """What the finders that are asked after `finder` find."""
    for later in sys.meta_path[sys.meta_path.index(finder) + 1 :]:
        spec = later.find_spec(fullname, path, target)
        if spec is not None:
            return spec
    return None


class _Loader:
    def __init__(self, loader: Any):
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # Whoever asks the module for its loader should find its own.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for callback in _waiting.pop(module.__name__, ()):
            callback(module)
