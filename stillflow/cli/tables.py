"""Columns and sizes as commands print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def in_bytes(count: int) -> str:
    """A size in the unit that suits it: `144 B`, `2.1 MB`."""
    if count < 10_000:
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000 or unit == "GB":
            break
    return f"{size:.1f} {unit}"


def aligned(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Rows with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{indent}{'  '.join(cells).rstrip()}"
