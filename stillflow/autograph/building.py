"""Small pieces of syntax."""

from __future__ import annotations

import ast
import copy
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)


def located(node: Node, at: ast.AST) -> Node:
    """`node`, and what is new in it, at the place of another node."""
    _locate(node, at)
    return node


def _locate(node: ast.AST, at: ast.AST) -> None:
    if "lineno" in node._attributes and not hasattr(node, "lineno"):
        node.lineno, node.col_offset = at.lineno, at.col_offset  # type: ignore[attr-defined]
        node.end_lineno = getattr(at, "end_lineno", None)  # type: ignore[attr-defined]
        node.end_col_offset = getattr(at, "end_col_offset", None)  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        _locate(child, at)


def unlocated(node: Node) -> Node:
    """A copy without places, which `located` gives it."""
    copied = copy.deepcopy(node)
    for inner in ast.walk(copied):
        for place in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
            inner.__dict__.pop(place, None)
    return copied


def constant(value: Any) -> ast.Constant:
    return ast.Constant(value=value)


def load(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def store(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Store())


def assign(name: str, value: ast.expr, at: ast.AST) -> ast.stmt:
    """`name = value`."""
    return located(ast.Assign(targets=[store(name)], value=value), at)


def operator(name: str) -> ast.expr:
    """`ag__.name`."""
    return ast.Attribute(value=load("ag__"), attr=name, ctx=ast.Load())


def call(name: str, *args: ast.expr, **options: ast.expr) -> ast.Call:
    """`ag__.name(...)`."""
    words = [ast.keyword(arg=word, value=value) for word, value in options.items()]
    return ast.Call(func=operator(name), args=list(args), keywords=words)


def thunk(value: ast.expr) -> ast.Lambda:
    """`lambda: value`."""
    return ast.Lambda(args=no_arguments(), body=value)


def no_arguments(*names: str) -> ast.arguments:
    plain = [ast.arg(arg=name) for name in names]
    return ast.arguments(posonlyargs=[], args=plain, kwonlyargs=[], kw_defaults=[], defaults=[])


def function(name: str, body: list[ast.stmt], at: ast.AST, *names: str) -> ast.FunctionDef:
    """`def name(*names): body`."""
    node = ast.FunctionDef(name=name, args=no_arguments(*names), body=body, decorator_list=[])
    node.type_params = []  # type: ignore[attr-defined]  # Python 3.12 has them
    return located(node, at)


def names_tuple(nodes: list[ast.expr]) -> ast.Tuple:
    return ast.Tuple(elts=nodes, ctx=ast.Load())
