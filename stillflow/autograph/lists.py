"""Lists and elements of converted code, where the feature LISTS is on."""

from __future__ import annotations

import ast

from stillflow.autograph.building import call, constant, located, unlocated

Elements = dict[str, tuple[ast.expr, ast.expr | None]]


class Lists(ast.NodeTransformer):
    """Has lists that grow, and elements that are set, give new values to their names."""

    def __init__(self, elements: Elements):
        self._elements = elements

    def visit_List(self, node: ast.List) -> ast.expr:
        self.generic_visit(node)
        return located(call("new_list", node), node) if isinstance(node.ctx, ast.Load) else node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        method = _method(node.value)
        if method == "append" and len(node.value.args) == 1:  # type: ignore[attr-defined]
            self.generic_visit(node.value)
            owner = node.value.func.value  # type: ignore[attr-defined]
            grown = call("list_append", owner, node.value.args[0])  # type: ignore[attr-defined]
            return located(ast.Assign(targets=[_stored(owner)], value=grown), node)
        if method == "pop":
            return self._pop(node, None)
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        if _method(node.value) == "pop" and len(node.targets) == 1:
            return self._pop(node, node.targets[0])
        self.generic_visit(node)
        target = node.targets[0]
        is_element = isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice)
        if len(node.targets) == 1 and is_element:
            owner = _read(target.value)  # type: ignore[attr-defined]
            put = call("set_item", owner, target.slice, node.value)  # type: ignore[attr-defined]
            return located(ast.Assign(targets=[_stored(owner)], value=put), node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or isinstance(node.slice, (ast.Slice, ast.Tuple)):
            return node
        dtype, _ = self._elements.get(ast.unparse(node.value), (constant(None), None))
        options = call("GetItemOpts", unlocated(dtype))
        return located(call("get_item", node.value, node.slice, options), node)

    def _pop(self, node: ast.stmt, target: ast.expr | None) -> ast.stmt:
        """`list, element = ag__.list_pop(list, ...)`."""
        popped = node.value  # type: ignore[attr-defined]
        owner = popped.func.value
        place = popped.args[0] if popped.args else constant(None)
        dtype, shape = self._elements.get(ast.unparse(owner), (constant(None), None))
        options = call("ListPopOpts", unlocated(dtype), unlocated(shape or constant(None)))
        result: ast.expr = call("list_pop", owner, place, options)
        targets = [_stored(owner)]
        if target is None:
            first = ast.Subscript(value=result, slice=constant(0), ctx=ast.Load())
            return located(ast.Assign(targets=targets, value=first), node)
        both = ast.Tuple(elts=[*targets, target], ctx=ast.Store())
        return located(ast.Assign(targets=[both], value=result), node)


def _method(node: ast.expr) -> str | None:
    """The name of the method of a plain name or attribute that is called."""
    is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if not is_method or not isinstance(node.func.value, (ast.Name, ast.Attribute)):  # type: ignore[attr-defined]
        return None
    return node.func.attr  # type: ignore[attr-defined]


def _stored(node: ast.expr) -> ast.expr:
    copied = unlocated(node)
    copied.ctx = ast.Store()  # type: ignore[attr-defined]
    return copied


def _read(node: ast.expr) -> ast.expr:
    copied = unlocated(node)
    copied.ctx = ast.Load()  # type: ignore[attr-defined]
    return copied
