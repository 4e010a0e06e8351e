"""Modules that are imported when they are first used: TensorFlow's `python.util.lazy_loader`."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class LazyLoader(ModuleType):
    """Stands for the module `name` until an attribute of it is asked for.

    Args:
      local_name: what the module that uses it calls it.
      parent_module_globals: that module's names, where the real one is put.
      name: the module to import.
    """

    def __init__(self, local_name: str, parent_module_globals: dict[str, Any], name: str):
        super().__init__(name)
        self._local_name = local_name
        self._parent_module_globals = parent_module_globals

    def _load(self) -> ModuleType:
        module = importlib.import_module(self.__name__)
        self._parent_module_globals[self._local_name] = module
        vars(self).update(vars(module))  # others may hold this one
        return module

    def __getattr__(self, item: str) -> Any:
        return getattr(self._load(), item)

    def __dir__(self) -> list[str]:
        return dir(self._load())
