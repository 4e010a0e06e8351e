"""Records what runs do: how often and from where, steps on the host, compiled parts, compiles.

Executors, host programs and compiled segments that are made while there is a recorder tell it of
what they do. Without one they are as they always are, so that not asking costs nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.graph.source import SourceLine, user_line
from stillflow.runtime.steps import Step
from stillflow.runtime.tracing import Timed, timed

_MAX_SHAPES = 100  # of feeds, that are told apart
_MAX_EVENTS = 200_000  # of a trace
_MAX_WAITING = 10_000  # steps that a run has done, of a loop for instance


@dataclass(slots=True)
class Tally:
    """How often something was done, and how long that took in all."""

    count: int = 0
    nanoseconds: int = 0

    def add(self, nanoseconds: int) -> None:
        self.count += 1
        self.nanoseconds += nanoseconds


@dataclass(slots=True, eq=False)
class Segment:
    """Steps that are compiled together.

    first: nanoseconds of the first run, compiling included, which `runs` leave out.
    analysed: what XLA says of the code: `flops`, `bytes`, and memory by use.
    """

    name: str
    steps: int
    first: int | None = None
    runs: Tally = field(default_factory=Tally)
    analysed: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Compile:
    """A compilation.

    run: which run of its kind it was in, from 1.
    xla: seconds of XLA's own, or of reading what it made before.
    cache: `hit`, `miss`, or `off`.
    """

    name: str
    steps: int
    run: int
    seconds: float
    xla: float
    cache: str


@dataclass(slots=True, eq=False)
class Runs:
    """The runs of one executor, or of all that are no session's own."""

    executor: Any
    fetches: list[str]
    feeds: list[str]
    runs: Tally = field(default_factory=Tally)
    compiled: int = 0
    failed: int = 0
    lines: dict[SourceLine | None, int] = field(default_factory=dict)
    shapes: dict[tuple, int] = field(default_factory=dict)
    steps: dict[Operation, Tally] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    compiles: list[Compile] = field(default_factory=list)

    def add_steps(self, done: Iterable[tuple[Operation, int]]) -> None:
        """Adds steps that were done, and how long each took."""
        for op, nanoseconds in done:
            tally = self.steps.get(op)
            if tally is None:
                tally = self.steps[op] = Tally()
            tally.add(nanoseconds)


class _Thread(threading.local):
    """The run that this thread is in, the steps and the number of segments that it has done."""

    def __init__(self) -> None:
        self.runs: Runs | None = None
        self.done: list[tuple[Operation, int]] = []
        self.segments = 0


def _line() -> SourceLine | None:
    """The user's line that runs something; None in a thread that is none of the user's."""
    line = user_line()
    return None if line is None or line.filename == threading.__file__ else line


class Recorder:
    """All that is recorded. With `traces`, each step and segment is kept with its time."""

    def __init__(self, traces: bool = False):
        self.start = time.time_ns()
        self.all: list[Runs] = []
        self.others = Runs(None, [], [])
        self.events: list[tuple[str, Timed]] | None = [] if traces else None
        self.lost_events = 0
        self.variable_bytes = 0
        self.starting = 0.0  # seconds that JAX took to start
        # Of operations that tracing has refused, and of segments that failed to compile: why.
        self.refusals: dict[Operation, str] = {}
        self.failures: list[str] = []
        self._thread = _Thread()
        self._lock = threading.Lock()

    def watch(self, executor: Any, elements: Sequence[Any], feeds: Sequence[Any]) -> None:
        """Records the runs of a session's executor, which fetches `elements`."""
        runs = Runs(executor, [e.name for e in elements], [t.name for t in feeds])
        run = executor.run
        self.all.append(runs)

        def recorded(state: Any, arrays: list[Any]) -> Any:
            thread = self._thread
            before = thread.runs, thread.done, thread.segments
            thread.runs, thread.done, thread.segments = runs, [], 0
            failed = 1
            start = time.time_ns()
            try:
                results = run(state, arrays)
                failed = 0
                return results
            finally:
                took = time.time_ns() - start
                done, segments = thread.done, thread.segments
                thread.runs, thread.done, thread.segments = before
                shapes = tuple([array.shape for array in arrays])
                self._note_run(runs, _line(), shapes, took, failed, done, segments)
                if runs.runs.count == 1:
                    self._measure(state)

        executor.run = recorded

    def step(self, call: Callable[..., Any], step: Step) -> Callable[..., Any]:
        """`call`, which carries out `step` on the host, recorded."""
        return timed(call, step, self._note_step)

    def new_segment(self, name: str, steps: int) -> Segment:
        """A segment of the run that this thread is in."""
        segment = Segment(name, steps)
        (self._thread.runs or self.others).segments.append(segment)
        return segment

    def segment(self, call: Callable[..., Any], segment: Segment) -> Callable[..., Any]:
        """`call`, which runs a compiled segment, recorded."""
        return timed(call, segment, self._note_segment)

    def note_compile(
        self, name: str, steps: int, seconds: float, xla: float, cache: str, start: int
    ) -> None:
        """Records a compilation that this thread has done."""
        runs = self._thread.runs or self.others
        with self._lock:
            found = Compile(name, steps, runs.runs.count + 1, seconds, xla, cache)
            runs.compiles.append(found)
            self._keep("compiling", Timed(name, start, start + int(seconds * 1e9), ()))

    def _note_run(
        self,
        runs: Runs,
        line: SourceLine | None,
        shapes: tuple,
        took: int,
        failed: int,
        done: list[tuple[Operation, int]],
        segments: int,
    ) -> None:
        with self._lock:
            runs.runs.add(took)
            runs.failed += failed
            runs.compiled += segments > 0
            runs.lines[line] = runs.lines.get(line, 0) + 1
            if shapes in runs.shapes or len(runs.shapes) < _MAX_SHAPES:
                runs.shapes[shapes] = runs.shapes.get(shapes, 0) + 1
            runs.add_steps(done)

    def _note_step(self, step: Step, start: int, took: int, alone: int, result: Any) -> None:
        thread = self._thread
        done = thread.done
        done.append((step.op, alone))
        if thread.runs is None or len(done) > _MAX_WAITING:
            thread.done = []
            with self._lock:
                (thread.runs or self.others).add_steps(done)
        if self.events is not None:
            self._keep("host", Timed(step.op, start, start + took, ()))

    def _note_segment(
        self, segment: Segment, start: int, took: int, alone: int, result: Any
    ) -> None:
        self._thread.segments += 1
        with self._lock:
            if segment.first is None:
                segment.first = took
                return
            segment.runs.add(took)
            self._keep("XLA", Timed(segment.name, start, start + took, ()))

    def _keep(self, device: str, event: Timed) -> None:
        if self.events is None:
            return
        if len(self.events) < _MAX_EVENTS:
            self.events.append((device, event))
        else:
            self.lost_events += 1

    def _measure(self, state: Any) -> None:
        """How much the variables of a session take: a run may be the first to give them values."""
        values = list(state.variables.values())
        held = sum(getattr(value, "nbytes", 0) or 0 for value in values)
        self.variable_bytes = max(self.variable_bytes, held)
