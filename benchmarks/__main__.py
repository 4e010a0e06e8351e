"""`python -m benchmarks [steps] [processes]`: measures, prints each row with its targets.

A run of a whole part is kept, beside those of other releases of JAX, and docs/benchmarks.md is
written from all that is kept. `--only` rows and `--quick` runs are printed alone, unless `--write`
is given.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from benchmarks import machine, report
from benchmarks.measure import Workers, time_programs, time_steps
from benchmarks.peers import PACKAGES, Peer, all_peers, gemm_peers
from benchmarks.results import Results, Run, Timings, keep, kept
from benchmarks.targets import beside
from benchmarks.workloads import FLOOR, MNIST, NATIVE, PROGRAMS, STEPS, Program, Step

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("steps", "processes")


def main() -> None:
    arguments = _arguments()
    if not arguments.report:
        peers = all_peers(arguments.tf115, arguments.tf2, arguments.torch, arguments.native)
        versions = {peer.name: peer.version(PACKAGES[peer.name]) for peer in peers}
        known = {name: version for name, version in versions.items() if version is not None}
        missing = [name for name in PACKAGES if name not in known]
        if missing:
            print(f"Not installed, so left out: {', '.join(missing)}")
        run = Run(machine.description(), known, missing, Results())
        _measure(run.results, [peer for peer in peers if peer.name in known], arguments)
        if (arguments.only or arguments.quick) and not arguments.write:
            return
        keep(run)
    if not (runs := kept()):
        raise SystemExit("benchmarks: nothing is kept yet; `make bench` measures.")
    report.write(runs, arguments.output)
    print(f"Written to {arguments.output}")


def _measure(results: Results, peers: list[Peer], arguments: argparse.Namespace) -> None:
    share = 0.34 if arguments.quick else 1.0
    wanted = _wanted(arguments.only)
    steps = [step for step in STEPS if step.key in wanted]
    programs = [program for program in PROGRAMS if program.key in wanted]
    for part in arguments.parts or PARTS:
        start = time.perf_counter()
        if part == "steps" and steps:
            _measure_steps(results, peers, steps, share)
        elif part == "processes" and programs:
            _measure_programs(results, peers, programs, share)
        else:
            continue
        print(f"The {part} took {(time.perf_counter() - start) / 60:.1f} minutes.", flush=True)


def _wanted(only: list[str] | None) -> set[str]:
    """The keys of the rows to measure: those named, or with a part that is named, and what their
    targets compare them with."""
    keys = [row.key for row in (*STEPS, *PROGRAMS)]
    wanted: set[str] = set()
    for part in only or [""]:
        found = {part} if part in keys else {key for key in keys if part in key}
        if not found:
            raise SystemExit(f"benchmarks: no row has {part!r} in it; there are {', '.join(keys)}")
        wanted |= found
    return wanted | beside(wanted)


def _of(peers: list[Peer], row: Step | Program, systems: Collection[str] = PACKAGES) -> list[Peer]:
    """The peers that a row is measured with."""
    return [p for p in peers if p.name in systems and (row.gains or p.name != NATIVE)]


Row = TypeVar("Row", Step, Program)


def _groups(rows: list[Row]) -> list[list[Row]]:
    """Rows that are measured in the same rounds."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.beside or row.key, []).append(row)
    return list(groups.values())


def _measure_steps(results: Results, peers: list[Peer], steps: list[Step], share: float) -> None:
    workers = Workers()
    for group in _groups(steps):
        floors = gemm_peers(peers) if group[0].floor else []
        pairs = [(step, _of(peers, step, step.systems or PACKAGES) + floors) for step in group]
        found = time_steps(workers, pairs, max(2, round(group[0].rounds * share)))
        for step in group:
            _floor(found[step.key], floors)
        results.steps |= found
        _show(results, found)
    workers.close()


def _floor(timings: Timings, floors: list[Peer]) -> None:
    """The floor of a round is the fastest library's time in it."""
    measured = [timings.rounds[peer.name] for peer in floors if peer.name in timings.rounds]
    if measured:
        timings.rounds[FLOOR] = [min(times) for times in zip(*measured, strict=False)]


def _measure_programs(
    results: Results, peers: list[Peer], programs: list[Program], share: float
) -> None:
    words = {MNIST: str(ROOT / "stillflow" / "data" / "files")}
    for group in _groups(programs):
        found = time_programs(
            _of(peers, group[0]), group, max(1, round(group[0].rounds * share)), words
        )
        results.processes |= found
        _show(results, {key: processes.seconds for key, processes in found.items()})


def _show(results: Results, found: dict[str, Timings]) -> None:
    for key, timings in found.items():
        print("\n".join(report.lines(results, key, timings)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" or ".join(PARTS))
    for name in ("tf115", "tf2", "torch", "native"):
        parser.add_argument(
            f"--{name}",
            metavar="COMMAND",
            default=os.environ.get(name.upper()) or None,
            help=f"a Python with {name}; otherwise ${name.upper()}, otherwise it is left out",
        )
    parser.add_argument("--only", nargs="*", metavar="ROW", help="rows by name, or by a part of it")
    parser.add_argument("--quick", action="store_true", help="a third of the rounds")
    parser.add_argument("--write", action="store_true", help="keep also what --only measured")
    parser.add_argument("--report", action="store_true", help="write the page of what is kept")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {sorted(unknown)[0]!r}: {' or '.join(PARTS)}")
    return arguments


if __name__ == "__main__":
    main()
