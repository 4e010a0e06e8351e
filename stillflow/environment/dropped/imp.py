"""`imp`, gone in Python 3.12: loading modules from files, as programs of the period do it."""

from __future__ import annotations

import os
import sys
from importlib import reload as reload
from importlib.machinery import SOURCE_SUFFIXES, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import IO, Any

PY_SOURCE = 1
PKG_DIRECTORY = 5


def new_module(name: str) -> ModuleType:
    """An empty module, which is not in `sys.modules`."""
    return ModuleType(name)


def load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
    """Runs a file as the module `name`; again in the same module where that is there already."""
    return _run(name, pathname)


def load_package(name: str, path: str) -> ModuleType:
    """Runs the `__init__` file of a folder as the package `name`."""
    return _run(name, os.path.join(path, "__init__.py"), [path])


def find_module(
    name: str, path: list[str] | None = None
) -> tuple[IO[str] | None, str, tuple[str, str, int]]:
    """Looks in the folders of `path` (`sys.path`): (open file, its path, what `load_module` asks).

    Raises:
      ImportError: no Python file and no package of that name is there.
    """
    for folder in sys.path if path is None else path:
        package = os.path.join(folder, name)
        if os.path.isfile(os.path.join(package, "__init__.py")):
            return None, package, ("", "", PKG_DIRECTORY)
        for suffix in SOURCE_SUFFIXES:
            if os.path.isfile(package + suffix):
                file = open(package + suffix, encoding="utf-8")  # noqa: SIM115  the caller closes it
                return file, package + suffix, (suffix, "r", PY_SOURCE)
    raise ImportError(f"No module named {name!r}", name=name)


def load_module(name: str, file: Any, filename: str, details: tuple[str, str, int]) -> ModuleType:
    """Loads what `find_module` has found."""
    kind = details[2]
    if kind == PKG_DIRECTORY:
        return load_package(name, filename)
    if kind == PY_SOURCE:
        return load_source(name, filename, file)
    raise ImportError(f"Don't know how to import {name} (type code {kind})", name=name)


def _run(name: str, path: str, folders: list[str] | None = None) -> ModuleType:
    loader = SourceFileLoader(name, path)
    spec = spec_from_file_location(name, path, loader=loader, submodule_search_locations=folders)
    assert spec is not None
    there = sys.modules.get(name)
    module = module_from_spec(spec) if there is None else there
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        if there is None:
            del sys.modules[name]
        raise
    return sys.modules[name]
