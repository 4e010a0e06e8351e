"""Values in error messages, as TensorFlow's runtime prints them."""

from __future__ import annotations

from typing import Any

import numpy as np


def summary(value: Any, limit: int) -> str:
    """The first `limit` elements of an array, or all when it is negative, row by row."""
    value = np.asarray(value)
    limit = value.size if limit < 0 else limit
    elements = iter([element_text(item) for item in value.reshape(-1)[:limit]])
    text = _rows(value.shape or (1,), elements, limit)
    return text + "..." * (value.size > limit)


def _rows(sizes: tuple[int, ...], elements: Any, limit: int) -> str:
    if len(sizes) == 1:
        return " ".join(elements)
    width = int(np.prod(sizes[1:]))
    rows = []
    for start in range(0, min(limit, width * sizes[0]), max(width, 1)):
        shown = min(width, limit - start)
        row = [next(elements) for _ in range(shown)]
        inner = _rows(sizes[1:], iter(row), shown)
        cut_short = len(sizes) == 2 and shown < width
        rows.append(f"[{inner}{'...' * cut_short}]")
    return "".join(rows)


_ESCAPED = {
    ord(char): f"\\{letter}" for char, letter in zip("\n\r\t\"'\\", "nrt\"'\\", strict=True)
}
_PRINTABLE = range(32, 127)


def element_text(item: Any) -> str:
    """A NumPy scalar as TensorFlow's runtime prints it.

    A float is as short as it reads back; of a string, bytes that are not printable are escaped.
    """
    if isinstance(item, bytes):
        return "".join(_ESCAPED.get(byte) or _byte_text(byte) for byte in item)
    if isinstance(item, (bool, np.bool_)):
        return str(int(item))
    if isinstance(item, np.floating):
        few, many = (15, 17) if item.dtype == np.float64 else (6, 9)
        short = f"{item:.{few}g}"
        return short if item.dtype.type(float(short)) == item else f"{item:.{many}g}"
    return "?" if isinstance(item, np.complexfloating) else str(item)


def _byte_text(byte: int) -> str:
    return chr(byte) if byte in _PRINTABLE else f"\\{byte:03o}"
