"""What of a program's code runs, as far as reading tells: from the program on, by names.

Code is met for certain where each step to it is; a method where its class is named and some code
asks for an attribute of its name.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field

from stillflow.checking.program import Defined, Repository
from stillflow.checking.uses import Parts, Unit

NEVER, MAYBE, SURELY = 0, 1, 2


@dataclass
class Reached:
    """How surely each unit runs, and which modules are imported."""

    units: dict[Unit, int] = field(default_factory=dict)
    modules: dict[str, Parts] = field(default_factory=dict)


def reach(repository: Repository, program: str) -> Reached:
    """What runs when the file `program` does."""
    return _Walk(repository, program).reached


class _Walk:
    def __init__(self, repository: Repository, program: str):
        self._repository = repository
        self._program = program
        self.reached = Reached()
        self._waiting: list[tuple[Unit, Parts]] = []
        self._attributes: dict[str, int] = defaultdict(int)
        self._classes: dict[ast.ClassDef, int] = {}
        self._named: dict[str, list[tuple[Unit, Parts]]] = defaultdict(list)  # of named classes
        self._import(program, SURELY, is_program=True)
        while self._waiting:
            self._run(*self._waiting.pop())

    def _import(self, path: str, level: int, is_program: bool = False) -> None:
        if path in self.reached.modules:
            is_program = path == self._program
        parts = self._repository.parts(path, is_program)
        if parts is not None:
            self.reached.modules.setdefault(path, parts)
            self._raise(parts.top, parts, level)

    def _raise(self, unit: Unit, parts: Parts, level: int) -> None:
        if self.reached.units.get(unit, NEVER) < level:
            self.reached.units[unit] = level
            self._waiting.append((unit, parts))

    def _run(self, unit: Unit, parts: Parts) -> None:
        level = self.reached.units[unit]
        for use in unit.uses:
            if use.how in ("import", "take", "star"):
                self._modules_of(use.names[0], parts, level if use.context.certain else MAYBE)
        for meaning, certain in unit.mentions:
            for found in self._repository.meant(meaning, parts, self._program):
                if isinstance(found, Defined):
                    self._define(found, level if certain else MAYBE)
        for name, certain in unit.attributes.items():
            self._ask(name, level if certain else MAYBE)

    def _modules_of(self, name: str, parts: Parts, level: int) -> None:
        """The module that an import names, and the packages that it is in."""
        pieces = name.split(".")
        for count in range(1, len(pieces) + 1):
            part = ".".join(pieces[:count])
            if not part.strip("."):
                continue
            place = self._repository.find(part, parts.module.path, self._program)
            if place is not None and place.path is not None and not place.rest:
                self._import(place.path, level)

    def _define(self, found: Defined, level: int) -> None:
        if isinstance(found.node, ast.ClassDef):
            self._make(found.parts, found.node, level)
        elif (unit := found.parts.units.get(found.node)) is not None:
            self._raise(unit, found.parts, level)

    def _make(self, parts: Parts, node: ast.ClassDef, level: int) -> None:
        """A class is named, so an instance may be made."""
        if self._classes.get(node, NEVER) >= level or node not in parts.bases:
            return
        is_new = node not in self._classes
        self._classes[node] = level
        by_others = False  # it derives from a class that is not the program's, which calls it
        for base in parts.bases[node]:
            for meaning in base:
                found = self._repository.meant(meaning, parts, self._program)
                by_others |= any(isinstance(one, str) and one != "object" for one in found)
                for one in found:
                    if isinstance(one, Defined):
                        self._define(one, level)
        for method in parts.methods[node]:
            if is_new:
                self._named[method.name].append((method, parts))
            self._method(method, parts, level, by_others)

    def _method(self, method: Unit, parts: Parts, level: int, by_others: bool) -> None:
        if method.name.startswith("__") and method.name.endswith("__"):
            self._raise(method, parts, level)
        elif by_others or method.is_decorated:
            self._raise(method, parts, MAYBE)
        self._raise(method, parts, min(level, self._attributes[method.name]))

    def _ask(self, name: str, level: int) -> None:
        if self._attributes[name] >= level:
            return
        self._attributes[name] = level
        for method, parts in self._named[name]:
            owner = method.owner
            of_class = self._classes.get(owner, NEVER) if owner is not None else NEVER
            self._raise(method, parts, min(level, of_class))
