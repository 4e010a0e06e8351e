"""Calls in a function that tell its conversion something: `set_loop_options`, `set_element_type`.

They do nothing when code that is not converted runs them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

_UNSPECIFIED = object()
_LOOP_OPTIONS = ("parallel_iterations", "back_prop", "swap_memory", "maximum_iterations")


def set_element_type(entity: Any, dtype: Any, shape: Any = _UNSPECIFIED) -> None:
    """Says what a list of tensors in converted code holds.

    Args:
      entity: a list.
      dtype, shape: of its elements.
    """
    del entity, dtype, shape


def set_loop_options(
    parallel_iterations: Any = _UNSPECIFIED,
    back_prop: Any = _UNSPECIFIED,
    swap_memory: Any = _UNSPECIFIED,
    maximum_iterations: Any = _UNSPECIFIED,
) -> None:
    """Says how the loop around this call, as its first statement, becomes a `tf.while_loop`.

    The arguments are those of `tf.while_loop`.
    """
    del parallel_iterations, back_prop, swap_memory, maximum_iterations


class _Directives(ast.NodeTransformer):
    """Takes directives out, and notes what they say.

    Attributes:
      elements: {name of a list: (dtype, shape) as they are written}.
    """

    def __init__(self, value_of: Callable[[ast.expr], Any]):
        self._value_of = value_of
        self._loops: list[ast.AST] = []
        self.elements: dict[str, tuple[ast.expr, ast.expr | None]] = {}

    def visit_While(self, node: ast.AST) -> ast.AST:
        node.loop_options = {}  # type: ignore[attr-defined]
        self._loops.append(node)
        self.generic_visit(node)
        self._loops.pop()
        return node

    visit_For = visit_While

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        if not isinstance(node.value, ast.Call):
            return node
        called = self._value_of(node.value.func)
        if called is set_loop_options:
            if not self._loops:
                raise ValueError("set_loop_options must be used inside a loop")
            words = _words(node.value, _LOOP_OPTIONS)
            self._loops[-1].loop_options = words  # type: ignore[attr-defined]
        elif called is set_element_type:
            self._note_elements(_words(node.value, ("entity", "dtype", "shape")))
        else:
            return node
        return ast.copy_location(ast.Pass(), node)

    def _note_elements(self, words: dict[str, ast.expr]) -> None:
        self.elements[ast.unparse(words["entity"])] = (words["dtype"], words.get("shape"))


def _words(call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    """{argument: value} of a call with these parameters."""
    words = dict(zip(names, call.args, strict=False))
    return words | {word.arg: word.value for word in call.keywords if word.arg is not None}


def take_directives(
    node: ast.AST, value_of: Callable[[ast.expr], Any]
) -> dict[str, tuple[ast.expr, ast.expr | None]]:
    """Takes directives out of a function; its loops get `loop_options`.

    Args:
      value_of: what a name, or an attribute of one, means there; None where it cannot be said.

    Returns:
      {list: (dtype, shape) of its elements, as they are written}.
    """
    found = _Directives(value_of)
    found.visit(node)
    return found.elements
