"""What is noted of a module: the names that each of its functions uses, and under what."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from stillflow.checking.modules import Module
from stillflow.checking.scopes import Meaning, Scopes

How = Literal["import", "take", "star", "ask", "call", "unbound", "method"]


@dataclass(eq=False)
class Attempt:
    """A `try` whose handlers take what a missing import, or a missing name, raises."""

    takes_imports: bool
    takes_names: bool
    gives_up: bool  # a handler raises again, or ends the program


@dataclass(frozen=True)
class Context:
    """Under what a use stands.

    `certain`: it is met whenever its function runs; `asked`: a check of a version or a name that
    reading cannot decide is around it; `within`: attempts around it; `after`: those of which it is
    in a handler.
    """

    certain: bool = True
    asked: bool = False
    within: tuple[Attempt, ...] = ()
    after: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Use:
    """A dotted name that is used at a line; `names` are what it may stand for.

    `how`: by `import`, by `from ... import` (take, or star), by asking a module for it, by calling
    it, as a name that nothing binds, or as a method of something that reading does not tell.
    """

    how: How
    names: tuple[str, ...]
    line: int
    context: Context
    unit: Unit


@dataclass(eq=False)
class Unit:
    """A function, or the statements of a module that importing it runs.

    `mentions`: what else of the program it names, and whether for certain; `attributes`: names
    that it asks of objects, by which methods are found.
    """

    name: str
    module: Module
    owner: ast.ClassDef | None = None
    uses: list[Use] = field(default_factory=list)
    mentions: list[tuple[Meaning, bool]] = field(default_factory=list)
    attributes: dict[str, bool] = field(default_factory=dict)
    is_decorated: bool = False

    def use(self, how: How, names: Iterable[str], node: ast.expr | ast.stmt, context: Context):
        """Notes a use at a node's line."""
        self.uses.append(Use(how, tuple(names), node.lineno, context, self))

    def mention(self, meanings: Iterable[Meaning], context: Context) -> None:
        self.mentions += [(meaning, context.certain) for meaning in meanings]


@dataclass(eq=False)
class Parts:
    """A module taken apart: its units by the node of each, methods by class, base classes."""

    module: Module
    scopes: Scopes
    top: Unit
    units: dict[ast.AST, Unit] = field(default_factory=dict)
    methods: dict[ast.ClassDef, list[Unit]] = field(default_factory=dict)
    bases: dict[ast.ClassDef, list[list[Meaning]]] = field(default_factory=dict)
    set_names: set[str] = field(default_factory=set)  # `tf.x = ...`
