"""Timing systems in turn: their steps through workers, their programs as processes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.peers import Peer


@dataclass
class Timings:
    """What one workload took in each system: seconds of each round, in the order of the rounds."""

    rounds: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        self.rounds.setdefault(name, []).append(seconds)

    def median(self, name: str) -> float | None:
        return statistics.median(self.rounds[name]) if name in self.rounds else None

    def ratio(self, slower: str, faster: str) -> float | None:
        """The median over the rounds of one system's time to another's in the same round."""
        if slower not in self.rounds or faster not in self.rounds:
            return None
        pairs = zip(self.rounds[slower], self.rounds[faster], strict=False)
        return statistics.median(a / b for a, b in pairs)


class Worker:
    """A system's worker process."""

    def __init__(self, peer: Peer):
        self.peer = peer
        self._process = subprocess.Popen(
            peer.worker(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=peer.environment(),
            text=True,
        )

    def prepare(self, workload: str, params: dict[str, Any]) -> bool:
        """Whether the system has the workload, which is ready then."""
        return self._ask({"prepare": workload, "params": params})["ready"]

    def measure(self, seconds: float) -> list[float]:
        return self._ask({"measure": seconds})["times"]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the worker ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


class Workers:
    """The workers of some systems, each started when it is first needed."""

    def __init__(self) -> None:
        self._started: dict[str, Worker] = {}

    def of(self, peer: Peer) -> Worker:
        if peer.name not in self._started:
            self._started[peer.name] = Worker(peer)
        return self._started[peer.name]

    def drop(self, peer: Peer) -> None:
        self._started.pop(peer.name).close()

    def close(self) -> None:
        for worker in self._started.values():
            worker.close()


def time_steps(
    workers: Workers,
    peers: list[Peer],
    workload: str,
    params: dict[str, Any],
    rounds: int,
    seconds: float,
) -> Timings:
    """Times a step in each system, a slice of `seconds` after another, for some rounds."""
    timings = Timings()
    ready = [
        p for p in peers if _attempt(workers, p, timings, lambda w: w.prepare(workload, params))
    ]
    for _ in range(rounds):
        for peer in ready:
            if times := _attempt(workers, peer, timings, lambda w: sorted(w.measure(seconds))):
                # What else the machine does only adds time: the fastest tenth is what a step costs.
                timings.add(peer.name, times[len(times) // 10])
    return timings


def _attempt(workers: Workers, peer: Peer, timings: Timings, ask: Callable[[Worker], Any]) -> Any:
    """What `peer`'s worker answers; None when it fails, which ends it and is noted in `timings`."""
    if peer.name in timings.failed:
        return None
    try:
        return ask(workers.of(peer))
    except (RuntimeError, OSError) as error:
        timings.failed[peer.name] = str(error)
        workers.drop(peer)
        return None


@dataclass
class Processes:
    """Whole processes: seconds, and the peak of their memory in MiB."""

    seconds: Timings = field(default_factory=Timings)
    memory: Timings = field(default_factory=Timings)


def time_programs(peers: list[Peer], program: str, arguments: list[str], rounds: int) -> Processes:
    """Runs a program from start to end in each system, in turn; the first round counts too."""
    result = Processes()
    for _ in range(rounds):
        for peer in peers:
            command = peer.program(program)
            if command is None or peer.name in result.seconds.failed:
                continue
            code, seconds, mebibytes = _run(command + arguments, peer.environment())
            if code:
                result.seconds.failed[peer.name] = f"it ended with code {code}"
                continue
            result.seconds.add(peer.name, seconds)
            result.memory.add(peer.name, mebibytes)
    return result


def _run(command: list[str], env: dict[str, str]) -> tuple[int, float, float]:
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # ru_maxrss: bytes there, else KiB
    return process.returncode, seconds, usage.ru_maxrss / unit
