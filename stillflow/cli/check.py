"""What `stillflow check` writes: the verdict, and a table or JSON of what was found."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from stillflow.checking.findings import Finding, Report
from stillflow.cli.tables import aligned

_SAYS = {
    "stops": "stops",
    "may stop": "stops where it comes there",
    "guarded": "has something else for it",
    "unused": "nothing calls it",
    "translated": "translated",
}
_HEAD = ("where", "kind", "name", "what to do", "")


def written(report: Report, as_json: bool, show_all: bool) -> str | None:
    """The report as text; None where it has been shown on the terminal."""
    if as_json:
        return json.dumps(report.as_json(), indent=1, ensure_ascii=False)
    rows = list(_rows(report, show_all))
    if sys.stdout.isatty():
        _show(report, rows)
        return None
    return "\n".join([report.verdict, *(aligned(rows, "") if rows else ()), *_last(report)])


def _rows(report: Report, show_all: bool) -> Iterator[tuple[str, ...]]:
    """A row for each finding; without `show_all` one for each name, with its first place."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in report.findings:
        file = finding.file if finding.kind in ("Python 2", "syntax", "encoding") else ""
        key = (file, finding.kind, finding.name, finding.advice, finding.effect)
        groups.setdefault((finding.where, *key) if show_all else key, []).append(finding)
    for found in groups.values():
        first = found[0]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        effect = _SAYS[first.effect]
        yield (f"{first.where}{more}", first.kind, first.name, first.advice, effect)


def _last(report: Report) -> Iterator[str]:
    """Files that were not read, and how much was."""
    if report.files:
        for file, why in report.unread:
            yield f"{file} {why}: not read"
        names = _many(report.names, "name")
        yield f"{_many(report.files, 'file')} read, {names} of TensorFlow used"
    else:
        yield from (f"{file} {why}" for file, why in report.unread[1:])


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _show(report: Report, rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    colour = {0: "green", 1: "red", 2: "yellow"}[report.exit_code]
    console.print(Text(report.verdict, style=f"bold {colour}"))
    if rows:
        table = Table(box=None, header_style="dim", pad_edge=False)
        for title in _HEAD:
            table.add_column(title, overflow="fold")  # so that nothing of a name is lost
        for row in rows:
            style = "dim" if row[-1] in (_SAYS["guarded"], _SAYS["unused"]) else ""
            table.add_row(*map(Text, row), style=style)
        console.print(table)
    for line in _last(report):
        console.print(Text(line, style="dim"))
