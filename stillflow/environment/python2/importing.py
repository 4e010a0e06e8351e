"""Has the modules of a program translated when they are imported; installed packages are not."""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import Any

from stillflow.environment.on_import import next_spec
from stillflow.environment.python2.translating import compiled

# Asked for before the finder is there: to know it, sysconfig imports modules itself.
_NOT_OWN = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (sysconfig.get_path("stdlib"), os.path.dirname(os.path.dirname(__file__)))
)


def install() -> None:
    """Translates what is imported from here on. Twice is as once."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def translating(spec: ModuleSpec) -> ModuleSpec:
    """The spec of a module of the program's own, with a loader that translates it."""
    if isinstance(spec.loader, SourceFileLoader) and _is_own(spec.origin):
        loader: Any = _Loader(spec.loader.name, spec.loader.path)
        spec.loader = loader
        spec.cached = None
    return spec


class _Finder:
    """Finds a module as the finders after it do."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in ("stillflow", "tensorflow"):
            return None
        spec = next_spec(self, fullname, path, target)
        return None if spec is None else translating(spec)


class _Loader(SourceFileLoader):
    """Compiles its source anew, without a cache: Python's own holds what Python 3 reads."""

    def get_code(self, fullname: str) -> Any:
        is_package = self.is_package(fullname)
        package = fullname if is_package else fullname.rpartition(".")[0]
        return compiled(self.get_data(self.path), self.path, package)


def _is_own(path: str | None) -> bool:
    """Whether a file is of no package that is installed, nor of Python."""
    if path is None or not path.endswith(".py"):
        return False
    real = os.path.realpath(path)
    if {"site-packages", "dist-packages"} & set(real.split(os.sep)):
        return False
    return not real.startswith(_NOT_OWN)
