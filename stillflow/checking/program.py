"""A program's own modules: which file an import means, and what a name of another module is."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from typing import NamedTuple

from stillflow.checking import modules, packages, sources
from stillflow.checking.scopes import Definition, Meaning, Scopes
from stillflow.checking.units import parts_of
from stillflow.checking.uses import Parts

_DEPTH = 8


class Place(NamedTuple):
    """Where a dotted name leads among a program's files, and what of it is left to look up.

    `path` is None of a folder without `__init__.py`.
    """

    path: str | None
    rest: tuple[str, ...]


class Defined(NamedTuple):
    """A function or class of a module."""

    parts: Parts
    node: Definition


class Repository:
    """The files of one repository, each read once. `unread` says why some could not be."""

    def __init__(self, root: str):
        self.root = root
        self.unread: dict[str, str] = {}

    def parts(self, path: str, is_program: bool) -> Parts | None:
        """A file taken apart; None if nothing of it can be read."""
        scopes = self._scopes(path)
        if scopes is None:
            return None
        return self._parts(path, is_program and scopes.asks_how_it_runs)

    @functools.cache  # noqa: B019 (a repository lives as long as the check)
    def _scopes(self, path: str) -> Scopes | None:
        module = self.module(path)
        return None if module is None else Scopes(module.tree, module.package)

    @functools.cache  # noqa: B019
    def _parts(self, path: str, is_program: bool) -> Parts | None:
        module, scopes = self.module(path), self._scopes(path)
        assert module is not None
        assert scopes is not None
        try:
            return parts_of(module, scopes, is_program)
        except RecursionError:
            self.unread[path] = "is nested too deeply to be read"
            return None

    @functools.cache  # noqa: B019
    def module(self, path: str) -> modules.Module | None:
        try:
            module = modules.read(path)
        except sources.Unreadable as error:
            self.unread[path] = str(error)
            return None
        folder = os.path.relpath(os.path.dirname(path), self.root)
        if not folder.startswith("."):
            module.package = folder.replace(os.sep, ".")
        return module

    def find(self, name: str, importer: str, program: str) -> Place | None:
        """The longest part of a dotted name that is a module of the program's own."""
        return self._found(name, os.path.dirname(importer), os.path.dirname(program))

    @functools.cache  # noqa: B019
    def _found(self, name: str, beside: str, first: str) -> Place | None:
        bases = [beside] if name.startswith(".") else list(self._bases(beside, first))
        parts = tuple(part for part in name.split(".") if part)
        if not parts or parts[0] == "tensorflow":
            return None
        for base in bases:
            if (place := _below(base, parts)) is not None:
                return place
        for base in os.environ.get("PYTHONPATH", "").split(os.pathsep):
            place = _below(os.path.realpath(base), parts) if base else None
            if place is not None and place.path is not None:
                real = os.path.realpath(place.path)
                if real.startswith(self.root + os.sep):  # the repository under another name
                    return Place(real, place.rest)
        if packages.module_lacking(parts[0]) is None:
            return None
        places = [_below(base, parts) for base in self._anywhere(parts[0])]
        return max((p for p in places if p), key=lambda place: -len(place.rest), default=None)

    def _bases(self, folder: str, first: str) -> Iterator[str]:
        """The folders that are likely on `sys.path`, or were when Python 2 looked beside a file."""
        yield first
        yield folder
        while folder != self.root and folder.startswith(self.root):
            folder = os.path.dirname(folder)
            yield folder

    def _anywhere(self, name: str) -> list[str]:
        return self._folders_with().get(name, [])

    @functools.cache  # noqa: B019
    def _folders_with(self) -> dict[str, list[str]]:
        """{a module's or package's name: the folders of the repository that hold one}"""
        found: dict[str, list[str]] = {}
        for dotted, path in sources.modules_below(self.root):
            parts = dotted.split(".")
            package = os.path.basename(path) == "__init__.py"
            folder = os.path.dirname(os.path.dirname(path) if package else path)
            for part in reversed(parts):
                if folder not in found.setdefault(part, []):
                    found[part].append(folder)
                folder = os.path.dirname(folder)
        return found

    def meant(
        self, meaning: Meaning, parts: Parts, program: str, depth: int = 0
    ) -> list[str | Defined]:
        """What a meaning in a module comes to: names outside of the program, or definitions."""
        if isinstance(meaning, Definition):
            return [Defined(parts, meaning)]
        place = self.find(meaning, parts.module.path, program) if depth < _DEPTH else None
        if place is None:
            return [meaning]
        if not place.rest or place.path is None:
            return []
        there = self.parts(place.path, False)
        if there is None:
            return []
        first, *more = place.rest
        found = there.scopes.named(first, there.scopes.top, 1 << 30)
        return [
            result
            for one in found
            for result in self.meant(
                ".".join([one, *more]) if isinstance(one, str) else one, there, program, depth + 1
            )
        ]


@functools.cache
def _below(base: str, parts: tuple[str, ...]) -> Place | None:
    """The module that is the longest part of a dotted name below a folder."""
    found: Place | None = None
    for count, part in enumerate(parts, 1):
        path = os.path.join(base, part)
        rest = parts[count:]
        if os.path.isdir(path):
            init = os.path.join(path, "__init__.py")
            if os.path.exists(init):
                found = Place(init, rest)
            elif found is not None or _holds_modules(path, rest):
                found = Place(None, rest)
            else:
                return None
            base = path
            continue
        if os.path.exists(f"{path}.py"):
            found = Place(f"{path}.py", rest)
        break
    return found


def _holds_modules(folder: str, rest: tuple[str, ...]) -> bool:
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    return any(name.endswith(".py") for name in names) or bool(rest and rest[0] in names)
