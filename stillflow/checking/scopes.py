"""What the names of a module stand for: imports, definitions, or what is not known.

Knows Python's scopes, and no module by name. A dotted name of something imported is written as it
would be from the top: after `from a import b as c`, `c.d` is "a.b.d".
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Meaning = str | Definition  # a dotted name, or a definition of the module itself
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BINDING = (
    *(*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS, ast.Import, ast.ImportFrom, ast.Name),
    *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.Global, ast.Nonlocal, ast.ExceptHandler),
)
_LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_DEPTH = 12


@dataclass(frozen=True)
class Binding:
    """A name bound at a line: to something imported, to a definition, to an expression, or else."""

    line: int
    value: str | Definition | ast.expr | None


@dataclass(eq=False)
class Scope:
    """The names that a module, class, function or comprehension binds."""

    node: ast.AST
    parent: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)  # declared global or nonlocal
    stars: list[str] = field(default_factory=list)  # modules of `from m import *`

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)


def parts_below(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node that may name something: not constants, operators and contexts."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _LEAVES):
            yield child


class Scopes:
    """The scopes of a module, by the node that opens each."""

    def __init__(self, tree: ast.Module, package: str = ""):
        self.package = package
        self.asks_how_it_runs = False  # it names __name__
        self._handlers: set[int] = set()  # the lines of `except` clauses
        self.top = Scope(tree, None)
        self._by_node = {id(tree): self.top}
        self._bind_all(tree.body, self.top)

    def of(self, node: ast.AST) -> Scope:
        return self._by_node[id(node)]

    def meanings(self, node: ast.expr, scope: Scope, depth: int = 0) -> list[Meaning]:
        """What an expression may stand for; empty where reading does not tell."""
        if depth > _DEPTH:
            return []
        if isinstance(node, ast.Name):
            return self.named(node.id, scope, node.lineno, depth)
        if isinstance(node, ast.Attribute):
            owners = self.meanings(node.value, scope, depth + 1)
            return [f"{owner}.{node.attr}" for owner in owners if isinstance(owner, str)]
        if isinstance(node, ast.Call):
            return list(self._called(node, scope, depth))
        return []

    def named(self, name: str, scope: Scope, line: int, depth: int = 0) -> list[Meaning]:
        """What a name may stand for at a line of a scope."""
        found = self.holder(name, scope)
        if found is None:
            return [] if hasattr(builtins, name) else [f"{m}.{name}" for m in self.top.stars]
        bindings = _at(found.names[name], line if found is scope else None, self._handlers)
        values = [b.value for b in bindings]
        meanings: list[Meaning] = []
        for value in values:
            if isinstance(value, str | Definition):
                meanings.append(value)
            elif isinstance(value, ast.expr):
                meanings += self.meanings(value, found, depth + 1)
        return list(dict.fromkeys(meanings))

    def holder(self, name: str, scope: Scope) -> Scope | None:
        """The scope that binds a name, as seen from one."""
        at: Scope | None = scope
        while at is not None:
            visible = at is scope or not at.is_class
            if name in at.outer:
                at = self.top
                visible = True
            if visible and name in at.names:
                return at
            at = at.parent
        return None

    def _called(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[str]:
        """`getattr(a, "b")`, `importlib.import_module("a.b")` and `__import__("a")`."""
        literal = [a.value if isinstance(a, ast.Constant) else None for a in call.args]
        texts = [value if isinstance(value, str) else None for value in literal]
        if isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(texts) >= 2:
            owners = self.meanings(call.args[0], scope, depth + 1)
            if texts[1]:
                yield from (f"{o}.{texts[1]}" for o in owners if isinstance(o, str))
        elif texts and texts[0] and self.is_import_call(call, scope):
            yield texts[0] if not isinstance(call.func, ast.Name) else texts[0].split(".")[0]

    def is_import_call(self, call: ast.Call, scope: Scope) -> bool:
        if isinstance(call.func, ast.Name) and call.func.id == "__import__":
            return True
        return "importlib.import_module" in self.meanings(call.func, scope, _DEPTH - 2)

    def absolute(self, module: str | None, level: int) -> str:
        """The module that `from ..module import` names."""
        if not level:
            return module or ""
        parts = self.package.split(".") if self.package else []
        base = parts[: len(parts) - level + 1]
        return "." * (not base) + ".".join([*base, *([module] if module else [])])

    # Binding

    def _bind_all(self, nodes: list[ast.stmt] | list[ast.expr], scope: Scope) -> None:
        waiting: list[tuple[ast.AST, Scope]] = [(node, scope) for node in reversed(nodes)]
        while waiting:
            node, here = waiting.pop()
            inner = self._bind(node, here) if isinstance(node, _BINDING) else None
            children = reversed(list(parts_below(node)))
            waiting += [(child, here if inner is None else inner(child)) for child in children]

    def _bind(self, node: ast.AST, scope: Scope):
        """Binds what a node binds in `scope`; returns the scope of each child where it differs."""
        match node:
            case ast.Import():
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.split(".")[0]
                    self._add(scope, alias.asname or whole, node, whole)
            case ast.ImportFrom():
                module = self.absolute(node.module, node.level)
                for alias in node.names:
                    if alias.name == "*":
                        scope.stars.append(module)
                    else:
                        full = (
                            f"{module}.{alias.name}"
                            if module.strip(".")
                            else f"{module}{alias.name}"
                        )
                        self._add(scope, alias.asname or alias.name, node, full)
            case ast.Assign():
                for target in node.targets:
                    self._assign(scope, target, node.value)
            case ast.AnnAssign() | ast.NamedExpr() if node.value is not None:
                self._assign(scope, node.target, node.value)
            case ast.Global() | ast.Nonlocal():
                scope.outer.update(node.names)
            case ast.ExceptHandler():
                self._handlers.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
                if node.name:
                    self._add(scope, node.name, node, None)
            case ast.Name(id="__name__"):
                self.asks_how_it_runs = True
            case ast.Name(ctx=ast.Store() | ast.Del()):
                where = self.top if node.id in scope.outer else scope
                if not any(b.line == node.lineno for b in where.names.get(node.id, ())):
                    self._add(scope, node.id, node, None)
        if isinstance(node, Definition):
            self._add(scope, node.name, node, node)
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)):
            return self._opened(node, scope)
        return None

    def _opened(self, node, scope: Scope):
        inner = self._by_node[id(node)] = Scope(node, scope)
        if isinstance(node, _FUNCTIONS):
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    self._add(inner, argument.arg, node, None)
        own = {id(child) for child in node.body} if isinstance(node, Definition) else None
        if isinstance(node, ast.Lambda):
            own = {id(node.body)}
        return lambda child: inner if own is None or id(child) in own else scope

    def _assign(self, scope: Scope, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._add(scope, target.id, target, value)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for part, its in zip(target.elts, value.elts, strict=False):
                self._assign(scope, part, its)

    def _add(
        self, scope: Scope, name: str, node, value: str | Definition | ast.expr | None
    ) -> None:
        where = self.top if name in scope.outer else scope
        where.names.setdefault(name, []).append(Binding(node.lineno, value))


def _at(bindings: list[Binding], line: int | None, handlers: set[int]) -> list[Binding]:
    """Of a name's bindings those that may hold at a line, or in a function that runs later."""
    told = [b for b in bindings if not _is_nothing(b.value)]
    if all(isinstance(b.value, str) for b in told):
        return told  # alternatives of `try`, or of versions
    if line is not None:
        before = [b for b in told if b.line <= line]
        # `x = f(x)`: on the right there is still the former x
        former = [b for b in before if b.line < line or isinstance(b.value, str)]
        return _last(former, handlers) or _last(before, handlers)
    return _last(told, handlers)


def _last(bindings: list[Binding], handlers: set[int]) -> list[Binding]:
    """The last binding, and of one in an `except` clause those that hold where nothing fails."""
    first = len(bindings) - 1
    while first > 0 and bindings[first].line in handlers:
        first -= 1
    return bindings[max(first, 0) :]


def _is_nothing(value: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
