"""What a condition comes to, where it asks for versions, for names, or for how a module is run."""

from __future__ import annotations

import ast
import operator
import re
import sys
from collections.abc import Callable
from typing import Any

from stillflow.checking import tree
from stillflow.checking.scopes import Scope, Scopes
from stillflow.platform.version import VERSION

_KNOWN: dict[str, Any] = {
    "tensorflow.__version__": VERSION,
    "tensorflow.VERSION": VERSION,
    "tensorflow.version.VERSION": VERSION,
    "sys.version_info": tuple(sys.version_info),
    "sys.version_info.major": sys.version_info.major,
    "sys.version_info.minor": sys.version_info.minor,
    "sys.version": sys.version,
    "six.PY2": False,
    "six.PY3": True,
    "typing.TYPE_CHECKING": False,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "len": len,
    "tuple": tuple,
    "list": list,
    "bool": bool,
}
_METHODS = {"startswith", "endswith", "split", "strip", "replace", "find", "count"}
_VERSIONS = {"LooseVersion", "StrictVersion", "Version", "parse", "parse_version", "NumpyVersion"}
_ASKS_FOR = re.compile(r"version|PY[23]|hasattr|find_spec|find_module", re.IGNORECASE)


class _Unknown(Exception):
    """Reading does not tell."""


class Conditions:
    """Evaluates the conditions of one module; `is_program`: whether it is run as __main__."""

    def __init__(self, scopes: Scopes, is_program: bool):
        self._scopes = scopes
        self._is_program = is_program

    def truth(self, test: ast.expr, scope: Scope) -> bool | None:
        """Whether a condition holds; None if reading does not tell."""
        try:
            return bool(self._value(test, scope))
        except (_Unknown, ValueError, TypeError, IndexError, KeyError, ArithmeticError):
            return None

    def asks_for_versions(self, test: ast.expr) -> bool:
        return bool(_ASKS_FOR.search(ast.unparse(test)))

    def _value(self, node: ast.expr, scope: Scope) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Tuple() | ast.List():
                return tuple(self._value(part, scope) for part in node.elts)
            case ast.UnaryOp(op=ast.Not()):
                return not self._value(node.operand, scope)
            case ast.BoolOp():
                return self._joined(node, scope)
            case ast.Compare():
                return self._compared(node, scope)
            case ast.Subscript():
                return self._value(node.value, scope)[self._index(node.slice, scope)]
            case ast.Call():
                return self._called(node, scope)
            case ast.Name(id="__name__") if self._is_program:
                return "__main__"
            case ast.Name(id="__name__"):
                return "another"
        for meaning in self._scopes.meanings(node, scope):
            if isinstance(meaning, str) and meaning in _KNOWN:
                return _KNOWN[meaning]
        raise _Unknown

    def _joined(self, node: ast.BoolOp, scope: Scope) -> Any:
        """`and` and `or`, which one part alone may decide."""
        decisive = isinstance(node.op, ast.Or)
        truths = [self.truth(part, scope) for part in node.values]
        if decisive in truths:
            return decisive
        if None in truths:
            raise _Unknown
        return not decisive

    def _compared(self, node: ast.Compare, scope: Scope) -> bool:
        values = [self._value(part, scope) for part in (node.left, *node.comparators)]
        for op, left, right in zip(node.ops, values, values[1:], strict=False):
            if type(op) not in _COMPARISONS:
                raise _Unknown
            if not _COMPARISONS[type(op)](left, right):
                return False
        return True

    def _index(self, node: ast.expr, scope: Scope) -> Any:
        if not isinstance(node, ast.Slice):
            return self._value(node, scope)
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if end is None else self._value(end, scope) for end in ends))

    def _called(self, call: ast.Call, scope: Scope) -> Any:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name == "hasattr" and len(call.args) == 2:
            return self._has(call.args[0], self._value(call.args[1], scope), scope)
        if name in _VERSIONS and len(call.args) == 1:
            return tuple(map(int, re.findall(r"\d+", self._value(call.args[0], scope))))
        if name == "map" and len(call.args) == 2 and getattr(call.args[0], "id", "") == "int":
            return tuple(map(int, self._value(call.args[1], scope)))
        if isinstance(call.func, ast.Name) and name in _FUNCTIONS:
            return _FUNCTIONS[name](*(self._value(a, scope) for a in call.args))
        if isinstance(call.func, ast.Attribute) and name in _METHODS:
            owner = self._value(call.func.value, scope)
            if isinstance(owner, str):
                return getattr(owner, name)(*(self._value(a, scope) for a in call.args))
        raise _Unknown

    def _has(self, owner: ast.expr, name: str, scope: Scope) -> bool:
        for meaning in self._scopes.meanings(owner, scope):
            if isinstance(meaning, str) and f"{meaning}.".startswith("tensorflow."):
                below = f"{meaning}.{name}".removeprefix("tensorflow.")
                found = tree.look(below)
                if found.name == below:
                    return not found.is_missing
        raise _Unknown
