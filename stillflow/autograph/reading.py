"""The source of a function, as a syntax tree with the lines of its file."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
from collections.abc import Callable

FunctionNode = ast.FunctionDef | ast.Lambda


class Unreadable(ValueError):
    """A function whose source cannot be had."""


def function_node(f: Callable) -> FunctionNode:
    """A copy of the definition of a function or lambda; its nodes have the lines of its file.

    Raises:
      Unreadable: there is no source, or not this one any more.
      NotImplementedError: it is a coroutine.
    """
    code = f.__code__
    try:
        lines, _ = inspect.findsource(code)
        tree = _parsed("".join(lines))
    except (OSError, TypeError, SyntaxError) as error:
        raise _without_source(f, error) from error
    is_own = _is_lambda if code.co_name == "<lambda>" else _is_function
    # Of lambdas in each other the innermost, which is found last.
    found = next((node for node in reversed([*ast.walk(tree)]) if is_own(node, code)), None)
    if found is None and code.co_filename == "<string>":
        # From 3.13 on Python keeps the text of `python -c`, which has this name too.
        raise _without_source(f, "it is text that was executed")
    if found is None:
        raise Unreadable(f"The definition of {f} is no longer in its file.")
    if isinstance(found, ast.AsyncFunctionDef):
        raise NotImplementedError("coroutines are not supported by AutoGraph")
    assert isinstance(found, (ast.FunctionDef, ast.Lambda))
    return copy.deepcopy(found)


def _without_source(f: Callable, why: object) -> Unreadable:
    return Unreadable(
        f"Unable to locate the source code of {f}. Note that functions defined in certain "
        "environments, like the interactive Python shell do not expose their source code. If "
        "that is the case, you should to define them in a .py source file. If you are certain "
        "the code is graph-compatible, wrap the call using @tf.autograph.do_not_convert. "
        f"Original error: {why}"
    )


@functools.lru_cache(maxsize=16)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _is_function(node: ast.AST, code) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.name == code.co_name and first == code.co_firstlineno


def _is_lambda(node: ast.AST, code) -> bool:
    """Whether the instructions of the code are all of the lambda's body."""
    if not isinstance(node, ast.Lambda) or node.lineno != code.co_firstlineno:
        return False
    start = (node.body.lineno, node.body.col_offset)
    end = (node.body.end_lineno, node.body.end_col_offset)
    places = [place for place in code.co_positions() if place[3]]  # the first has no columns
    return all(
        start <= (line, column) and (last, last_column) <= end
        for line, last, column, last_column in places
    )
