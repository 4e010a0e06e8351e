"""Translates a module of Python 2 by fissix, line for line, and compiles it."""

from __future__ import annotations

import ast
import difflib
import functools
import io
import os
import re
import tokenize
import warnings
from types import CodeType
from typing import Any

from stillflow.environment.python2 import meaning

# `meaning` does what these do, which would move lines, or take a package's own modules wrong.
_LEFT_OUT = {"import", "intern", "reduce", "reload", "asserts", "exitfunc", "sorted"}
_ON_REQUEST = {"buffer", "idioms", "set_literal", "ws_comma"}  # matters of taste
_TRUE_DIVISION = re.compile(r"^from\s+__future__\s+import\b[^#\n]*(?:\([^)]*)?\bdivision\b", re.M)


class NotTranslated(ImportError):
    """There is no translator."""


def require() -> None:
    """Raises NotTranslated where fissix is missing."""
    try:
        import fissix  # noqa: F401
    except ImportError:
        raise NotTranslated(
            "Python 2 is translated by fissix: pip install 'stillflow[py2]'", name="fissix"
        ) from None


def compiled(source: bytes | str, path: str, package: str = "") -> CodeType:
    """The code of a module of Python 2, or of Python 3 where it is no Python 2.

    Raises:
      SyntaxError: it is neither.
    """
    text = source if isinstance(source, str) else _decoded(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    python3 = translated(text, path)
    if python3 is None:
        return compile(source, path, "exec", dont_inherit=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of "\d" and the like
        tree = _parsed(python3, path)
        if python3.count("\n") != text.count("\n"):
            _renumber(tree, text, python3)
        tree = meaning.given(tree, divides_truly(text), package, os.path.dirname(path))
        return compile(tree, path, "exec", dont_inherit=True)


def divides_truly(text: str) -> bool:
    """Whether a module says `from __future__ import division`."""
    return _TRUE_DIVISION.search(text) is not None


def _decoded(source: bytes) -> str:
    """The text; without a coding line it is UTF-8, or else Latin-1 as good as any."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        return source.decode(encoding).removeprefix("\ufeff")
    except (SyntaxError, UnicodeDecodeError):
        return source.decode("latin-1")


def translated(text: str, path: str) -> str | None:
    """Python 3 of a text; None where it is not Python 2's."""
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError

    text = text if text.endswith("\n") else f"{text}\n"
    for print_function in (False, True):
        try:
            return str(_tool(print_function).refactor_string(text, path))
        except (ParseError, TokenError, IndentationError):
            continue
    return None


@functools.cache
def _tool(print_function: bool) -> Any:
    from fissix import refactor

    class Quiet(refactor.RefactoringTool):
        """Says nothing of what it does."""

        def log_message(self, msg: Any, *args: Any) -> None:
            """Nothing."""

        log_debug = log_message

    names = refactor.get_fixers_from_package("fissix.fixes")
    left_out = _LEFT_OUT | _ON_REQUEST
    taken = [name for name in names if name.rpartition(".fix_")[2] not in left_out]
    return Quiet(taken, {"print_function": print_function})


def _parsed(text: str, path: str) -> ast.Module:
    try:
        return ast.parse(text, path)
    except TabError:
        return ast.parse(_with_spaces(text), path)


def _with_spaces(text: str) -> str:
    """Tabs before statements as Python 2 took them, to columns of eight."""
    lines = text.split("\n")
    inside = _lines_in_strings(text)
    for number, line in enumerate(lines):
        if number not in inside:
            bare = line.lstrip(" \t")
            lines[number] = line[: len(line) - len(bare)].expandtabs(8) + bare
    return "\n".join(lines)


def _lines_in_strings(text: str) -> set[int]:
    """The lines, from 0, that a string of several lines goes on to."""
    found: set[int] = set()
    for match in re.finditer(r'"""[\s\S]*?"""|' r"'''[\s\S]*?'''", text):
        first = text.count("\n", 0, match.start())
        found |= set(range(first + 1, first + match[0].count("\n") + 1))
    return found


def _renumber(tree: ast.Module, before: str, after: str) -> None:
    """Gives each node the line that it had before translation added lines or took some."""
    old, new = before.split("\n"), after.split("\n")
    lines: list[int] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        for offset in range(j2 - j1):
            at = i1 + offset if tag in ("equal", "replace") else i1
            lines.append(min(at, max(i1, i2 - 1)) + 1)
    for node in ast.walk(tree):
        for name in ("lineno", "end_lineno"):
            if (line := getattr(node, name, None)) is not None and line <= len(lines):
                setattr(node, name, lines[line - 1])
