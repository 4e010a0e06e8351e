"""Cells of Python 2, translated before IPython compiles them: `stillflow run --py2`."""

from __future__ import annotations

import ast
from typing import Any

from stillflow.environment.python2 import meaning, translating


def translate_cells(shell: Any) -> None:
    """Has all cells of a shell translated; those that are no Python 2 are left as they are."""
    cells = _Cells()
    shell.input_transformers_post.append(cells.text)
    shell.ast_transformers.append(cells)


class _Cells:
    """Translates the text of a cell, and then gives its tree Python 2's meaning."""

    def __init__(self) -> None:
        self._is_python_2 = False
        self._divides_truly = False  # from the cell on that says so

    def text(self, lines: list[str]) -> list[str]:
        text = "".join(lines)
        self._divides_truly |= translating.divides_truly(text)
        translated = translating.translated(text, "cell")
        self._is_python_2 = translated is not None
        return lines if translated is None else translated.splitlines(keepends=True)

    def visit(self, tree: ast.Module) -> ast.Module:
        """Is called by IPython."""
        if not self._is_python_2:
            return tree
        return meaning.given(tree, self._divides_truly, "", "")
