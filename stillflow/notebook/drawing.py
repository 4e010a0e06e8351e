"""A graph drawn in SVG: its scopes as boxes, each below what it takes tensors of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from stillflow.notebook.scopes import Group, groups_of, rows

MOST = 60  # boxes that an eye can follow
_WIDTH, _HEIGHT = 150, 38
_BESIDE, _BELOW = 24, 40
_SHOWN = 20  # letters of a name
_STYLE = (
    "text{font:12px sans-serif;fill:currentColor;text-anchor:middle}"
    "text.types{font-size:10px;opacity:.65}"
    "rect{fill:var(--jp-layout-color0,Canvas);stroke:currentColor;rx:6}rect.aside{stroke-dasharray:4}"
    "path{fill:none;stroke:currentColor;opacity:.45}"
)


def drawn(graph: Any) -> str:
    """HTML that shows a graph: a drawing of its scopes, or how many there are of each op type."""
    ops = graph.get_operations()
    groups = groups_of(ops)
    title = f"Graph of {len(ops):,} operation{'' if len(ops) == 1 else 's'}"
    if not groups:
        return f"<p>{title}</p>"
    if len(groups) > MOST:
        return f"<p>{title}, in {len(groups):,} scopes: too many to draw</p>{_counted(ops)}"
    return f"<p>{title}</p>{svg(groups)}"


def svg(groups: Sequence[Group]) -> str:
    """The boxes and what flows between them; those aside are in the last row, without arrows."""
    placed = rows([group for group in groups if not group.is_aside])
    aside = [group for group in groups if group.is_aside]
    per_row = max(4, min(6, max(map(len, placed), default=0)))
    lines = [part for row in placed for part in _broken(row, per_row)] + list(
        _broken(aside, per_row)
    )
    columns = max(map(len, lines))
    width = columns * (_WIDTH + _BESIDE) + _BESIDE
    height = len(lines) * (_HEIGHT + _BELOW) + _BELOW // 2
    at = {
        group: (
            (width - len(line) * (_WIDTH + _BESIDE) + _BESIDE) / 2 + place * (_WIDTH + _BESIDE),
            _BELOW / 2 + number * (_HEIGHT + _BELOW),
        )
        for number, line in enumerate(lines)
        for place, group in enumerate(line)
    }
    arrows = [_arrow(at[s], at[g]) for g in groups for s in g.follows]
    boxes = [_box(group, *at[group]) for group in at]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><style>{_STYLE}</style>'
        f'<defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M0 0L6 3L0 6"/></marker></defs>'
        f"{''.join(arrows)}{''.join(boxes)}</svg>"
    )


def _broken(row: Sequence[Group], most: int) -> Iterator[Sequence[Group]]:
    for start in range(0, len(row), most):
        yield row[start : start + most]


def _box(group: Group, x: float, y: float) -> str:
    types = ", ".join(f"{n} {kind}" for kind, n in group.op_types.most_common())
    middle = x + _WIDTH / 2
    kind = next(iter(group.op_types)) if group.size == 1 else f"{group.size:,} operations"
    aside = ' class="aside"' if group.is_aside else ""
    return (
        f"<g><title>{escape(group.name)}: {escape(types)}</title>"
        f'<rect{aside} x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}"/>'
        f'<text x="{middle}" y="{y + 16}">{escape(_short(group.name))}</text>'
        f'<text class="types" x="{middle}" y="{y + 30}">{escape(_short(kind))}</text></g>'
    )


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else f"…{name[1 - _SHOWN :]}"


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x, y = start[0] + _WIDTH / 2, start[1] + _HEIGHT
    to_x, to_y = end[0] + _WIDTH / 2, end[1]
    bend = (to_y - y) / 2
    way = f"M{x} {y}C{x} {y + bend} {to_x} {to_y - bend} {to_x} {to_y}"
    return f'<path d="{way}" marker-end="url(#tip)"/>'


def _counted(ops: Sequence[Any]) -> str:
    from collections import Counter

    from stillflow.notebook.tables import table

    counted = Counter(op.type for op in ops).most_common()
    return table(["op type", "operations"], [[kind, f"{count:,}"] for kind, count in counted])
