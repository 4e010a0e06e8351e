"""Notebooks, read from files and refused where they cannot be run."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any

from stillflow.notebook.needed import NotForNotebooks

_AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST


def read(path: str, python2: bool = False) -> Any:
    """The notebook in a file, as format 4 has it; with `python2` cells may be of Python 2.

    Raises:
      NotForNotebooks: it is no notebook, or of another language than Python 3.
      OSError: the file cannot be read.
    """
    import nbformat

    with open(path, "rb") as file:
        raw = file.read()
    content = _parsed(raw)
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise NotForNotebooks("It is JSON, but no notebook: it does not say its `nbformat`.")
    newest = nbformat.current_nbformat
    if content["nbformat"] > newest:
        raise NotForNotebooks(
            f"It is of format {content['nbformat']}; the nbformat that is installed knows formats "
            f"up to {newest}."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is mended is none of the user's business
            notebook = nbformat.reads(json.dumps(content), as_version=newest)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = (str(getattr(error, "message", "")) or repr(error)).splitlines()[0]
        raise NotForNotebooks(f"It is a damaged notebook: {reason}") from None
    _check_language(notebook, python2)
    return notebook


def code_cells(notebook: Any) -> list[Any]:
    """The cells that are run: the nth is the one that Jupyter calls In[n]."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        raise NotForNotebooks("It is no notebook: it is not text.") from None
    except json.JSONDecodeError as error:
        raise NotForNotebooks(
            f"It is no notebook: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise NotForNotebooks("It is no notebook: it is nested too deep.") from None


def _check_language(notebook: Any, python2: bool) -> None:
    kernel = notebook.metadata.get("kernelspec", {})
    info = notebook.metadata.get("language_info", {})
    language = str(info.get("name") or kernel.get("language") or "python")
    if language.lower() not in ("python", "ipython", "python2", "python3"):
        raise NotForNotebooks(f"It is written in {language}; Stillflow runs Python.")
    version = str(info.get("version") or info.get("pygments_lexer") or kernel.get("name") or "")
    if version.startswith(("2", "ipython2", "python2")) and not python2:
        _check_python_3(notebook)


def _check_python_3(notebook: Any) -> None:
    """NotForNotebooks where a cell of a notebook for Python 2 is not Python 3 as well."""
    from IPython.core.inputtransformer2 import TransformerManager

    for number, cell in enumerate(code_cells(notebook), start=1):
        try:
            text = TransformerManager().transform_cell(cell.source)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(text, "cell", "exec", flags=_AWAITS, dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            raise NotForNotebooks(
                f"It is written for Python 2, and cell In[{number}], line {line} is not Python 3: "
                f"{getattr(error, 'msg', error)}\n"
                "  Nothing was run; `stillflow run --py2` translates Python 2."
            ) from None
