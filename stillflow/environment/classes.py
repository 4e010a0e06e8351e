"""Public classes say TensorFlow's module and name of themselves: `tensorflow.python.framework.ops`.

Tracebacks, logs and printed objects then read as TensorFlow's. `class_modules.txt`, recorded from
TensorFlow 1.15 by tools/record_names.py, says which. A class is told once its own module and a
public one that shows it have been imported; `tf.errors` is at once, as its classes are raised
unnamed.
"""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType

from stillflow.api import _missing, _stubs
from stillflow.environment.on_import import when_imported

Homes = dict[str, tuple[str, str]]


def install() -> None:
    """Has the classes say so, now or once they are there."""
    for public_module, homes in _recorded().items():
        name = f"{_missing.ROOT}.{public_module}".removesuffix(".")
        when_imported(name, functools.partial(_tell_shown, homes))
    importlib.import_module(f"{_missing.ROOT}.errors")


def _tell_shown(homes: Homes, public_module: ModuleType) -> None:
    """Tells the classes that a public module shows: `homes` is by their names there."""
    told: dict[str, Homes] = {}
    for public, (module, name) in _stubs.re_exports(str(public_module.__file__)).items():
        if public in homes:
            told.setdefault(module, {})[name] = homes[public]
    for module, by_name in told.items():
        when_imported(module, functools.partial(_tell, by_name))


def _tell(homes: Homes, module: ModuleType) -> None:
    for name, (home, own_name) in homes.items():
        value = getattr(module, name)
        if isinstance(value, type) and value.__module__.startswith(f"{_missing.PACKAGE}."):
            value.__module__ = home
            value.__name__ = value.__qualname__ = own_name


def _recorded() -> dict[str, Homes]:
    """{public module, below `tf`: {class: (TensorFlow's module that defines it, name there)}}"""
    path = os.path.join(os.path.dirname(__file__), "class_modules.txt")
    recorded: dict[str, Homes] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            home, *names = line.split()
            for entry in names:
                own_name, _, public = entry.rpartition("=")
                public_module, _, name = public.rpartition(".")
                recorded.setdefault(public_module, {})[name] = home[:-1], own_name or name
    return recorded
