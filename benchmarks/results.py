"""What was measured, and how it is kept: a file for each release of JAX."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

KEPT = Path(__file__).parent / "results"


@dataclass
class Timings:
    """What one workload took in each system: seconds of each round, in the order of the rounds.

    `machine` is its rate of matrix products before and after, in GFLOP/s.
    """

    rounds: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    machine: list[float] = field(default_factory=list)

    def add(self, name: str, seconds: float) -> None:
        self.rounds.setdefault(name, []).append(seconds)

    def median(self, name: str) -> float | None:
        return statistics.median(self.rounds[name]) if self.rounds.get(name) else None


@dataclass
class Processes:
    """Whole processes: seconds, and the peak of their memory in MiB."""

    seconds: Timings = field(default_factory=Timings)
    memory: Timings = field(default_factory=Timings)


@dataclass
class Results:
    steps: dict[str, Timings] = field(default_factory=dict)
    processes: dict[str, Processes] = field(default_factory=dict)


@dataclass
class Run:
    """Results of one Python with one release of JAX; `versions` are those of the systems."""

    machine: str
    versions: dict[str, str]
    missing: list[str]
    results: Results

    @property
    def jax(self) -> str:
        return self.versions["JAX"]


def keep(run: Run, folder: Path = KEPT) -> None:
    """Adds what `run` measured to what is kept of its release of JAX."""
    path = folder / f"jax-{run.jax}.json"
    if path.exists():
        before = _read(path)
        run.results.steps = before.results.steps | run.results.steps
        run.results.processes = before.results.processes | run.results.processes
        run.versions = before.versions | run.versions
        run.missing = [name for name in run.missing if name not in run.versions]
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(_short(asdict(run)), indent=1) + "\n", "utf-8")


def kept(folder: Path = KEPT) -> list[Run]:
    """The runs of every release, the oldest first."""
    return sorted(map(_read, folder.glob("jax-*.json")), key=lambda run: _release(run.jax))


def _release(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _read(path: Path) -> Run:
    read = json.loads(path.read_text("utf-8"))
    steps = {key: Timings(**timings) for key, timings in read["results"]["steps"].items()}
    processes = {
        key: Processes(**{what: Timings(**timings) for what, timings in found.items()})
        for key, found in read["results"]["processes"].items()
    }
    return Run(read["machine"], read["versions"], read["missing"], Results(steps, processes))


def _short(value: object) -> object:
    """`value` with numbers of four digits: no clock is better."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
