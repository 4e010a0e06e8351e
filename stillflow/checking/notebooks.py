"""Notebooks as Python: their code cells one after the other, magics made harmless.

Knows the format of Jupyter's files, versions 3 and 4.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from stillflow.checking.sources import Unreadable

# Cell magics of which the rest of the cell is Python that runs here.
_AROUND_PYTHON = ("time", "timeit", "capture", "prun", "python", "python2", "python3", "memit")
_LINE_MAGIC = re.compile(r"^\s*(?:%{1,2}\w|!|\?{1,2}\w)")
_TAKEN_FROM_MAGIC = re.compile(r"^(\s*[\w., \[\]'\"]+=\s*)(?:!|%(?=\w)).*$")
_ASKED = re.compile(r"^\s*[\w.]+\?{1,2}\s*$")


@dataclass(frozen=True)
class Cell:
    """Python of a code cell, by its number among all cells, from 1."""

    number: int
    text: str


def cells(text: str) -> list[Cell]:
    """The code cells of a notebook.

    Raises:
      Unreadable: it is no notebook, or one of another language.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"is no notebook: not JSON{where}") from None
    found = _listed(notebook)
    language = _language(notebook)
    if language not in ("", "python", "ipython"):
        raise Unreadable(f"is a notebook of {language}")
    return [
        Cell(number, _without_magics(_joined(cell.get("source", cell.get("input", "")))))
        for number, cell in enumerate(found, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]


def _listed(notebook: Any) -> list[Any]:
    if isinstance(notebook, dict):
        sheets = notebook.get("worksheets")
        if isinstance(sheets, list):  # version 3
            return [c for s in sheets if isinstance(s, dict) for c in s.get("cells") or []]
        if isinstance(notebook.get("cells"), list):
            return notebook["cells"]
    raise Unreadable("is no notebook: it has no cells")


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return part[name].lower()
    return ""


def _joined(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\r\n", "\n") if isinstance(source, str) else ""


def _without_magics(text: str) -> str:
    """The cell with a harmless statement for each magic; as many lines as before."""
    with suppress(SyntaxError, ValueError, RecursionError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)
        return text
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and first[2:].split(" ")[0].strip() not in _AROUND_PYTHON:
        return ""
    return "\n".join(map(_without_magic, lines))


def _without_magic(line: str) -> str:
    if taken := _TAKEN_FROM_MAGIC.match(line):
        return f"{taken[1]}None"
    if _LINE_MAGIC.match(line) or _ASKED.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line
