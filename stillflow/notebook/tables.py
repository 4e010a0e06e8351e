"""Tables in HTML, and the one of a checkpoint."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_MOST = 500  # rows


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows below a head; the first column is that of names."""
    given = list(rows)
    lines = [_row("td", row) for row in given[:_MOST]]
    more = f"<p>and {len(given) - _MOST:,} more</p>" if len(given) > _MOST else ""
    body = f"<thead>{_row('th', head)}</thead><tbody>{''.join(lines)}</tbody>"
    return f"<table>{body}</table>{more}"


def _row(kind: str, cells: Iterable[str]) -> str:
    shown = (f'<{kind} style="text-align:left">{escape(cell)}</{kind}>' for cell in cells)
    return f"<tr>{''.join(shown)}</tr>"


def checkpoint_table(reader: Any) -> str:
    """The tensors of a checkpoint, by a CheckpointReader: names, types, shapes."""
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    names = sorted(shapes)
    rows = [[name, types[name].name, str(shapes[name])] for name in names]
    elements = sum(math.prod(shape) for shape in shapes.values())
    ending = f"<p>{len(names):,} tensors, {elements:,} elements</p>"
    return table(["name", "dtype", "shape"], rows) + ending
