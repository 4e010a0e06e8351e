"""Rows as they are measured, and docs/benchmarks.md with its plots, from what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Processes, Results, Run, Timings
from benchmarks.targets import TARGETS, Reached
from benchmarks.workloads import OURS, PROGRAMS, STEPS, Step

HEADER = """# Benchmarks

`make bench` measured this page; [benchmarks/](../benchmarks) holds the workloads, each in every
system's own idiom. The systems take turns, a slice of time after another, so that a machine that
becomes slower does so for all of them: read ratios, not times. A ratio is the median over the
rounds of the two systems' times in the same round, with the range of nine tenths of the rounds; a
time is the median over the rounds. A round of a step is the fastest tenth of its samples: what else
the machine does only adds time. What the machine did before and after a row, in GFLOP/s of NumPy's
product of two 512x512 matrices, says how quiet it was. There are columns for each release of JAX
that was measured. [performance.md](performance.md) explains the figures, and what limits those that
miss a target.
"""


def lines(results: Results, key: str, timings: Timings) -> Iterator[str]:
    """What a row measured: times, its targets, the state of the machine."""
    row = next(row for row in (*STEPS, *PROGRAMS) if row.key == key)
    yield f"{row.title}  [{key}]"
    for name in timings.rounds:
        yield f"    {name:16} {_time(timings.median(name))}"
    for name, why in timings.failed.items():
        yield f"    {name:16} failed: {why}"
    for target in TARGETS:
        if key == target.rows[0] and (reached := target.reached(results)):
            met = "met" if reached.met else "MISSED"
            yield f"    target {target.asks}: {_ratio(reached)}, {met}"
    yield f"    machine {_machine(timings)} GFLOP/s before and after"


def _ratio(reached: Reached) -> str:
    low, high = reached.spread
    return f"{reached.ratio:.2f} ({low:.2f}-{high:.2f})"


def _machine(timings: Timings) -> str:
    return ", ".join(f"{rate:.0f}" for rate in timings.machine)


def write(runs: list[Run], to: Path) -> None:
    """Writes the page to `to`, and its plots to `images/` beside it."""
    parts = [HEADER, "## Targets\n", targets_table(runs)]
    images = to.parent / "images"
    images.mkdir(exist_ok=True)
    for run in runs:
        parts += _of_release(run)
    latest = runs[-1]
    for series in _series(latest.results):
        _plot(series, latest, images)
        parts.append(f"![{series}](images/bench-{series}.svg)\n")
    to.write_text("\n".join(parts), "utf-8")


def _of_release(run: Run) -> Iterator[str]:
    """The tables of a release of JAX."""
    yield f"## With JAX {run.jax}\n"
    yield f"Machine: {run.machine}.\n"
    systems = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    yield f"Systems: {systems}.\n"
    if run.missing:
        yield f"Not installed, so left out: {', '.join(run.missing)}.\n"
    yield f"Rounds: {_counts(run.results)}.\n"
    yield from ("### A step\n", _steps_table(run))
    yield from ("### A process\n", _processes_table(run, "seconds"))
    yield from ("### Peak memory, MiB\n", _processes_table(run, "memory"))
    for series in _series(run.results):
        yield from (f"### By {series}\n", _growth_table(series, run))


def _counts(results: Results) -> str:
    """How many rounds the rows had: a quick run has a third of them."""
    kinds = {
        "steps": results.steps.values(),
        "processes": [each.seconds for each in results.processes.values()],
    }
    told = []
    for kind, rows in kinds.items():
        counts = sorted(len(times) for row in rows for times in row.rounds.values())
        if counts:
            told.append(f"{counts[0]} to {counts[-1]} for {kind}")
    return ", ".join(told) or "none"


def targets_table(runs: list[Run]) -> str:
    header = ["work", "target"]
    for run in runs:
        header += [f"with JAX {run.jax}", "GFLOP/s", "met"]
    rows = []
    for target in TARGETS:
        cells = [target.work, target.asks]
        for run in runs:
            reached = target.reached(run.results)
            cells += _reached(reached, _timings(run.results, target.rows[0]))
        rows.append(cells)
    return _table(header, rows)


def _reached(reached: Reached | None, timings: Timings | None) -> list[str]:
    if reached is None or timings is None:
        return ["not measured", "", ""]
    return [_ratio(reached), _machine(timings), "yes" if reached.met else "**no**"]


def _timings(results: Results, key: str) -> Timings | None:
    if key in results.steps:
        return results.steps[key]
    return results.processes[key].seconds if key in results.processes else None


def _steps_table(run: Run) -> str:
    rows = []
    for step in STEPS:
        timings = run.results.steps.get(step.key)
        if timings and (step.series is None or step.operations > 1):
            others = [name for name in timings.rounds if name not in run.versions]
            floor = f" ({others[-1]}: {_time(timings.median(others[-1]))})" if others else ""
            cells = (_cell(timings, name, step.operations) for name in run.versions)
            rows.append([step.title + floor, *cells])
    return _table(["work", *run.versions], rows)


def _cell(timings: Timings, name: str, per: int = 1) -> str:
    if name in timings.failed:
        return "failed"
    median = timings.median(name)
    return "" if median is None else _time(median / per)


def _processes_table(run: Run, what: str) -> str:
    rows = []
    show = _time if what == "seconds" else "{:.0f}".format
    for program in PROGRAMS:
        found = run.results.processes.get(program.key, Processes())
        timings: Timings = getattr(found, what)
        medians = [timings.median(name) for name in run.versions]
        if timings.rounds and not (program.tells and what == "memory"):
            rows.append([program.title, *("" if m is None else show(m) for m in medians)])
    return _table(["process", *run.versions], rows)


def _series(results: Results) -> dict[str, list[Step]]:
    """What grows, and the steps that were measured of each, by size."""
    found: dict[str, list[Step]] = {}
    for step in STEPS:
        if step.series and step.key in results.steps:
            found.setdefault(step.series[0], []).append(step)
    return {name: sorted(steps, key=_size) for name, steps in found.items()}


def _size(step: Step) -> int:
    assert step.series is not None
    return step.series[1]


def _growth_table(series: str, run: Run) -> str:
    rows = [
        [str(_size(step)), *(_cell(run.results.steps[step.key], name) for name in run.versions)]
        for step in _series(run.results)[series]
    ]
    return _table([series, *run.versions], rows)


def _plot(series: str, run: Run, folder: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    steps = _series(run.results)[series]
    for name in run.versions:
        points = [(_size(step), run.results.steps[step.key].median(name)) for step in steps]
        known = [(size, 1e3 * seconds) for size, seconds in points if seconds is not None]
        if known:
            width = 2.2 if name == OURS else 1.2
            axes.plot(*zip(*known, strict=True), marker="o", markersize=3, label=name, lw=width)
    labels = {"build": ("operations", "ms to build"), "length": ("operations", "ms per run")}
    x_label, y_label = labels.get(series, (series, "ms per step"))
    axes.set(xscale="log", yscale="log", xlabel=x_label, ylabel=y_label)
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(folder / f"bench-{series}.svg", metadata={"Date": None})


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1 or unit == "us":
            value = seconds * factor
            return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"
    raise AssertionError


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"
