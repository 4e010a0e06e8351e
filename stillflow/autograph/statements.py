"""Choices, loops and functions in the body of a function, as calls of operators.

The blocks of a choice or loop become functions that share its names (`nonlocal`), with one function
that reads what they may change and one that sets it. So Python's `if` and loops mean what they
meant, while a graph's are built by going through the blocks with tensors for what may change.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from stillflow.autograph.building import (
    assign,
    call,
    constant,
    function,
    load,
    located,
    names_tuple,
    operator,
    store,
    thunk,
    unlocated,
)
from stillflow.autograph.expressions import Expressions
from stillflow.autograph.jumps import lower_jumps
from stillflow.autograph.liveness import Analysis, analyse
from stillflow.autograph.naming import Namer
from stillflow.autograph.options import ConversionOptions, Feature
from stillflow.autograph.symbols import (
    assigned_in,
    changed_inside,
    declared_in,
    names_in,
    parameters,
)

Block = list[ast.stmt]


class FunctionBody(Expressions):
    """Converts the body of one function, and those of functions defined in it."""

    def __init__(
        self,
        node: ast.FunctionDef,
        options: ConversionOptions,
        namer: Namer,
    ):
        super().__init__(options, namer.new("fscope"))
        self._namer = namer
        self._globals = declared_in(node.body, ast.Global)
        self._outer = declared_in(node.body, ast.Nonlocal)
        self._parameters = parameters(node.args)
        documentation = [node.body[0]] if ast.get_docstring(node, clean=False) else []
        body = [_without_declarations(statement) for statement in node.body]
        body = body[len(documentation) :] or [located(ast.Pass(), node)]
        body = lower_jumps(body, namer)
        self._analysis: Analysis = analyse(body, self._parameters)
        self._handled = _handler_names(body)
        self._unset = self._names_without_value(body)
        converted = self._block(body)
        node.body = [
            *documentation,
            *self._declarations(self._globals | self._outer, node),
            self._scoped(node, [*self._undefined(node), *converted]),
        ]
        node.returns = None

    def _scoped(self, node: ast.FunctionDef, body: Block) -> ast.With:
        """`with ag__.FunctionScope(...) as fscope: ...`"""
        options = unlocated(ast.parse(self.options.as_code(), mode="eval").body)
        scope = call("FunctionScope", constant(node.name), constant(self.scope), options)
        item = ast.withitem(context_expr=scope, optional_vars=store(self.scope))
        return located(ast.With(items=[item], body=body), node.body[0])

    def _names_without_value(self, body: Block) -> set[str]:
        """Names that blocks change and that may have no value before one of them."""
        found: set[str] = set()
        for node, flow in self._analysis.flows.items():
            found |= self._changed(node) - flow.defined
        return found - set(self._parameters) - self._globals - self._outer

    def _undefined(self, at: ast.AST) -> Block:
        return [assign(name, call("Undefined", constant(name)), at) for name in sorted(self._unset)]

    # Statements -----------------------------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt]) -> Block:
        done: Block = []
        for statement in body:
            result = self.visit(statement)
            done += result if isinstance(result, list) else [result]
        return done

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node in self._analysis.unsure and node.id in self._unset:
            return located(call("ld", load(node.id)), node)
        return node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        if self.options.uses(Feature.AUTO_CONTROL_DEPS):
            mark = ast.Attribute(value=load(self.scope), attr="mark_return_value", ctx=ast.Load())
            value = node.value or constant(None)
            node.value = located(ast.Call(func=mark, args=[value], keywords=[]), node)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        self.generic_visit(node)
        if not self.options.uses(Feature.ASSERT_STATEMENTS):
            return node
        message = node.msg or constant("Assertion error")
        return located(ast.Expr(value=call("assert_stmt", node.test, thunk(message))), node)

    def visit_Delete(self, node: ast.Delete) -> ast.stmt | Block:
        """`del` of a name that blocks share takes its value away."""
        done: Block = []
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in self._unset:
                done.append(located(ast.Expr(value=call("ld", load(target.id))), node))
                done.append(assign(target.id, call("Undefined", constant(target.id)), node))
            else:
                done.append(located(ast.Delete(targets=[self.visit(target)]), node))
        return done

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.args = self.visit(node.args)
        FunctionBody(node, self.options.call_options(), self._namer)
        node.decorator_list.append(located(operator("converted"), node))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        return node

    # Choices and loops ----------------------------------------------------------------------------

    def visit_If(self, node: ast.If) -> Block:
        flow = self._analysis.flow(node)
        changed = self._changed(node)
        insides = changed_inside([*node.body, *node.orelse])
        given = sorted(changed & flow.live_out)
        kept = sorted(changed - flow.live_out)
        at = located(ast.Pass(), node)
        test = self.visit(node.test)
        true_name, false_name = self._namer.new("if_body"), self._namer.new("else_body")
        names = [*given, *insides, *kept]
        state = self._state(given, insides, kept, at)
        choice = call(
            "if_stmt",
            test,
            load(true_name),
            load(false_name),
            *state.getters,
            names_tuple([constant(name) for name in names]),
            constant(len(given) + len(insides)),
        )
        return [
            *state.functions,
            self._function(true_name, self._block(node.body), changed, at),
            self._function(false_name, self._block(node.orelse), changed, at),
            located(ast.Expr(value=choice), at),
        ]

    def visit_While(self, node: ast.While) -> Block:
        at = located(ast.Pass(), node)
        test_name, body_name = self._namer.new("loop_test"), self._namer.new("loop_body")
        changed, state, names = self._loop(node, at)
        options = self._loop_options(node)
        test = located(ast.Return(value=self.visit(node.test)), node.test)
        loop = call("while_stmt", load(test_name), load(body_name), *state.getters, names, options)
        return [
            *state.functions,
            self._function(test_name, [test], changed & assigned_in(node.test), at),
            self._function(body_name, self._block(node.body), changed, at),
            located(ast.Expr(value=loop), at),
        ]

    def visit_For(self, node: ast.For) -> Block:
        at = located(ast.Pass(), node)
        body_name, item = self._namer.new("loop_body"), self._namer.new("itr")
        changed, state, names = self._loop(node, at)
        options = self._loop_options(node)
        more: ast.expr = constant(None)
        if getattr(node, "extra_test", None) is not None:
            more = thunk(self.visit(node.extra_test))  # type: ignore[attr-defined]
        first = located(
            ast.Assign(targets=[self.visit(node.target)], value=load(item)), node.target
        )
        iterated = self.visit(node.iter)
        loop = call("for_stmt", iterated, more, load(body_name), *state.getters, names, options)
        body = self._function(body_name, [first, *self._block(node.body)], changed, at, item)
        return [*state.functions, body, located(ast.Expr(value=loop), at)]

    def _loop(self, node: ast.While | ast.For, at: ast.AST) -> tuple[set[str], _State, ast.expr]:
        """(names that it changes, its state, the names of this)"""
        flow = self._analysis.flow(node)
        changed = self._changed(node)
        carried = sorted(changed & (flow.live_in | flow.live_out))
        local = assigned_in(node)
        insides = {
            text: inside
            for text, inside in changed_inside(node).items()
            if not names_in(inside) & local - flow.live_in
        }
        state = self._state(carried, insides, [], at)
        names = names_tuple([constant(name) for name in (*carried, *insides)])
        return changed, state, names

    def _loop_options(self, node: ast.While | ast.For) -> ast.expr:
        """The options that `set_loop_options` in the body gives, as a dict."""
        words: dict[str, ast.expr] = getattr(node, "loop_options", {})
        return ast.Dict(
            keys=[constant(word) for word in words],
            values=[self.visit(value) for value in words.values()],
        )

    def _changed(self, node: ast.AST) -> set[str]:
        """The names that a choice or loop gives values."""
        parts = [*getattr(node, "body", ()), *getattr(node, "orelse", ())]
        parts += [getattr(node, "target", None), getattr(node, "test", None)]
        found = assigned_in([part for part in parts if part is not None])
        return found - self._handled

    def _function(
        self, name: str, body: Block, changed: set[str], at: ast.AST, *arguments: str
    ) -> ast.FunctionDef:
        body = [*self._declarations(changed, at), *body] or [located(ast.Pass(), at)]
        return function(name, body, at, *arguments)

    def _declarations(self, names: set[str], at: ast.AST) -> Block:
        """`nonlocal` or `global`."""
        outer = sorted(names & self._globals)
        inner = sorted(names - self._globals)
        found: Block = [ast.Global(names=outer)] if outer else []
        if inner:
            found.append(ast.Nonlocal(names=inner))
        return [located(statement, at) for statement in found]

    def _state(
        self, given: Sequence[str], insides: dict[str, ast.expr], kept: Sequence[str], at: ast.AST
    ) -> _State:
        """The functions that read and set what may change."""
        names = {*given, *kept}
        read: list[ast.expr] = [load(name) for name in given]
        read += [
            call("ldu", thunk(_loaded(node)), constant(text)) for text, node in insides.items()
        ]
        read += [load(name) for name in kept]
        if not read:
            return _State([], [operator("no_state"), operator("set_no_state")])
        get_name, set_name = self._namer.new("get_state"), self._namer.new("set_state")
        values = self._namer.new("values")
        temporary = {text: self._namer.new("inside") for text in insides}
        targets: list[ast.expr] = [store(name) for name in given]
        targets += [store(name) for name in temporary.values()]
        targets += [store(name) for name in kept]
        take: Block = [
            ast.Assign(targets=[ast.Tuple(elts=targets, ctx=ast.Store())], value=load(values))
        ]
        for text, name in temporary.items():
            put = ast.Assign(targets=[_stored(insides[text])], value=load(name))
            is_there = ast.UnaryOp(op=ast.Not(), operand=call("is_undefined", load(name)))
            take.append(ast.If(test=is_there, body=[put], orelse=[]))
        take = [located(statement, at) for statement in take]
        getter = function(get_name, [ast.Return(value=names_tuple(read))], at)
        setter = self._function(set_name, take, names, at, values)
        return _State([getter, setter], [load(get_name), load(set_name)])


class _State:
    """Functions that read and set the state of a choice or loop, and how to name them."""

    def __init__(self, functions: Block, getters: list[ast.expr]):
        self.functions = functions
        self.getters = getters


def _loaded(node: ast.expr) -> ast.expr:
    """The same expression, read."""
    return _with_context(node, ast.Load())


def _stored(node: ast.expr) -> ast.expr:
    """The same expression, set."""
    return _with_context(node, ast.Store())


def _with_context(node: ast.expr, context: ast.expr_context) -> ast.expr:
    copied = unlocated(node)
    copied.ctx = context  # type: ignore[attr-defined]
    return copied


def _handler_names(body: Sequence[ast.stmt]) -> set[str]:
    """Names of caught exceptions: Python takes them away after the handler."""
    return {
        node.name
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.ExceptHandler) and node.name
    }


def _without_declarations(statement: ast.stmt) -> ast.stmt:
    """The statement, in which `global` and `nonlocal` of this function are `pass`."""
    if isinstance(statement, (ast.Global, ast.Nonlocal)):
        return located(ast.Pass(), statement)
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return statement
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement, field, None)
        if block:
            setattr(statement, field, [_without_declarations(inner) for inner in block])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        part.body = [_without_declarations(inner) for inner in part.body]
    return statement
