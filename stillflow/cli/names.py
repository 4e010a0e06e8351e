"""Which public names of TensorFlow 1.15 are there, found by asking the public tree itself."""

from __future__ import annotations

import importlib
import operator
from typing import Any

import click

from stillflow.api import _deferred, _missing


def listing(prefix: str, only_missing: bool) -> str:
    """A line per public module at `prefix` or below, and a line per name of the module itself.

    Raises:
      click.BadParameter: TensorFlow 1.15 has no such public module.
    """
    top = prefix.removeprefix("tensorflow").removeprefix("tf").removeprefix(".")
    if top not in _missing.names():
        raise click.BadParameter(f"TensorFlow 1.15 has no public module {prefix}.")
    lines = [
        f"{'+' if there else '-'} {_dotted(top, name)}"
        for name, there in sorted(_presence(top).items())
        if not (only_missing and there)
    ]
    below = [path for path in sorted(_missing.names()) if _is_below(path, top)]
    return "\n".join([*lines, "", *map(_summary, [top, *below])])


def _presence(path: str) -> dict[str, bool]:
    """{name: whether Stillflow has it} for one public module."""
    try:
        root = importlib.import_module(_missing.ROOT)
        module = operator.attrgetter(path)(root) if path else root
    except AttributeError:
        module = None
    return {name: has(module, name) for name in _missing.names()[path]}


def has(module: Any, name: str) -> bool:
    """Whether there is more of a name than what says that it is missing."""
    return hasattr(module, name) and not _deferred.is_deferred(getattr(module, name))


def _summary(path: str) -> str:
    there = _presence(path)
    return f"{sum(there.values()):5} of {len(there):4}  {_dotted(path)}"


def _is_below(path: str, top: str) -> bool:
    return path != top and (not top or path.startswith(f"{top}."))


def _dotted(*parts: str) -> str:
    return ".".join(("tf", *filter(None, parts)))
