"""docs/benchmarks.md and its plots, from results."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Timings
from benchmarks.workloads import OURS, PROGRAMS, STEPS, TARGETS, Results

HEADER = """# Benchmarks

`make bench` measured this page; [benchmarks/](../benchmarks) holds the workloads, each in every
system's own idiom. The systems take turns, a slice of time after another, so that a machine that
becomes slower does so for all of them: read ratios, not times. A ratio is the median over the
rounds of the two systems' times in the same round; a time is the median over the rounds. A round of
a step is the fastest tenth of its samples: what else the machine does only adds time.
[performance.md](performance.md) explains the figures, and what limits those that miss a target.
"""


def write(results: Results, versions: dict[str, str], machine: str, missing: list[str], to: Path):
    """Writes the page to `to`, and its plots to `images/` beside it."""
    names = list(versions)
    parts = [
        HEADER,
        f"Machine: {machine}.\n",
        "Systems: " + ", ".join(f"{n} {v}" if v else n for n, v in versions.items()) + ".\n",
    ]
    if missing:
        parts.append(f"Not installed, so left out: {', '.join(missing)}.\n")
    parts += ["## Targets\n", targets_table(results), "## A step\n", _steps_table(results, names)]
    parts += ["## A process\n", _processes_table(results, names, "seconds")]
    parts += ["## Peak memory, MiB\n", _processes_table(results, names, "memory")]
    images = to.parent / "images"
    images.mkdir(exist_ok=True)
    plotted = [_plot(key, results, names, images) for key in results.growth]
    if plotted:
        parts.append("## Growth\n")
        parts += [_growth_table(key, results, names) for key in results.growth]
        parts += [f"![{name}](images/{name}.svg)\n" for name in plotted]
    to.write_text("\n".join(parts), "utf-8")


def targets_table(results: Results) -> str:
    rows = []
    for target in TARGETS:
        ratio = target.ratio(results)
        shown = "not measured" if ratio is None else f"{ratio:.2f}"
        met = "" if ratio is None else ("yes" if target.met(ratio) else "**no**")
        rows.append([target.work, target.asks, shown, met])
    return _table(["work", "target", "ratio", "met"], rows)


def _steps_table(results: Results, names: list[str]) -> str:
    rows = []
    for step in STEPS:
        if timings := results.steps.get(step.key):
            per = step.params.get("length", 1) if step.key == "build" else 1
            title = step.title + (" (per operation)" if per > 1 else "")
            columns = [n for n in timings.rounds if n not in names]
            extra = f" ({columns[-1]}: {_time(timings.median(columns[-1]))})" if columns else ""
            rows.append([title + extra, *(_cell(timings, name, per) for name in names)])
    return _table(["work", *names], rows)


def _cell(timings: Timings, name: str, per: int = 1) -> str:
    if name in timings.failed:
        return "failed"
    median = timings.median(name)
    return "" if median is None else _time(median / per)


def _processes_table(results: Results, names: list[str], what: str) -> str:
    rows = []
    for program in PROGRAMS:
        if found := results.programs.get(program.key):
            timings: Timings = getattr(found, what)
            medians = [timings.median(name) for name in names]
            show = _time if what == "seconds" else "{:.0f}".format
            if timings.rounds:
                rows.append([program.title, *("" if m is None else show(m) for m in medians)])
    return _table(["process", *names], rows)


def _growth_table(key: str, results: Results, names: list[str]) -> str:
    rows = [
        [str(size), *(_cell(timings, name) for name in names)]
        for size, timings in results.growth[key].items()
    ]
    return _table([key, *names], rows)


def _plot(key: str, results: Results, names: list[str], folder: Path) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    sizes = list(results.growth[key])
    for name in names:
        points = [(n, results.growth[key][n].median(name)) for n in sizes]
        known = [(n, 1e3 * seconds) for n, seconds in points if seconds is not None]
        if known:
            width = 2.2 if name == OURS else 1.2
            axes.plot(*zip(*known, strict=True), marker="o", markersize=3, label=name, lw=width)
    labels = {"build": ("operations", "ms to build"), "length": ("operations", "ms per run")}
    x_label, y_label = labels.get(key, (key, "ms per step"))
    axes.set(xscale="log", yscale="log", xlabel=x_label, ylabel=y_label)
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8)
    name = f"bench-{key}"
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    return name


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
