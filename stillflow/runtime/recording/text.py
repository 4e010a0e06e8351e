"""A report for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_KINDS = 12  # of runs that are shown
_LARGE = 0.05  # of all runs' time: a kind that ran once and took less is told of in short
_ROWS = 10  # of a table
_UNRECORDED = (
    "What is carried out eagerly is not recorded; what tf.function, gradients and pipelines do is."
)
_NAMES = 3  # of fetches and feeds
_CACHE = {
    "hit": "read from the cache",
    "miss": "not in the cache, where it is now",
    "off": "without a cache",
}


def text(report: Mapping[str, Any]) -> str:
    """The report in lines."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    kinds = report["runs"]
    count = sum(kind["count"] for kind in kinds)
    spent = sum(kind["seconds"] for kind in kinds)
    program = report["program"][0] if report["program"] else ""
    told = f"stillflow explain: {program or 'the program'}"
    took = f"{seconds(spent)} of {seconds(report['seconds'])}"
    if kinds:
        yield f"{told}: {many(count, 'run')} of {many(len(kinds), 'kind')}, {took}"
    else:
        yield f"{told}: no session's runs in {seconds(report['seconds'])}"
        yield _UNRECORDED
    together = _together(kinds)
    for kind in together[:_KINDS]:
        yield ""
        yield from of_kind(kind)
        if kind["count"] > 1 or kind["compiles"] or kind["seconds"] > _LARGE * spent:
            yield from _stays(kind)
    if len(together) > _KINDS:
        yield ""
        yield f"and {many(len(together) - _KINDS, 'kind')} of runs that took less (--json has all)"
    if report["other_compiles"]:
        yield ""
        yield "compiled for functions of pipelines, and runs that are no session's"
        yield from (f"  {_compile(compiled)}" for compiled in report["other_compiles"])
    yield from _table("type", _types(report), "by type")
    yield from _table("line", _by_line(report), "by line")
    yield ""
    yield f"memory: {', '.join(_memory(report['memory']))}"
    yield from (f"compiling failed: {failure}" for failure in report["failures"])


def _together(kinds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kinds of the same lines and names as one: a program may build a graph again and again."""
    found: dict[Any, dict[str, Any]] = {}
    for kind in kinds:
        lines = [row["line"] for row in kind["lines"]]
        key = repr((lines, kind["fetches"], kind["feeds"]))
        if key not in found:
            found[key] = {**kind, "graphs": 1}
            continue
        whole = found[key]
        whole["graphs"] += 1
        for what in ("count", "failed", "seconds", "compiled", "compiles", "segments"):
            whole[what] = whole[what] + kind[what]
    return sorted(found.values(), key=lambda kind: -kind["seconds"])


def of_kind(kind: Mapping[str, Any]) -> Iterator[str]:
    """One kind of runs: where it was run, on which tier and why, what it took."""
    places = [row["line"] or "a thread" for row in kind["lines"][:_NAMES]]
    fed = f", fed {_names(kind['feeds'])}" if kind["feeds"] else ""
    yield f"{', '.join(places)}: {_names(kind['fetches'])}{fed}"
    failed = f", {kind['failed']:,} failed" if kind["failed"] else ""
    if kind["graphs"] > 1:
        failed += f", in {kind['graphs']:,} sessions or graphs, of the first of which:"
    yield (
        f"  {many(kind['count'], 'run')} of {many(kind['steps'], 'operation')}, "
        f"{seconds(kind['seconds'])}; {kind['compiled']:,} compiled{failed}"
    )
    if len(kind["shapes"]) > 1:
        yield f"  fed {len(kind['shapes'])} different sets of shapes, each of which counts alone"
    yield from _tiers(kind["tiers"])
    yield from _at_most([f"  {_compile(compiled)}" for compiled in kind["compiles"]])
    yield from _at_most([f"  {_segment(row)}" for row in kind["segments"] if row["count"]])


def _tiers(tiers: Sequence[str]) -> Iterator[str]:
    """Why it is where it is; where a run has stages that wait for others, each."""
    for number, tier in enumerate(tiers, start=1):
        stage = f"stage {number} of {len(tiers)}: " if len(tiers) > 1 else ""
        yield f"  {stage}{tier}"


def _at_most(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_ROWS]
    if len(lines) > _ROWS:
        yield f"  and {len(lines) - _ROWS:,} more"


def of_plan(plan: Mapping[str, Any]) -> Iterator[str]:
    """What a run would do, by what earlier ones have shown."""
    fed = f", fed {_names(plan['feeds'])}" if plan["feeds"] else ""
    yield f"{_names(plan['fetches'])}{fed}: {many(plan['steps'], 'operation')}"
    yield f"  {many(plan['on_host'], 'run')} in NumPy, {plan['on_xla']:,} compiled"
    yield from _tiers(plan["tiers"])
    rows = [row | {"seconds": 0.0, "count": 0} for row in plan["stays"]]
    yield from _stays({"stays": rows, "compiles": plan["on_xla"]})


def _compile(compiled: Mapping[str, Any]) -> str:
    return (
        f"run {compiled['run']:,} compiled {compiled['name']} "
        f"({many(compiled['steps'], 'operation')}) in {seconds(compiled['seconds'])}, "
        f"{seconds(compiled['xla'])} of them XLA's; {_CACHE[compiled['cache']]}"
    )


def _segment(segment: Mapping[str, Any]) -> str:
    parts = [f"{seconds(segment['seconds'] / segment['count'])} each"]
    if "flops" in segment:
        rate = segment["flops"] * segment["count"] / segment["seconds"] if segment["seconds"] else 0
        parts.append(f"{_scaled(segment['flops'])}FLOP, so {_scaled(rate)}FLOP/s")
    if "bytes" in segment:
        parts.append(f"touches {size(segment['bytes'])}")
    if "temporary" in segment:
        parts.append(f"{size(segment['temporary'])} of its own")
    name = f"{segment['name']} ({many(segment['steps'], 'operation')})"
    return f"compiled: {name}: {many(segment['count'], 'time')}, {', '.join(parts)}"


def _stays(kind: Mapping[str, Any]) -> Iterator[str]:
    """What stays on the host, the longest first; nodes of one line and reason together."""
    alike: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in kind["stays"]:
        alike.setdefault((row["type"], row["line"], row["why"]), []).append(row)
    if not alike:
        return
    yield f"  {'stays' if kind['compiles'] else 'would stay'} on the host:"
    groups = sorted(alike.items(), key=lambda item: -sum(row["seconds"] for row in item[1]))
    for (kind_of_op, line, why), rows in groups[:_ROWS]:
        more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        place = f" ({line})" if line else ""
        spent = sum(row["seconds"] for row in rows)
        took = f", {seconds(spent)}" if any(row["count"] for row in rows) else ""
        yield f"    {kind_of_op} {rows[0]['name']!r}{more}{place}: {why}{took}"
    if len(groups) > _ROWS:
        yield f"    and {len(groups) - _ROWS:,} more"


def _types(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Op types, and what else takes time."""
    every = [report["other_compiles"], *(kind["compiles"] for kind in report["runs"])]
    compiles = [row["seconds"] for rows in every for row in rows]
    ran = report["compiled"]
    others = (
        ("compiled code", sum(row["count"] for row in ran), sum(row["seconds"] for row in ran)),
        ("compiling", len(compiles), sum(compiles)),
        ("starting JAX", 0, report["starting"]),
        ("outside of steps: feeding, fetching, keeping new values", 0, report["rest"]),
    )
    named = [{"type": what, "count": n, "seconds": took} for what, n, took in others if took]
    return [*report["types"], *named]


def _by_line(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    compiled = [row | {"line": f"{row['line']}, compiled"} for row in report["compiled"]]
    return [*report["lines"], *compiled]


def _table(name: str, given: Sequence[Mapping[str, Any]], title: str) -> Iterator[str]:
    rows = sorted(given, key=lambda row: -row["seconds"])
    if not rows:
        return
    yield ""
    yield f"time {title}"
    total = sum(row["seconds"] for row in rows) or 1.0
    for row in rows[:_ROWS]:
        share = f"{100 * row['seconds'] / total:3.0f} %"
        count = f"{row['count']:,}" if row["count"] else ""
        yield f"  {seconds(row['seconds']):>9} {share} {count:>10}  {row[name] or '-'}"
    if len(rows) > _ROWS:
        rest = sum(row["seconds"] for row in rows[_ROWS:])
        yield f"  {seconds(rest):>9} {100 * rest / total:3.0f} % {len(rows) - _ROWS:>10,} more"


def _memory(memory: Mapping[str, Any]) -> Iterator[str]:
    if memory["peak"] is not None:
        yield f"{size(memory['peak'])} at the most"
    yield f"variables {size(memory['variables'])}"
    yield f"compiled code {size(memory['temporary'])} of its own"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(name.removesuffix(":0") for name in names[:_NAMES]) or "nothing"
    more = len(names) - _NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    for unit, size_of_it in (("s", 1.0), ("ms", 1e-3)):
        if value >= size_of_it:
            return f"{value / size_of_it:.3g} {unit}" if value < 1000 else f"{value:.0f} s"
    return f"{value * 1e6:.3g} µs"


def size(value: float) -> str:
    return f"{_scaled(value)}B"


def _scaled(value: float) -> str:
    for unit, size_of_it in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size_of_it:
            return f"{value / size_of_it:.3g} {unit}"
    return f"{value:.0f} "
