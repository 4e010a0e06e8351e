"""Modules that old versions of protoc wrote (`*_pb2.py`), which today's protobuf refuses to run:
"Descriptors cannot be created directly."

Such a module holds its whole `.proto` file serialised too, which is all that today's protoc writes.
The module is made from that; what it imports of its kind is imported, and the rest is not run.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from types import ModuleType
from typing import Any

from stillflow.environment.on_import import next_spec


def install() -> None:
    """Has such modules found, before protobuf sees them."""
    sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds a module of messages as the other finders do, and loads it itself if it is old."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if not fullname.endswith("_pb2"):
            return None
        spec = next_spec(self, fullname, path, target)
        file = spec and _parsed(spec)
        if spec and file:
            loader: Any = _Loader(*file)
            spec.loader = loader
        return spec


def _parsed(spec: ModuleSpec) -> tuple[ast.Module, bytes] | None:
    """The source and the serialised file of a module of the old form; None of others."""
    source = getattr(spec.loader, "get_source", lambda name: None)(spec.name)
    if source is None or ".FileDescriptor(" not in source or ".AddSerializedFile(" in source:
        return None  # protobuf's own description of descriptions has both, and is of today
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "FileDescriptor":
            for keyword in node.keywords:
                if keyword.arg == "serialized_pb":
                    return tree, _bytes(keyword.value)
    return None


def _bytes(node: Any) -> bytes:
    """b'...', or _b('...') as it was written for Python 2 also."""
    value = ast.literal_eval(node.args[0] if isinstance(node, ast.Call) else node)
    return value.encode("latin1") if isinstance(value, str) else value


class _Loader:
    def __init__(self, tree: ast.Module, serialized: bytes):
        self._tree = tree
        self._serialized = serialized

    def create_module(self, spec: ModuleSpec) -> None:
        """The import system's own empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        from google.protobuf import descriptor_pool
        from google.protobuf.internal import builder

        names = vars(module)
        for imported, shows_all in _imported(self._tree, names["__package__"]):
            found = vars(importlib.import_module(imported))
            if shows_all:
                names.update({name: found[name] for name in found if not name.startswith("_")})
        names["DESCRIPTOR"] = descriptor_pool.Default().AddSerializedFile(self._serialized)
        builder.BuildMessageAndEnumDescriptors(names["DESCRIPTOR"], names)
        builder.BuildTopDescriptorsAndMessages(names["DESCRIPTOR"], module.__name__, names)


def _imported(tree: ast.Module, package: str) -> Iterator[tuple[str, bool]]:
    """(name, whether all of it is shown) of each module of messages that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((a.name, False) for a in node.names if a.name.endswith("_pb2"))
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                if alias.name == "*" and source.endswith("_pb2"):
                    yield source, True
                elif alias.name.endswith("_pb2"):
                    yield f"{source}.{alias.name}", False
