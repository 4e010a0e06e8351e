"""Compiling, told: to people who wait for it, and to the recorder of what runs do.

JAX tells of its work by events. They are of whatever it compiles; here one thing is compiled at a
time (`runtime.xla`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
from jax import monitoring

from stillflow.platform.progress import long_work
from stillflow.runtime.recording.current import current
from stillflow.runtime.recording.recorder import Recorder, Segment

_COMPILED = "/jax/core/compile/backend_compile_duration"
_OF_CACHE = {
    "/jax/compilation_cache/cache_hits": "hit",
    "/jax/compilation_cache/cache_misses": "miss",
}


class _Told:
    """What JAX has told since a compilation began.

    end: when it last finished compiling something; 0 before.
    """

    def __init__(self) -> None:
        self.end = 0.0
        self.xla = 0.0
        self.cache = "off"


_told = _Told()


def _on_event(event: str, **_: Any) -> None:
    _told.cache = _OF_CACHE.get(event, _told.cache)


def _on_duration(event: str, duration_secs: float, **_: Any) -> None:
    if event == _COMPILED:
        _told.end = time.monotonic()
        _told.xla += duration_secs


monitoring.register_event_listener(_on_event)
monitoring.register_event_duration_secs_listener(_on_duration)


@contextmanager
def compiling(name: str, steps: int) -> Iterator[None]:
    """A `with` block that compiles `name`, of so many steps, and runs it for the first time."""
    global _told
    told = _told = _Told()
    start, began = time.monotonic(), time.time_ns()

    def said() -> str:
        doing = "running" if told.end else "compiling"
        return f"{doing} {name} ({steps:,} operation{'' if steps == 1 else 's'})"

    with long_work(said):
        yield
    if current.recorder is not None and told.end:
        seconds = told.end - start
        current.recorder.note_compile(name, steps, seconds, told.xla, told.cache, began)


def recorded(
    recorder: Recorder, segment: Segment, call: Callable[..., Any], function: Callable[[], Any]
) -> Callable[..., Any]:
    """`call`, which runs a segment by what `function()` gives, compiled; recorded."""
    timed_call = recorder.segment(call, segment)

    def run(*arguments: Any) -> Any:
        if segment.first is not None:
            return timed_call(*arguments)
        shapes = jax.tree.map(_shape, arguments)  # a run gives buffers up
        results = timed_call(*arguments)
        segment.analysed = _analysed(function(), shapes)
        return results

    return run


def _shape(value: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(np.shape(value), value.dtype)


def _analysed(function: Any, shapes: Sequence[Any]) -> dict[str, float]:
    """What XLA says of compiled code: its arithmetic, the bytes it touches, its memory."""
    try:
        code = function.lower(*shapes).compile()
        cost, memory = code.cost_analysis() or {}, code.memory_analysis()
    except Exception:  # not every backend can say, nor every function be asked
        return {}
    found = {
        "flops": cost.get("flops"),
        "bytes": cost.get("bytes accessed"),
        "arguments": getattr(memory, "argument_size_in_bytes", None),
        "results": getattr(memory, "output_size_in_bytes", None),
        "temporary": getattr(memory, "temp_size_in_bytes", None),
    }
    return {what: float(value) for what, value in found.items() if value is not None}
