"""A file as a module that can be read: its syntax tree, where its lines are, what is wrong with it.

A file that Python 3 cannot parse is repaired where that is Python 2's syntax; what is left over
is told, and the rest of the module is read.
"""

from __future__ import annotations

import ast
import os
import warnings
from dataclasses import dataclass, field

from stillflow.checking import notebooks, python2, sources


@dataclass(frozen=True)
class Trouble:
    """What keeps Python 3 from running a file: `python 2`, `syntax` or `encoding`, by line."""

    line: int
    kind: str
    what: str
    instead: str


@dataclass(eq=False)
class Module:
    """A file that was read.

    `starts` is, of a notebook, the first line of each cell in the tree, and the cell's number.
    """

    path: str
    tree: ast.Module
    troubles: list[Trouble] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    package: str = ""  # what relative imports start from

    def place(self, line: int) -> str:
        """`12`, or `cell:line` of a notebook."""
        if not self.starts:
            return str(line)
        start, cell = max((s for s in self.starts if s[0] <= line), default=self.starts[0])
        return f"{cell}:{line - start + 1}"

    @property
    def is_python_2(self) -> bool:
        return any(trouble.kind == "Python 2" for trouble in self.troubles)


def read(path: str) -> Module:
    """The module in a file.

    Raises:
      sources.Unreadable: nothing of it can be read.
    """
    text = sources.read(path)
    if path.endswith(".ipynb"):
        return _notebook(path, text.text)
    tree, troubles = _parsed(text.text)
    if text.trouble:
        troubles.insert(0, Trouble(1, "encoding", text.trouble, "save the file as UTF-8"))
    return Module(path, tree, troubles)


def _notebook(path: str, text: str) -> Module:
    """The cells of a notebook as one module: a cell that cannot be parsed takes no other along."""
    whole = Module(path, ast.Module([], []))
    line = 1
    for cell in notebooks.cells(text):
        tree, troubles = _parsed(cell.text)
        whole.starts.append((line, cell.number))
        whole.tree.body += ast.increment_lineno(tree, line - 1).body
        whole.troubles += [Trouble(t.line + line - 1, t.kind, t.what, t.instead) for t in troubles]
        line += cell.text.count("\n") + 1
    return whole


def _parsed(text: str) -> tuple[ast.Module, list[Trouble]]:
    """The syntax tree of a text, and what of it Python 3 does not take."""
    try:
        return _tree(text), []
    except SyntaxError as error:
        first = error
    except (ValueError, RecursionError, MemoryError) as error:
        return ast.Module([], []), [Trouble(1, "syntax", f"cannot be parsed: {error}", "")]
    found, repaired = python2.signs_of(text)
    tree, spaced, left = _tree_of_repaired(repaired)
    troubles = [Trouble(sign.line, "Python 2", sign.what, sign.instead) for sign in found + spaced]
    if left is not None:
        told = left if found else first
        troubles.append(Trouble(told.lineno or 1, "syntax", told.msg, "mend the file"))
    return tree, sorted(troubles, key=lambda trouble: trouble.line)


def _tree_of_repaired(text: str) -> tuple[ast.Module, list[python2.Sign], SyntaxError | None]:
    try:
        return _tree(text), [], None
    except (TabError, IndentationError) as error:
        spaced, text = python2.with_spaces(text)
        try:
            return _tree(text), spaced, None
        except SyntaxError:
            return _up_to(text, error), [], error
    except SyntaxError as error:
        return _up_to(text, error), [], error
    except (ValueError, RecursionError, MemoryError) as error:
        return ast.Module([], []), [], SyntaxError(f"cannot be parsed: {error}")


def _up_to(text: str, error: SyntaxError) -> ast.Module:
    """What can be parsed of the top-level statements around an error, each at its line."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if line and line[0] not in " \t#)]}\"'"]
    body: list[ast.stmt] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        piece = "\n".join(lines[start:end])
        try:
            body += ast.increment_lineno(_tree(piece), start).body
        except (SyntaxError, ValueError):
            continue  # the error's own statement, and what belongs to it
    return ast.Module(body, [])


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings
        return ast.parse(text)


def name_of(path: str) -> str:
    """A module's name by its file: the last part of its dotted name."""
    stem = os.path.splitext(os.path.basename(path))[0]
    return os.path.basename(os.path.dirname(path)) if stem == "__init__" else stem
