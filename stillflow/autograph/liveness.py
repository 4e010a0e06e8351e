"""What is needed behind each choice and loop, and what surely has a value before it.

Goes over the body of one function, of which `break`, `continue` and early `return`s are gone.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from stillflow.autograph.symbols import assigned_in, declared_in, names_in, read_by

Names = frozenset[str]


@dataclass
class Flow:
    """What is known of a choice or a loop.

    Attributes:
      live_in, live_out: names that are read afterwards, seen from before and from behind.
      defined: names that have a value before, whichever way led there.
    """

    live_in: Names = frozenset()
    live_out: Names = frozenset()
    defined: Names = frozenset()


@dataclass
class Analysis:
    """Of one function.

    Attributes:
      flows: of its choices and loops.
      unsure: reads of names that may have no value there.
    """

    flows: dict[ast.AST, Flow] = field(default_factory=dict)
    unsure: set[ast.Name] = field(default_factory=set)

    def flow(self, node: ast.AST) -> Flow:
        return self.flows.setdefault(node, Flow())


def analyse(body: Sequence[ast.stmt], parameters: Sequence[str]) -> Analysis:
    """Looks at the body of a function with these parameters."""
    analysis = Analysis()
    functions = {
        node.name: read_by(node)
        for node in ast.walk(ast.Module(list(body), []))
        if isinstance(node, ast.FunctionDef)
    }
    outside = frozenset(declared_in(body, (ast.Global, ast.Nonlocal)))
    _Backward(analysis, functions, outside).block(body, outside)
    local = frozenset(assigned_in(body)) - outside - frozenset(parameters)
    _Forward(analysis, local).block(body, frozenset(parameters))
    return analysis


class _Backward:
    """Liveness: {names read behind} from {names read behind the statement after}."""

    def __init__(self, analysis: Analysis, functions: dict[str, set[str]], outside: Names):
        self._analysis = analysis
        self._functions = functions
        self._outside = outside

    def block(self, body: Sequence[ast.stmt], live: Names) -> Names:
        for statement in reversed(body):
            step = getattr(self, f"_{type(statement).__name__.lower()}", self._plain)
            live = step(statement, live)
        return live

    def _reads(self, *code: ast.AST | None) -> Names:
        return frozenset(read_by([node for node in code if node is not None], self._functions))

    def _plain(self, node: ast.stmt, live: Names) -> Names:
        return (live - assigned_in(node)) | self._reads(node)

    def _return(self, node: ast.Return, live: Names) -> Names:
        return self._outside | self._reads(node.value)

    def _raise(self, node: ast.Raise, live: Names) -> Names:
        return self._outside | self._reads(node.exc, node.cause)

    def _if(self, node: ast.If, live: Names) -> Names:
        sides = self.block(node.body, live) | self.block(node.orelse, live)
        return self._note(node, sides | self._reads(node.test), live)

    def _note(self, node: ast.AST, live_in: Names, live_out: Names) -> Names:
        flow = self._analysis.flow(node)
        flow.live_in, flow.live_out = live_in, live_out
        return live_in

    def _while(self, node: ast.While, live: Names) -> Names:
        inside = live | self._reads(node.test)
        while True:
            more = inside | self.block(node.body, inside)
            if more == inside:
                return self._note(node, inside, live)
            inside = more

    def _for(self, node: ast.For, live: Names) -> Names:
        inside = live | self._reads(getattr(node, "extra_test", None))
        targets = assigned_in(node.target)
        while True:
            more = inside | (self.block(node.body, inside) - targets) | self._reads(node.target)
            if more == inside:
                self._note(node, inside, live)
                return inside | self._reads(node.iter)
            inside = more

    def _with(self, node: ast.With, live: Names) -> Names:
        inside = self.block(node.body, live)
        given = [item.optional_vars for item in node.items if item.optional_vars is not None]
        return (inside - assigned_in(given)) | self._reads(*node.items)

    def _try(self, node: ast.Try, live: Names) -> Names:
        """Any statement of the block may be the last that runs."""
        last = self.block(node.finalbody, live)
        handled = last
        for handler in node.handlers:
            handled |= self.block(handler.body, last) | self._reads(handler.type)
        inside = handled | self.block(node.orelse, last)
        return inside | self.block(node.body, inside)

    _trystar = _try

    def _match(self, node: ast.Match, live: Names) -> Names:
        sides = live
        for case in node.cases:
            inside = self.block(case.body, live) | self._reads(case.guard)
            sides |= inside - assigned_in(case.pattern)
        return sides | self._reads(node.subject)


class _Forward:
    """Which names surely have values."""

    def __init__(self, analysis: Analysis, local: Names):
        self._analysis = analysis
        self._local = local

    def block(self, body: Sequence[ast.stmt], defined: Names) -> Names:
        for statement in body:
            step = getattr(self, f"_{type(statement).__name__.lower()}", self._plain)
            defined = step(statement, defined)
        return defined

    def _look(self, node: ast.AST | None, defined: Names) -> None:
        """Notes the reads, in an expression, of what may have no value."""
        if node is None or isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            return
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id in self._local - defined:
                self._analysis.unsure.add(node)
            return
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            defined |= {name for each in node.generators for name in names_in(each.target)}
        defined |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        for child in ast.iter_child_nodes(node):
            self._look(child, defined)

    def _plain(self, node: ast.stmt, defined: Names) -> Names:
        self._look(node, defined)
        removed = assigned_in(node) if isinstance(node, ast.Delete) else frozenset()
        return (defined | assigned_in(node)) - removed

    def _return(self, node: ast.Return, defined: Names) -> Names:
        self._look(node, defined)
        return defined | self._local

    def _raise(self, node: ast.Raise, defined: Names) -> Names:
        self._look(node, defined)
        return defined | self._local

    def _if(self, node: ast.If, defined: Names) -> Names:
        self._look(node.test, defined)
        self._analysis.flow(node).defined = defined
        return self.block(node.body, defined) & self.block(node.orelse, defined)

    def _while(self, node: ast.While, defined: Names) -> Names:
        self._look(node.test, defined)
        self._analysis.flow(node).defined = defined
        self.block(node.body, defined)
        return defined

    def _for(self, node: ast.For, defined: Names) -> Names:
        self._look(node.iter, defined)
        self._look(getattr(node, "extra_test", None), defined)
        self._analysis.flow(node).defined = defined
        self._look(node.target, defined)
        self.block(node.body, defined | assigned_in(node.target))
        return defined

    def _with(self, node: ast.With, defined: Names) -> Names:
        for item in node.items:
            self._look(item, defined)
        return self.block(node.body, defined | assigned_in(node.items))

    def _try(self, node: ast.Try, defined: Names) -> Names:
        through = self.block(node.orelse, self.block(node.body, defined))
        for handler in node.handlers:
            named = {handler.name} if handler.name else set()
            through &= self.block(handler.body, defined | named) | named
        return self.block(node.finalbody, defined) | through

    _trystar = _try

    def _match(self, node: ast.Match, defined: Names) -> Names:
        self._look(node.subject, defined)
        for case in node.cases:
            self.block(case.body, defined | assigned_in(case.pattern))
        return defined
