"""`python -m benchmarks`: measures, prints the targets, writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from benchmarks import report
from benchmarks.measure import Timings, Workers, time_programs, time_steps
from benchmarks.peers import PACKAGES, Peer, all_peers, gemm_peers
from benchmarks.workloads import FLOOR, GROWTH, MNIST, PROGRAMS, STEPS, Results, Step

ROOT = Path(__file__).resolve().parents[1]
COMPILES_SLOWLY = {"torch.compile": 0, "JAX": 1000}  # longer chains take minutes


def main() -> None:
    arguments = _arguments()
    peers, missing = [], []
    versions: dict[str, str] = {}
    for peer in all_peers(arguments.tf115, arguments.tf2, arguments.torch):
        version = peer.version(PACKAGES[peer.name]) if peer.name != "Stillflow" else ""
        if version is None:
            missing.append(peer.name)
        else:
            peers.append(peer)
            versions[peer.name] = version
    known = {peer.name for peer in peers} | set(missing)
    missing += [name for name in PACKAGES if name not in known]
    if missing:
        print(f"Not installed, so left out: {', '.join(missing)}")
    results = _measure(peers, arguments)
    report.write(results, versions, _machine(), missing, arguments.output)
    print(report.targets_table(results))
    print(f"Written to {arguments.output}")


def _measure(peers: list[Peer], arguments: argparse.Namespace) -> Results:
    results, workers = Results({}, {}, {}), Workers()
    only, share = arguments.only, 0.34 if arguments.quick else 1.0

    def wanted(key: str) -> bool:
        return not only or any(part in key for part in only)

    for step in STEPS:
        if wanted(step.key):
            floors = gemm_peers(peers) if step.key == "mnist step" else []
            results.steps[step.key] = _with_floor(
                _step(workers, peers + floors, step, share), floors
            )
    for program in PROGRAMS:
        if wanted(program.key):
            folder = str(ROOT / "stillflow" / "data" / "files")
            given = [folder if word == MNIST else word for word in program.arguments]
            rounds = max(1, round(program.rounds * share))
            _say(program.title)
            results.programs[program.key] = time_programs(peers, program.program, given, rounds)
            _show(results.programs[program.key].seconds)
    for key, steps in GROWTH.items():
        if wanted("growth"):
            results.growth[key] = {}
            for step in steps:
                size = next(iter(step.params.values()))
                able = peers
                if key == "length":
                    able = [p for p in peers if size <= COMPILES_SLOWLY.get(p.name, size)]
                results.growth[key][size] = _step(workers, able, step, share)
    workers.close()
    return results


def _step(workers: Workers, peers: list[Peer], step: Step, share: float) -> Timings:
    _say(step.title)
    rounds = max(3, round(step.rounds * share))
    timings = time_steps(workers, peers, step.workload, step.params, rounds, step.seconds)
    _show(timings)
    return timings


def _with_floor(timings: Timings, floors: list[Peer]) -> Timings:
    """The floor of a round is the fastest library's time in it."""
    measured = [timings.rounds[peer.name] for peer in floors if peer.name in timings.rounds]
    if measured:
        timings.rounds[FLOOR] = [min(times) for times in zip(*measured, strict=True)]
    return timings


def _say(title: str) -> None:
    print(f"{title} ...", flush=True)


def _show(timings: Timings) -> None:
    for name in timings.rounds:
        print(f"    {name:16} {report._time(timings.median(name))}", flush=True)
    for name, why in timings.failed.items():
        print(f"    {name:16} failed: {why}", flush=True)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    return (
        f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    for name in ("tf115", "tf2", "torch"):
        parser.add_argument(
            f"--{name}",
            metavar="COMMAND",
            default=os.environ.get(name.upper()) or None,
            help=f"a Python with {name}; otherwise ${name.upper()}, otherwise it is left out",
        )
    parser.add_argument("--only", nargs="*", metavar="PART", help="only work whose key has a PART")
    parser.add_argument("--quick", action="store_true", help="a third of the rounds")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
