"""Calls, `and`, `or`, `not`, `a if b else c`, `==`: those of converted code."""

from __future__ import annotations

import ast

from stillflow.autograph.building import call, constant, load, located, operator, thunk
from stillflow.autograph.options import ConversionOptions, Feature

_UNTOUCHED = ("super", "locals", "globals", "breakpoint")


class Expressions(ast.NodeTransformer):
    """Rewrites expressions; statements are its users' matter.

    Args:
      options: which of them.
      scope: the name that the scope of the function has in converted code.
    """

    def __init__(self, options: ConversionOptions, scope: str):
        self.options = options
        self.scope = scope

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if _is_own(node.func) or _is_left(node.func):
            return self.generic_visit(node)  # type: ignore[return-value]
        self.generic_visit(node)
        args = ast.Tuple(elts=node.args, ctx=ast.Load())
        words: ast.expr = constant(None)
        if node.keywords:
            words = ast.Dict(
                keys=[None if word.arg is None else constant(word.arg) for word in node.keywords],
                values=[word.value for word in node.keywords],
            )
        options = ast.Attribute(value=load(self.scope), attr="callopts", ctx=ast.Load())
        converted = call("converted_call", node.func, options, args, words, load(self.scope))
        return located(converted, node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        if _binds(node):
            return node
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        *rest, last = node.values
        result = last
        for value in reversed(rest):
            result = located(call(name, thunk(value), thunk(result)), node)
        return result

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Not):
            return node
        return located(call("not_", node.operand), node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if _binds(node):
            return node
        return located(call("if_exp", node.test, thunk(node.body), thunk(node.orelse)), node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if not self.options.uses(Feature.EQUALITY_OPERATORS) or not any(
            isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops
        ):
            return node
        pairs = zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
        tests = [self._comparison(*pair, node) for pair in pairs]
        result = tests[-1]
        for test in reversed(tests[:-1]):
            result = located(call("and_", thunk(test), thunk(result)), node)
        return result

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr, at: ast.expr) -> ast.expr:
        if isinstance(op, (ast.Eq, ast.NotEq)):
            name = "eq" if isinstance(op, ast.Eq) else "not_eq"
            return located(call(name, left, right), at)
        return located(ast.Compare(left=left, ops=[op], comparators=[right]), at)

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.generic_visit(node)
        return located(call("converted", node), node)


def _is_own(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and ast.dump(func.value) == _OWN


_OWN = ast.dump(operator("x").value)  # type: ignore[attr-defined]


def _is_left(func: ast.expr) -> bool:
    return isinstance(func, ast.Name) and func.id in _UNTOUCHED


def _binds(node: ast.AST) -> bool:
    """Whether a `:=` is inside, which would bind another name in a function of its own."""
    return any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node))
