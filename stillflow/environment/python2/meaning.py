"""Gives translated modules the meaning that they had in Python 2, by changes of their syntax trees.

What such a change needs is imported from `builtins`, under names that no program has.
"""

from __future__ import annotations

import ast
import os

_BUILTINS = "stillflow.environment.python2.builtins"
_PREFIX = "_python2_"
_NAMES = {
    *("basestring", "cmp", "coerce", "file", "intern", "long", "reduce", "reload", "round"),
    *("unichr", "unicode", "xrange"),
}


def given(tree: ast.Module, true_division: bool, package: str, folder: str) -> ast.Module:
    """The module with Python 2's meaning.

    Args:
        true_division: it says `from __future__ import division`.
        package: the package that it is in, or "".
        folder: where that is; modules there come before others of the same name.
    """
    meaning = _Meaning(true_division, folder if package else "")
    tree = meaning.visit(tree)
    bound = _bound(tree)
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in _NAMES - bound}
    aliases = [ast.alias(name) for name in sorted(used)]
    aliases += [ast.alias(name, _PREFIX + name) for name in sorted(meaning.needed)]
    if aliases:
        tree.body.insert(_after_futures(tree), ast.ImportFrom(_BUILTINS, aliases, 0))
    return ast.fix_missing_locations(tree)


def _bound(tree: ast.Module) -> set[str]:
    """The names that a module binds anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.split(".")[0])
    return names


def _after_futures(tree: ast.Module) -> int:
    """Where statements may stand: after the docstring and imports of `__future__`."""
    count = 1 if ast.get_docstring(tree) is not None else 0
    while count < len(tree.body) and getattr(tree.body[count], "module", None) == "__future__":
        count += 1
    return count


class _Meaning(ast.NodeTransformer):
    def __init__(self, true_division: bool, folder: str):
        self._true_division = true_division
        self._folder = folder
        self._pickles: set[str] = set()
        self.needed: set[str] = set()

    def _name(self, name: str) -> ast.Name:
        self.needed.add(name)
        return ast.Name(_PREFIX + name, ast.Load())

    def _call(self, name: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(self._name(name), list(arguments), [])

    # Division

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self._true_division or not isinstance(node.op, ast.Div):
            return node
        if any(isinstance(getattr(side, "value", None), float) for side in (node.left, node.right)):
            return node
        return ast.copy_location(self._call("div", node.left, node.right), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if self._true_division or not isinstance(node.op, ast.Div):
            return node
        target = node.target
        made: ast.stmt
        match target:
            case ast.Name():
                call = self._call("div_into", ast.Name(target.id, ast.Load()), node.value)
                made = ast.Assign([target], call)
            case ast.Attribute():
                name = ast.Constant(target.attr)
                made = ast.Expr(self._call("div_into_attribute", target.value, name, node.value))
            case ast.Subscript():
                key = _as_value(target.slice)
                made = ast.Expr(self._call("div_into_item", target.value, key, node.value))
        return ast.copy_location(made, node)

    # Sorting, pickles

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("sort", "sorted"):
            for keyword in node.keywords:
                if keyword.arg == "cmp":
                    keyword.arg, keyword.value = "key", self._call("cmp_to_key", keyword.value)
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in ("load", "loads") and owner in self._pickles and not node.keywords:
            node.keywords.append(ast.keyword("encoding", ast.Constant("latin1")))
        return node

    # Imports

    def visit_Import(self, node: ast.Import) -> ast.AST | list[ast.stmt]:
        self._pickles |= {a.asname or a.name for a in node.names if a.name == "pickle"}
        if not any(self._is_beside(alias.name) for alias in node.names):
            return node
        return [ast.copy_location(self._import(alias), node) for alias in node.names]

    def _import(self, alias: ast.alias) -> ast.stmt:
        if not self._is_beside(alias.name):
            return ast.Import([alias])
        module, _, name = alias.name.rpartition(".")
        if alias.asname or not module:
            return ast.ImportFrom(module or None, [ast.alias(name, alias.asname)], 1)
        return ast.ImportFrom(None, [ast.alias(alias.name.split(".")[0])], 1)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if not node.level and node.module and self._is_beside(node.module):
            node.level = 1
        return node

    def _is_beside(self, module: str) -> bool:
        """Whether a package holds a module itself: then Python 2 took that."""
        if not self._folder:
            return False
        path = os.path.join(self._folder, module.split(".")[0])
        return os.path.exists(f"{path}.py") or os.path.exists(os.path.join(path, "__init__.py"))


def _as_value(key: ast.expr) -> ast.expr:
    """What stands between brackets, as an argument."""
    if isinstance(key, ast.Slice):
        ends = [end or ast.Constant(None) for end in (key.lower, key.upper, key.step)]
        return ast.Call(ast.Name("slice", ast.Load()), ends, [])
    if isinstance(key, ast.Tuple):
        return ast.Tuple([_as_value(part) for part in key.elts], ast.Load())
    return key
