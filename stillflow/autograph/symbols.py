"""Which names a piece of code reads and which it changes, in the function that it stands in.

A symbol is a name, or, where something is changed inside of an object, its text: `self.x`, `a[0]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

Code = ast.AST | Iterable[ast.AST]


class _Walk(ast.NodeVisitor):
    """Collects names in one scope: of functions and classes in it, what is run when defined."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def over(self, code: Code) -> set[str]:
        for node in [code] if isinstance(code, ast.AST) else code:
            self.visit(node)
        return self.names

    def visit_FunctionDef(self, node) -> None:
        self.over(node.decorator_list)
        self.visit_Lambda(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node) -> None:
        self.over([*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.over([*node.decorator_list, *node.bases, *node.keywords])


class _Reads(_Walk):
    """Names that are read."""

    def __init__(self, functions: dict[str, set[str]]):
        super().__init__()
        self._functions = functions

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.names |= {node.id, *self._functions.get(node.id, ())}

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.names.add(node.target.id)
        self.generic_visit(node)

    def visit_FunctionDef(self, node) -> None:
        super().visit_FunctionDef(node)
        self.names |= free_in(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node) -> None:
        super().visit_Lambda(node)
        if isinstance(node, ast.Lambda):
            self.names |= free_in(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        super().visit_ClassDef(node)
        self.names |= free_in(node)

    def _comprehension(self, node) -> None:
        targets = {name for each in node.generators for name in names_in(each.target)}
        inside = _Reads(self._functions)
        inside.generic_visit(node)
        self.names |= inside.names - targets
        self.visit(node.generators[0].iter)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


class _Stores(_Walk):
    """Names that are given values, or lose them."""

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_FunctionDef(self, node) -> None:
        super().visit_FunctionDef(node)
        self.names.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        super().visit_ClassDef(node)
        self.names.add(node.name)

    def visit_Import(self, node) -> None:
        self.names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_ExceptHandler

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.names.add(node.rest)
        self.generic_visit(node)

    def _comprehension(self, node) -> None:
        """A comprehension's names are its own, but for those of `:=`."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.visit(inner.target)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


class _Declarations(_Walk):
    def __init__(self, kinds: type | tuple):
        super().__init__()
        self._kinds = kinds

    def visit_Global(self, node) -> None:
        self.names |= set(node.names) if isinstance(node, self._kinds) else set()  # type: ignore

    visit_Nonlocal = visit_Global


class _Insides(_Walk):
    """Attributes and elements that are given values: {text: node}."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, ast.expr] = {}

    def visit_Attribute(self, node) -> None:
        if isinstance(node.ctx, ast.Store) and _is_plain(node):
            self.found.setdefault(ast.unparse(node), node)
        self.generic_visit(node)

    visit_Subscript = visit_Attribute


def _is_plain(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return _is_plain(node.value)
    if isinstance(node, ast.Subscript):
        return _is_plain(node.value) and isinstance(node.slice, (ast.Constant, ast.Name))
    return isinstance(node, ast.Name)


def parameters(arguments: ast.arguments) -> list[str]:
    """The names of a function's parameters, in order."""
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    stars = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
    return [arg.arg for arg in (*plain, *stars)]


def read_by(code: Code, functions: dict[str, set[str]] | None = None) -> set[str]:
    """The names that a piece of code reads, those that functions defined in it read included.

    Args:
      functions: {name: what the function of that name, defined around, reads of its surroundings}.
    """
    return _Reads(functions or {}).over(code)


def assigned_in(code: Code) -> set[str]:
    """The names that a piece of code gives values, or takes them."""
    return _Stores().over(code)


def declared_in(code: Code, kinds: type | tuple = ast.Global) -> set[str]:
    """The names that a piece of code declares `global` or `nonlocal`."""
    return _Declarations(kinds).over(code)


def free_in(scope: ast.AST) -> set[str]:
    """The names of its surroundings that a function or class reads."""
    inside = scope.body  # type: ignore[attr-defined]
    own = assigned_in(inside) - declared_in(inside, (ast.Global, ast.Nonlocal))
    if not isinstance(scope, ast.ClassDef):
        own |= set(parameters(scope.args))  # type: ignore[attr-defined]
    return read_by(inside) - own


def changed_inside(code: Code) -> dict[str, ast.expr]:
    """{text: node} of the attributes and elements that a piece of code gives values.

    Those whose index is no constant and no name are left out: nobody could read them again.
    """
    walk = _Insides()
    walk.over(code)
    return walk.found


def names_in(node: ast.AST) -> set[str]:
    """All names in an expression."""
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
