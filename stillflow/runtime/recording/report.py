"""What a recorder has recorded, as plain data: what `stillflow explain --json` writes.

Times are seconds, sizes bytes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.runtime.recording import reasons
from stillflow.runtime.recording.recorder import Recorder, Runs, Segment, Tally

_NS = 1e9


def report(recorder: Recorder) -> dict[str, Any]:
    """All that was recorded up to now."""
    kinds = [runs for runs in recorder.all if runs.runs.count]
    kinds.sort(key=lambda runs: -runs.runs.nanoseconds)
    every = [*kinds, recorder.others]
    temporary = [s.analysed.get("temporary", 0.0) for runs in every for s in runs.segments]
    return {
        "program": sys.argv,
        "seconds": (time.time_ns() - recorder.start) / _NS,
        "runs": [_of_kind(runs, recorder) for runs in kinds],
        "starting": recorder.starting,
        "rest": max(0.0, _rest(kinds) - recorder.starting),
        "other_compiles": _compiles(recorder.others),
        "types": list(_rows(every, lambda op: op.type, "type")),
        "lines": list(_rows(every, reasons.line_of, "line")),
        "compiled": [_total(runs) for runs in kinds if runs.segments],
        "memory": {
            "peak": _peak_memory(),
            "variables": recorder.variable_bytes,
            "temporary": max(temporary, default=0.0),
        },
        "failures": list(recorder.failures),
    }


def plan_of(executor: Any, refusals: Mapping[Operation, str]) -> dict[str, Any]:
    """What an executor does, where, and why there."""
    executors = reasons.parts_of(executor)
    stays = {op: why for part in executors for op, why in reasons.stays_of(part).items()}
    learned = [part.learned for part in executors]
    return {
        "steps": sum(reasons.size_of(part.plan) for part in executors),
        "tiers": [reasons.tier_of(part) for part in executors],
        "on_host": max(own.host_runs for own in learned),
        "on_xla": max(sum(p.runs for p in own.compiled.values()) for own in learned),
        "stays": list(reasons.blamed(stays, refusals)),
    }


def _of_kind(runs: Runs, recorder: Recorder) -> dict[str, Any]:
    plan = plan_of(runs.executor, recorder.refusals)
    lines = [
        {"line": "" if line is None else str(line), "count": count}
        for line, count in sorted(runs.lines.items(), key=lambda item: -item[1])
    ]
    return {
        "fetches": runs.fetches,
        "feeds": runs.feeds,
        "shapes": [
            {"shapes": [list(shape) for shape in shapes], "count": count}
            for shapes, count in sorted(runs.shapes.items(), key=lambda item: -item[1])
        ],
        "lines": lines,
        "count": runs.runs.count,
        "failed": runs.failed,
        "seconds": runs.runs.nanoseconds / _NS,
        "steps": plan["steps"],
        "compiled": runs.compiled,
        "tiers": plan["tiers"],
        "compiles": _compiles(runs),
        "segments": [_of_segment(s) for s in runs.segments if s.first is not None],
        "stays": [_with_times(row, runs) for row in plan["stays"]],
    }


def _compiles(runs: Runs) -> list[dict[str, Any]]:
    return [
        {
            "run": compiled.run,
            "name": compiled.name,
            "steps": compiled.steps,
            "seconds": compiled.seconds,
            "xla": compiled.xla,
            "cache": compiled.cache,
        }
        for compiled in runs.compiles
    ]


def _of_segment(segment: Segment) -> dict[str, Any]:
    return {
        "name": segment.name,
        "steps": segment.steps,
        "first": (segment.first or 0) / _NS,
        "count": segment.runs.count,
        "seconds": segment.runs.nanoseconds / _NS,
        **segment.analysed,
    }


def _total(runs: Runs) -> dict[str, Any]:
    """What the compiled segments of a kind took, first runs left out."""
    line = max(runs.lines, key=lambda line: runs.lines[line])
    spent = sum(segment.runs.nanoseconds for segment in runs.segments)
    count = sum(segment.runs.count for segment in runs.segments)
    return {"line": "" if line is None else str(line), "count": count, "seconds": spent / _NS}


def _rest(kinds: Iterable[Runs]) -> float:
    """What runs took outside of steps, segments and compiling."""
    rest = 0.0
    for runs in kinds:
        within = [*runs.steps.values(), *(segment.runs for segment in runs.segments)]
        rest += (runs.runs.nanoseconds - sum(tally.nanoseconds for tally in within)) / _NS
        rest -= sum(compiled.seconds for compiled in runs.compiles)
    return rest


def _with_times(row: dict[str, Any], runs: Runs) -> dict[str, Any]:
    tallies = (tally for op, tally in runs.steps.items() if op.name == row["name"])
    tally = next(tallies, Tally())
    return {**row, "count": tally.count, "seconds": tally.nanoseconds / _NS}


def _rows(every: Iterable[Runs], key: Any, name: str) -> Iterator[dict[str, Any]]:
    """What steps on the host took by `key` of their operations, the longest first."""
    found: dict[str, Tally] = {}
    for op, tally in _steps(every):
        total = found.setdefault(key(op), Tally())
        total.count += tally.count
        total.nanoseconds += tally.nanoseconds
    for value, total in sorted(found.items(), key=lambda item: -item[1].nanoseconds):
        yield {name: value, "count": total.count, "seconds": total.nanoseconds / _NS}


def _steps(every: Iterable[Runs]) -> Iterator[tuple[Operation, Tally]]:
    for runs in every:
        yield from list(runs.steps.items())


def _peak_memory() -> int | None:
    """The most memory that this process has had; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
