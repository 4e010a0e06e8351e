"""Lists and elements of converted code, where the feature LISTS is on."""

from __future__ import annotations

import ast

from stillflow.autograph.building import (
    call,
    constant,
    load,
    located,
    no_arguments,
    store,
    unlocated,
)
from stillflow.autograph.naming import Namer
from stillflow.autograph.symbols import assigned_in, declared_in, parameters

Elements = dict[str, tuple[ast.expr, ast.expr | None]]
_DECLARED = (ast.Global, ast.Nonlocal)


class Lists(ast.NodeTransformer):
    """Has lists that grow, and elements that are set, give new values to their names.

    Names of the functions around keep their values, and with them Python's lists.
    """

    def __init__(self, elements: Elements, namer: Namer):
        self._elements = elements
        self._namer = namer
        self._own: set[str] = set()
        # What is to run before the statement; None in what may not run at all, or several times.
        self._before: list[ast.stmt] | None = None

    def over(self, definition: ast.FunctionDef) -> None:
        """Rewrites a function's body."""
        outer = self._own
        inside = definition.body
        self._own = assigned_in(inside) - declared_in(inside, _DECLARED)
        self._own |= set(parameters(definition.args))
        self.generic_visit(definition)
        self._own = outer

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        outer, self._before = self._before, []
        statement = super().visit(node)
        before, self._before = self._before, outer
        return [*before, statement] if before else statement

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self.over(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return node

    def _at_times(self, node: ast.AST) -> ast.AST:
        """What is inside may not run once: no statement before it can have its effect."""
        outer, self._before = self._before, None
        self.generic_visit(node)
        self._before = outer
        return node

    visit_While = visit_BoolOp = visit_IfExp = visit_Lambda = _at_times
    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _at_times

    def visit_List(self, node: ast.List) -> ast.expr:
        self.generic_visit(node)
        return located(call("new_list", node), node) if isinstance(node.ctx, ast.Load) else node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        self.generic_visit(node)
        if self._method(node.value, arguments=(1,)) != "append":
            return node
        owner = node.value.func.value  # type: ignore[attr-defined]
        grown = call("list_append", owner, node.value.args[0])  # type: ignore[attr-defined]
        return located(ast.Assign(targets=[_stored(owner)], value=grown), node)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        self.generic_visit(node)
        target = node.targets[0]
        is_element = isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice)
        if len(node.targets) == 1 and is_element and self._may_be_set(target.value):  # type: ignore
            owner = _read(target.value)  # type: ignore[attr-defined]
            put = call("set_item", owner, target.slice, node.value)  # type: ignore[attr-defined]
            return located(ast.Assign(targets=[_stored(owner)], value=put), node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or isinstance(node.slice, (ast.Slice, ast.Tuple)):
            return node
        dtype, _ = self._said_of(node.value)
        return located(call("get_item", node.value, node.slice, call("GetItemOpts", dtype)), node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if self._before is not None and self._method(node, arguments=(0, 1)) == "pop":
            return self._pop(node)
        is_stack = isinstance(node.func, ast.Attribute) and node.func.attr == "stack"
        words = [word.arg for word in node.keywords]
        if is_stack and len(node.args) == 1 and words in ([], ["strict"]):
            return self._stack(node)
        return node

    def _pop(self, node: ast.Call) -> ast.expr:
        """A name for the element; before: `list, name = ag__.list_pop(list, ...)`."""
        owner = node.func.value  # type: ignore[attr-defined]
        place = node.args[0] if node.args else constant(None)
        options = call("ListPopOpts", *self._said_of(owner))
        name = self._namer.new("popped")
        self._own.add(name)
        both = ast.Tuple(elts=[_stored(owner), store(name)], ctx=ast.Store())
        popped = ast.Assign(targets=[both], value=call("list_pop", owner, place, options))
        assert self._before is not None
        self._before.append(located(popped, node))
        return located(load(name), node)

    def _stack(self, node: ast.Call) -> ast.expr:
        """`ag__.list_stack(list, ...)`, which calls the function where it has nothing to do."""
        stacked, name = node.args[0], self._namer.new("stacked")
        dtype, _ = self._said_of(stacked)
        again = ast.Call(func=node.func, args=[load(name)], keywords=node.keywords)
        original = ast.Lambda(args=no_arguments(name), body=again)
        return located(call("list_stack", stacked, call("ListStackOpts", dtype, original)), node)

    def _said_of(self, owner: ast.expr) -> tuple[ast.expr, ast.expr]:
        """(type, shape) that `set_element_type` says of a list's elements."""
        dtype, shape = self._elements.get(ast.unparse(owner), (constant(None), None))
        return unlocated(dtype), unlocated(shape or constant(None))

    def _method(self, node: ast.expr, arguments: tuple[int, ...]) -> str | None:
        """The name of the method that is called of a name of this function, or an attribute."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        is_plain = len(node.args) in arguments and not node.keywords
        owner = node.func.value
        is_single = not isinstance(owner, ast.Subscript) and self._may_be_set(owner)
        return node.func.attr if is_plain and is_single else None

    def _may_be_set(self, owner: ast.expr) -> bool:
        if isinstance(owner, ast.Name):
            return owner.id in self._own
        return isinstance(owner, (ast.Attribute, ast.Subscript))


def _stored(node: ast.expr) -> ast.expr:
    copied = unlocated(node)
    copied.ctx = ast.Store()  # type: ignore[attr-defined]
    return copied


def _read(node: ast.expr) -> ast.expr:
    copied = unlocated(node)
    copied.ctx = ast.Load()  # type: ignore[attr-defined]
    return copied
