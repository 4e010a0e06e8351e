"""`tensorflow.python.profiler.profile_context`: reports amid a training, of some steps."""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from stillflow.graph.errors import InternalError, UnimplementedError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.platform.files import GFile, MakeDirs
from stillflow.profiler.profiling import Profiler
from stillflow.runtime.fetches import FetchStructure
from stillflow.runtime.session import BaseSession

WARMUP_STEPS = 10
MAX_TRACED_STEPS = 100
_ENOUGH = 0.5  # of the nodes in what was traced
_VIEWS = {
    "graph": "profile_graph",
    "scope": "profile_name_scope",
    "op": "profile_operations",
    "code": "profile_python",
}


class ProfileContext:
    """A block in which the runs of sessions are steps, some of which are traced and reported.

    Args:
      profile_dir: a folder for what `debug` writes.
      trace_steps: the steps to trace, at most 100; None for such as fetch something new, after
        ten, and some more while few of the nodes were seen.
      dump_steps: must be empty: profiles in files are not there.
      enabled: if false the block does nothing.
      debug: tells on standard error of what it does, and writes each RunMetadata as text.

    Raises:
      ValueError: there is no folder, or there are too many steps.
      tf.errors.UnimplementedError: `dump_steps` are wanted.
    """

    def __init__(
        self,
        profile_dir: str,
        trace_steps: Collection[int] | None = None,
        dump_steps: Collection[int] | None = None,
        enabled: bool = True,
        debug: bool = False,
    ):
        self._enabled = enabled
        if not enabled:
            return
        if not profile_dir:
            raise ValueError("Must have a directory for profile.\n")
        if trace_steps is not None and len(trace_steps) > MAX_TRACED_STEPS:
            raise ValueError("Only support tracing up to 100 steps.\n")
        if dump_steps is None or len(dump_steps):
            self.dump_next_step()
        self._folder = profile_dir
        self._debug = debug
        self._is_automatic = trace_steps is None
        self._trace_steps = set(trace_steps or ())
        self._traces_next = False
        self._step = 0
        self._traced = 0
        self._fetched: set[str] = set()
        self._chance = random.Random(111)
        self._wanted: list[tuple[str, Mapping[str, Any], Collection[int]]] = []
        self._profiler: Profiler | None = None
        self._found: dict[str, dict[int, Any]] = {}
        self._lock = threading.Lock()

    @property
    def profiler(self) -> Profiler | None:
        """The Profiler of the steps that were traced; None where the context is not enabled."""
        if not self._enabled:
            return None
        if self._profiler is None:
            self._profiler = Profiler(get_default_graph())
        return self._profiler

    def get_profiles(self, cmd: str) -> dict[int, Any]:
        """{step: what the view `cmd` reported}; ValueError where it never did."""
        if cmd not in self._found:
            raise ValueError(f"No autoprofiler for command: {cmd}, was run")
        return self._found[cmd]

    def add_auto_profiling(
        self, cmd: str, options: Mapping[str, Any], profile_steps: Collection[int]
    ) -> None:
        """Traces these steps, and reports the view `cmd` after each."""
        if self._enabled:
            self._wanted.append((cmd, options, tuple(profile_steps)))
            self._trace_steps |= set(profile_steps)

    def trace_next_step(self) -> None:
        self._traces_next = True

    def dump_next_step(self) -> None:
        """UnimplementedError: profiles in files are not there."""
        if self._enabled:
            raise UnimplementedError(
                None,
                None,
                "Profiles in files are not in Stillflow.\n  Pass dump_steps=[]; reports are "
                "written with ProfileOptionBuilder.with_file_output().",
            )

    def __enter__(self) -> ProfileContext:
        if self._enabled:
            if hasattr(BaseSession, "profile_context"):
                raise InternalError(None, None, "Already in context or context not cleaned.")
            self._plain = BaseSession.run
            BaseSession.run = _profiled(self, self._plain)  # type: ignore[method-assign]
            BaseSession.profile_context = self  # type: ignore[attr-defined]
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._enabled:
            BaseSession.run = self._plain  # type: ignore[method-assign]
            del BaseSession.profile_context  # type: ignore[attr-defined]

    def _run(
        self, run: Callable[..., Any], graph: Graph, fetches: Any, fed: Any, told: Any, seen: Any
    ) -> Any:
        """A run that is a step; one beside another thread's is neither traced nor reported."""
        acquired = self._lock.acquire(blocking=False)
        try:
            if not acquired or not self._is_traced(graph, fetches):
                result = run(fetches, fed, told, seen)
            else:
                result = self._trace(run, graph, fetches, fed, told, seen)
            if acquired:
                self._report()
            return result
        finally:
            self._step += 1
            self._traces_next = False
            if acquired:
                self._lock.release()

    def _is_traced(self, graph: Graph, fetches: Any) -> bool:
        if self._traced > MAX_TRACED_STEPS:
            return False
        if self._step in self._trace_steps or self._traces_next:
            return True
        if not self._is_automatic or self._step <= WARMUP_STEPS:
            return False
        names = (element.name for element in FetchStructure(graph, fetches).elements)
        fetched = "-".join(sorted(names))
        if fetched not in self._fetched:
            self._fetched.add(fetched)
            return True
        covered = self.profiler._coverage  # type: ignore[union-attr]
        is_early = self._step < MAX_TRACED_STEPS
        return covered < _ENOUGH and is_early and self._chance.randint(0, 10) < 2

    def _trace(
        self, run: Callable[..., Any], graph: Graph, fetches: Any, fed: Any, told: Any, seen: Any
    ) -> Any:
        from tensorboard.compat.proto.config_pb2 import RunMetadata, RunOptions

        self._traced += 1
        self._say(f"tracing step: {self._step}")
        options = RunOptions()
        if told is not None:
            options.CopyFrom(told)
        options.trace_level = RunOptions.FULL_TRACE
        metadata = RunMetadata() if seen is None else seen
        result = run(fetches, fed, options, metadata)
        if self._debug:
            MakeDirs(self._folder)
            with GFile(os.path.join(self._folder, f"run_meta_{self._step}"), "w") as file:
                file.write(str(metadata))
        profiler = self.profiler
        profiler._graph = graph  # type: ignore[union-attr]
        profiler.add_step(self._step, metadata)  # type: ignore[union-attr]
        return result

    def _report(self) -> None:
        for cmd, options, steps in self._wanted:
            if self._step not in steps:
                continue
            if cmd not in _VIEWS:
                raise ValueError(f"Unknown cmd: {cmd}\n")
            self._say(f"profiling {cmd} step: {self._step}")
            reported = getattr(self.profiler, _VIEWS[cmd])(options)
            self._found.setdefault(cmd, {})[self._step] = reported

    def _say(self, what: str) -> None:
        if self._debug:
            sys.stderr.write(f"debug: {what}\n")


def _profiled(profiles: ProfileContext, run: Callable[..., Any]) -> Callable[..., Any]:
    """`run` of sessions, whose runs are steps."""

    def profiled(
        session: BaseSession,
        fetches: Any,
        feed_dict: dict | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        plain = run.__get__(session)
        return profiles._run(plain, session.graph, fetches, feed_dict, options, run_metadata)

    return profiled
