"""`break`, `continue` and `return`, said by flags: afterwards only loops and choices jump.

What stands behind a statement that may jump runs under `if not flag`, so that a graph, whose
choices and loops have one way in and one way out, can carry it out. A choice of which one side
always returns gets what stands behind it as the other side, so that both sides give a value.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from stillflow.autograph.building import assign, call, constant, load, located
from stillflow.autograph.naming import Namer

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.While, ast.For)


def lower_jumps(body: list[ast.stmt], namer: Namer) -> list[ast.stmt]:
    """The body of a function without `break` and `continue`, and with one `return`, the last."""
    body = _Loops(namer).block(body)
    if not _returns_early(body):
        return body
    return _Returns(namer).function(body)


def _jumps(code: ast.AST | Sequence[ast.AST], kinds: tuple, through: bool = False) -> bool:
    """Whether statements of these kinds are in the code, but for those of loops in it."""
    nodes = [code] if isinstance(code, ast.AST) else code
    for node in nodes:
        if isinstance(node, kinds):
            return True
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _LOOPS) and not through:
            # What `else` of a loop holds is behind it.
            if _jumps(node.orelse, kinds, through):
                return True
            continue
        if _jumps(list(ast.iter_child_nodes(node)), kinds, through):
            return True
    return False


def _returns_early(body: Sequence[ast.stmt]) -> bool:
    """Whether there is a `return` elsewhere than at the end."""
    if body and isinstance(body[-1], ast.Return):
        body = body[:-1]
    return _jumps(body, (ast.Return,), through=True)


def _not(name: str, at: ast.AST) -> ast.expr:
    return located(ast.UnaryOp(op=ast.Not(), operand=load(name)), at)


def _under(test: ast.expr, body: list[ast.stmt]) -> ast.If:
    return located(ast.If(test=test, body=body, orelse=[]), body[0])


class _Blocks:
    """Goes through statements block by block."""

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        raise NotImplementedError

    def into(self, statement: ast.stmt) -> ast.stmt:
        """The same statement, with its blocks gone through."""
        if isinstance(statement, _SCOPES):
            return statement
        for field in ("body", "orelse", "finalbody"):
            if getattr(statement, field, None):
                setattr(statement, field, self.block(getattr(statement, field)))
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            part.body = self.block(part.body)
        return statement


class _Loops(_Blocks):
    """Flags for `break` and `continue` of every loop."""

    def __init__(self, namer: Namer):
        self._namer = namer
        self._flags: list[tuple[str, str]] = []  # those of the loops around, innermost last

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for index, statement in enumerate(body):
            if isinstance(statement, (ast.Break, ast.Continue)):
                flag = self._flags[-1][isinstance(statement, ast.Continue)]
                return [*done, assign(flag, constant(True), statement)]
            if isinstance(statement, _LOOPS):
                flags = self._set_in(statement.orelse)  # it is behind the loop
                done += self._loop(statement)
            else:
                flags = self._set_in(statement)
                done.append(self.into(statement))
            rest = body[index + 1 :]
            if flags and rest:
                return [*done, _under(_none_of(flags, rest[0]), self.block(rest))]
        return done

    def _set_in(self, code: ast.stmt | Sequence[ast.stmt]) -> list[str]:
        """The flags of the innermost loop that statements may set."""
        kinds = (ast.Break, ast.Continue)
        return [
            flag
            for flag, kind in zip(self._flags[-1] if self._flags else (), kinds, strict=False)
            if _jumps(code, (kind,))
        ]

    def _loop(self, loop: ast.While | ast.For) -> list[ast.stmt]:
        breaks, continues = (_jumps(loop.body, (kind,)) for kind in (ast.Break, ast.Continue))
        flags = (
            (self._namer.new("break_"), self._namer.new("continue_"))
            if breaks or continues
            else ("", "")
        )
        self._flags.append(flags)
        body = self.block(loop.body)
        self._flags.pop()
        orelse = self.block(loop.orelse)
        if continues:
            body.insert(0, assign(flags[1], constant(False), loop))
        loop.body, loop.orelse = body, []
        before: list[ast.stmt] = []
        if breaks:
            before.append(assign(flags[0], constant(False), loop))
            stop_when(loop, flags[0])
            if orelse:
                orelse = [_under(_not(flags[0], orelse[0]), orelse)]
        return [*before, loop, *orelse]


def _none_of(flags: Sequence[str], at: ast.AST) -> ast.expr:
    tests = [_not(flag, at) for flag in flags]
    if len(tests) == 1:
        return tests[0]
    return located(ast.BoolOp(op=ast.And(), values=tests), at)


def stop_when(loop: ast.While | ast.For, flag: str) -> None:
    """Has a loop go on only while a flag is not set."""
    test = _not(flag, loop)
    if isinstance(loop, ast.While):
        loop.test = located(ast.BoolOp(op=ast.And(), values=[test, loop.test]), loop.test)
        return
    before = getattr(loop, "extra_test", None)
    both = test if before is None else ast.BoolOp(op=ast.And(), values=[before, test])
    loop.extra_test = located(both, loop)  # type: ignore[attr-defined]


class _Returns(_Blocks):
    """One flag and one value for every `return`."""

    def __init__(self, namer: Namer):
        self._flag = namer.new("do_return")
        self._value = namer.new("retval_")

    def function(self, body: list[ast.stmt]) -> list[ast.stmt]:
        first, last = body[0], body[-1]
        start = [
            assign(self._flag, constant(False), first),
            assign(self._value, call("UndefinedReturnValue"), first),
        ]
        end = located(ast.Return(value=call("retval", load(self._value))), last)
        return [*start, *self.block(body), end]

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for index, statement in enumerate(body):
            if isinstance(statement, ast.Return):
                value = statement.value or located(constant(None), statement)
                return [
                    *done,
                    assign(self._flag, constant(True), statement),
                    assign(self._value, value, statement),
                ]
            returns = _jumps(statement, (ast.Return,), through=True)
            if not returns:
                done.append(statement)
                continue
            rest = list(body[index + 1 :])
            if isinstance(statement, ast.If) and rest and self._give_rest(statement, rest):
                return [*done, self.into(statement)]
            if isinstance(statement, _LOOPS):
                stop_when(statement, self._flag)
            if isinstance(statement, ast.Try) and statement.orelse:
                return [*done, *self._try(statement, rest)]
            done.append(self.into(statement))
            if rest:
                return [*done, _under(_not(self._flag, rest[0]), self.block(rest))]
        return done

    def _give_rest(self, choice: ast.If, rest: list[ast.stmt]) -> bool:
        """Moves what stands behind a choice into the side that goes on, if only one does."""
        if _always_returns(choice.body):
            choice.orelse = [*choice.orelse, *rest]
            return True
        if _always_returns(choice.orelse):
            choice.body = [*choice.body, *rest]
            return True
        return False

    def _try(self, statement: ast.Try, rest: list[ast.stmt]) -> list[ast.stmt]:
        """What `else` of a `try` holds runs only where the block did not return."""
        orelse = self.block(statement.orelse)
        if _jumps(statement.body, (ast.Return,), through=True):
            orelse = [_under(_not(self._flag, orelse[0]), orelse)]
        statement.orelse = []
        self.into(statement)
        statement.orelse = orelse
        behind = [_under(_not(self._flag, rest[0]), self.block(rest))] if rest else []
        return [statement, *behind]


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    """Whether each way through a block returns or raises."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.If):
        return _always_returns(last.body) and _always_returns(last.orelse)
    if isinstance(last, ast.With):
        return _always_returns(last.body)
    return isinstance(last, ast.Return)
