"""Timing systems in turn: their steps through workers, their programs as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks.machine import gemm_rate
from benchmarks.peers import Peer
from benchmarks.results import Processes, Timings
from benchmarks.workloads import Program, Step

#: Rounds of a row end after so long, but for the first two: one row by name takes two minutes.
LIMIT = 50.0


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

    def prepare(self, step: Step) -> bool:
        """Whether the system has the step's workload, which is ready then."""
        request = {"prepare": step.workload, "params": step.params, "key": step.key}
        return self._ask(request)["ready"]

    def measure(self, step: Step) -> list[float]:
        return self._ask({"measure": step.seconds, "key": step.key})["times"]

    def forget(self) -> None:
        """Lets go of what was prepared."""
        self._ask({"forget": True})

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
    workers: Workers, pairs: list[tuple[Step, list[Peer]]], rounds: int
) -> dict[str, Timings]:
    """Times steps that stand beside each other, each in its systems, for some rounds.

    All take turns: a slice of time each, round after round.
    """
    found = {step.key: Timings(machine=[gemm_rate()]) for step, _ in pairs}
    turns = [
        (step, peer)
        for step, peers in pairs
        for peer in peers
        if _attempt(workers, peer, found[step.key], lambda worker, s=step: worker.prepare(s))
    ]
    start = time.perf_counter()
    for done in range(rounds):
        if done >= 2 and time.perf_counter() - start > LIMIT:
            break
        for step, peer in turns:
            timings = found[step.key]
            if times := _attempt(workers, peer, timings, lambda worker, s=step: worker.measure(s)):
                # What else the machine does only adds time: the fastest tenth is what a step costs.
                timings.add(peer.name, sorted(times)[len(times) // 10])
    for peer in {peer.name: peer for _, peer in turns}.values():
        _attempt(workers, peer, Timings(), lambda worker: worker.forget() or True)
    after = gemm_rate()
    for timings in found.values():
        timings.machine.append(after)
    return found


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


def time_programs(
    peers: list[Peer], programs: list[Program], rounds: int, words: dict[str, str]
) -> dict[str, Processes]:
    """Runs programs that stand beside each other from start to end in each system, in turn.

    Args:
        words: what stands for some of their arguments.
    """
    found = {program.key: Processes(Timings(machine=[gemm_rate()])) for program in programs}
    warm = [program for program in programs if program.warm]
    for counted, these in [(False, warm), *[(True, programs)] * rounds]:
        for program in these:
            for peer in peers:
                _run_once(peer, program, words, found[program.key], counted)
    after = gemm_rate()
    for processes in found.values():
        processes.seconds.machine.append(after)
    return found


def _run_once(
    peer: Peer, program: Program, words: dict[str, str], found: Processes, counted: bool
) -> None:
    command = peer.program(program.program)
    if command is None or peer.name in found.seconds.failed:
        return
    given = [words.get(word, word) for word in program.arguments]
    code, seconds, mebibytes, said = _run(command + given, peer.environment())
    if code:
        found.seconds.failed[peer.name] = f"it ended with code {code}"
    elif counted:
        found.seconds.add(peer.name, float(said.split()[-1]) if program.tells else seconds)
        found.memory.add(peer.name, mebibytes)


def _run(command: list[str], env: dict[str, str]) -> tuple[int, float, float, str]:
    """Exit code, seconds, peak of memory, and what it printed."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # ru_maxrss: bytes there, else KiB
    return process.returncode, seconds, usage.ru_maxrss / unit, said
