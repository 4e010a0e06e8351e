"""What each function of a module, and the module itself, uses: names, modules, other functions.

Reads statements in their order, leaves out what cannot run (`if sys.version_info[0] < 3:`, what
follows a `return`), and notes what may, but need not: under conditions, in `try`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import replace

from stillflow.checking.conditions import Conditions
from stillflow.checking.modules import Module
from stillflow.checking.scopes import Scope, Scopes, parts_below
from stillflow.checking.uses import Attempt, Context, How, Parts, Unit

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_EXITS = {"sys.exit", "os._exit", "exit", "quit"}
_SILENT_DECORATORS = {"property", "staticmethod", "classmethod", "setter", "getter", "wraps"}
_OF_IMPORTS = {"ImportError", "ModuleNotFoundError"}
_OF_NAMES = {"AttributeError", "NameError"}
_OF_ALL = {"Exception", "BaseException", "StandardError", "NotImplementedError"}


def parts_of(module: Module, scopes: Scopes, is_program: bool) -> Parts:
    """Takes a module apart."""
    reader = _Reader(module, scopes, Conditions(scopes, is_program))
    reader.block(module.tree.body, reader.parts.top, scopes.top, Context())
    return reader.parts


class _Reader:
    def __init__(self, module: Module, scopes: Scopes, conditions: Conditions):
        self.parts = Parts(module, scopes, Unit("", module))
        self._scopes = scopes
        self._conditions = conditions

    def block(self, body: Iterable[ast.AST], unit: Unit, scope: Scope, context: Context) -> None:
        for node in body:
            self.visit(node, unit, scope, context)
            if isinstance(node, _ENDS) or self._exits(node, scope):
                return

    def visit(self, node: ast.AST, unit: Unit, scope: Scope, context: Context) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, unit, scope, context)
            case ast.ClassDef():
                self._class(node, unit, scope, context)
            case ast.If() | ast.IfExp():
                self._choice(node, unit, scope, context)
            case ast.BoolOp():
                self._joined(node, unit, scope, context)
            case ast.Try() | ast.TryStar():
                self._attempt(node, unit, scope, context)
            case ast.Import() | ast.ImportFrom():
                self._imports(node, unit, context)
            case ast.Name() | ast.Attribute():
                self._asked(node, unit, scope, context, "ask")
            case ast.Call():
                self._call(node, unit, scope, context)
            case ast.Subscript():
                self._subscript(node, unit, scope, context)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._all(node, unit, self._scopes.of(node), context)
            case ast.Lambda():
                self.visit(node.args, unit, scope, context)
                self.visit(node.body, unit, self._scopes.of(node), context)
            case ast.For() | ast.While() | ast.With() | ast.AsyncFor() | ast.AsyncWith():
                self._compound(node, unit, scope, context)
            case _:
                self._all(node, unit, scope, context)

    def _all(self, node: ast.AST, unit: Unit, scope: Scope, context: Context) -> None:
        self._every(parts_below(node), unit, scope, context)

    def _every(self, nodes: Iterable[ast.AST], unit: Unit, scope: Scope, context: Context) -> None:
        for node in nodes:
            self.visit(node, unit, scope, context)

    def _compound(self, node, unit: Unit, scope: Scope, context: Context) -> None:
        blocks = {id(part) for name in ("body", "orelse") for part in getattr(node, name, [])}
        for child in ast.iter_child_nodes(node):
            if id(child) not in blocks:
                self.visit(child, unit, scope, context)
        self.block(node.body, unit, scope, context)
        self.block(getattr(node, "orelse", []), unit, scope, context)

    def _function(self, node, unit: Unit, scope: Scope, context: Context) -> None:
        self._every((*node.decorator_list, node.args), unit, scope, context)
        owner = scope.node if isinstance(scope.node, ast.ClassDef) else None
        inner = Unit(node.name, self.parts.module, owner)
        inner.is_decorated = any(not _is_silent(part) for part in node.decorator_list)
        self.parts.units[node] = inner
        if owner is not None:
            self.parts.methods.setdefault(owner, []).append(inner)
        elif inner.is_decorated:
            unit.mentions.append((node, False))
        self.block(node.body, inner, self._scopes.of(node), _around(context))

    def _class(self, node: ast.ClassDef, unit: Unit, scope: Scope, context: Context) -> None:
        self.parts.bases[node] = [self._scopes.meanings(base, scope) or [""] for base in node.bases]
        self.parts.methods.setdefault(node, [])
        self._every((*node.decorator_list, *node.keywords), unit, scope, context)
        for base in node.bases:
            self._base(base, unit, scope, context)
        self.block(node.body, unit, self._scopes.of(node), context)

    def _base(self, node: ast.expr, unit: Unit, scope: Scope, context: Context) -> None:
        """A class that one derives from, which makes no instance of it."""
        names = [m for m in self._scopes.meanings(node, scope) if isinstance(m, str)]
        if isinstance(node, ast.Attribute) and names:
            unit.use("ask", names, node, context)
        elif not isinstance(node, ast.Name):
            self.visit(node, unit, scope, context)

    def _choice(self, node, unit: Unit, scope: Scope, context: Context) -> None:
        self.visit(node.test, unit, scope, context)
        truth = self._conditions.truth(node.test, scope)
        if truth is None:
            asked = context.asked or self._conditions.asks_for_versions(node.test)
            context = replace(context, certain=False, asked=asked)
        for body, runs in ((node.body, truth is not False), (node.orelse, truth is not True)):
            if runs:
                self.block(body if isinstance(body, list) else [body], unit, scope, context)

    def _joined(self, node: ast.BoolOp, unit: Unit, scope: Scope, context: Context) -> None:
        stops_at = isinstance(node.op, ast.Or)
        for part in node.values:
            self.visit(part, unit, scope, context)
            truth = self._conditions.truth(part, scope)
            if truth is stops_at:
                return
            if truth is None:
                asked = context.asked or self._conditions.asks_for_versions(part)
                context = replace(context, certain=False, asked=asked)

    def _attempt(self, node, unit: Unit, scope: Scope, context: Context) -> None:
        attempt = _attempt(node)
        inside, after = context, replace(context, certain=False)
        if attempt is not None:
            inside = replace(context, within=(*context.within, attempt))
            after = replace(context, after=(*context.after, attempt))
        self.block(node.body, unit, scope, inside)
        for handler in node.handlers:
            if handler.type is not None and attempt is None:
                self.visit(handler.type, unit, scope, after)
            self.block(handler.body, unit, scope, after)
        self.block(node.orelse, unit, scope, context)
        self.block(node.finalbody, unit, scope, context)

    def _imports(self, node: ast.Import | ast.ImportFrom, unit: Unit, context: Context) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                unit.use("import", (alias.name,), node, context)
            return
        module = self._scopes.absolute(node.module, node.level)
        unit.use("import", (module,), node, context)
        for alias in node.names:
            if alias.name == "*":
                unit.use("star", (module,), node, context)
            else:
                name = f"{module}.{alias.name}" if module.strip(".") else module + alias.name
                unit.use("take", (name,), node, context)

    def _asked(
        self, node: ast.Name | ast.Attribute, unit: Unit, scope: Scope, context: Context, how: How
    ) -> None:
        """A name, or a chain of attributes that begins with one."""
        meanings = self._scopes.meanings(node, scope)
        names = [meaning for meaning in meanings if isinstance(meaning, str)]
        unit.mention(meanings, context)
        if isinstance(node, ast.Name):
            if self._scopes.holder(node.id, scope) is None:
                self._unbound(node, unit, context)
            elif names and how == "call":
                unit.use(how, names, node, context)
            return
        if not isinstance(node.ctx, ast.Load):
            self.parts.set_names.update(names)
        elif names:
            unit.use(how, names, node, context)
        unit.attributes[node.attr] = unit.attributes.get(node.attr, False) or context.certain
        if not meanings:
            unit.use("method", [node.attr], node, context)
            self.visit(node.value, unit, scope, context)

    def _unbound(self, node: ast.Name, unit: Unit, context: Context) -> None:
        if isinstance(node.ctx, ast.Load) and not hasattr(builtins, node.id):
            names = [f"{module}.{node.id}" for module in self._scopes.top.stars]
            unit.use("unbound", (node.id, *names), node, context)

    def _call(self, node: ast.Call, unit: Unit, scope: Scope, context: Context) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "hasattr":
            self._every(node.args[1:], unit, scope, context)
            return
        whole = tuple(m for m in self._scopes.meanings(node, scope) if isinstance(m, str))
        if name == "getattr" and whole:
            asked = context.asked or len(node.args) > 2
            unit.use("ask", whole, node, replace(context, asked=asked))
            unit.mention(whole, context)
            return
        if whole and self._scopes.is_import_call(node, scope):
            imported = (str(node.args[0].value),)  # type: ignore[attr-defined]
            unit.use("import", imported, node, context)
        if isinstance(node.func, ast.Name | ast.Attribute):
            self._asked(node.func, unit, scope, context, "call")
            self._run_of_app(node, unit, scope, context)
            if not node.args and _is_next_of_call(node.func):
                unit.use("method", ("next()",), node, context)
        else:
            self.visit(node.func, unit, scope, context)
        self._every((*node.args, *node.keywords), unit, scope, context)

    def _run_of_app(self, node: ast.Call, unit: Unit, scope: Scope, context: Context) -> None:
        """`tf.app.run()` calls `main` of the program."""
        names = self._scopes.meanings(node.func, scope)
        if any(str(name).endswith("app.run") for name in names if isinstance(name, str)):
            mains = self._scopes.named("main", self._scopes.top, node.lineno)
            unit.mention(mains, context)

    def _subscript(self, node: ast.Subscript, unit, scope, context: Context) -> None:
        """`d.keys()[0]`, `map(f, x)[0]`: lists in Python 2."""
        if isinstance(node.value, ast.Call):
            function = node.value.func
            listed = ""
            if isinstance(function, ast.Attribute) and not node.value.args:
                listed = function.attr if function.attr in ("keys", "values", "items") else ""
            elif isinstance(function, ast.Name) and function.id in ("map", "filter", "zip"):
                listed = "" if self._scopes.holder(function.id, scope) else function.id
            if listed:
                unit.use("method", (f"{listed}()[i]",), node, context)
        self._all(node, unit, scope, context)

    def _exits(self, node: ast.AST, scope: Scope) -> bool:
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            return False
        function = node.value.func
        if isinstance(function, ast.Name):
            return function.id in ("exit", "quit") and not self._scopes.holder(function.id, scope)
        return any(name in _EXITS for name in self._scopes.meanings(function, scope))


def _is_next_of_call(function: ast.expr) -> bool:
    """`os.walk(folder).next()`: what other iterators hold, reading does not tell."""
    is_next = isinstance(function, ast.Attribute) and function.attr == "next"
    return is_next and isinstance(function.value, ast.Call)  # type: ignore[attr-defined]


def _around(context: Context) -> Context:
    """What of a definition's context holds when its body runs, later."""
    return replace(context, certain=True, within=())


def _is_silent(decorator: ast.expr) -> bool:
    name = getattr(decorator, "attr", getattr(decorator, "id", ""))
    return name in _SILENT_DECORATORS


def _attempt(node) -> Attempt | None:
    """What a `try` takes of missing imports and names; None where it takes neither."""
    kinds = {name for handler in node.handlers for name in _kinds(handler.type)}
    takes_all = bool(kinds & _OF_ALL) and all(_is_short(part) for part in node.body)
    imports = bool(kinds & _OF_IMPORTS) or takes_all
    names = bool(kinds & _OF_NAMES) or takes_all
    if not (imports or names):
        return None
    ends = (part for h in node.handlers for statement in h.body for part in ast.walk(statement))
    return Attempt(imports, names, any(map(_gives_up, ends)))


def _is_short(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr | ast.Pass)


def _kinds(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"Exception"}
    return {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node)}


def _gives_up(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func) in _EXITS
