"""Parts of one computation on all cores, for NumPy's calls that have one each.

Each part computes in a thread of its own that takes denormal numbers for zero, as a run does.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import contextvars
import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.numpy.denormals import flush_from_now_on

_MOST = 16  # threads; what they share, the memory, is busy by then


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)


def for_each(function: Callable[[Any], None], parts: Sequence[Any]) -> None:
    """Calls `function` with each of `parts`; what one of the calls raises, this does.

    The caller computes as well, and waits for no thread that has not begun: where other programs
    have the cores, it is done as soon as it would be alone.
    """
    left = collections.deque(parts)

    def compute() -> None:
        with contextlib.suppress(IndexError):
            while True:
                function(left.popleft())

    helpers = min(cores(), len(parts)) - 1
    # Whether NumPy warns, for instance, is as it is here.
    begun = [_pool().submit(contextvars.copy_context().run, compute) for _ in range(helpers)]
    try:
        compute()
    finally:
        left.clear()
        waiting = [helper for helper in begun if not helper.cancel()]
        concurrent.futures.wait(waiting)
    for helper in waiting:
        helper.result()


@functools.cache
def _pool() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(
        cores(), "stillflow", initializer=flush_from_now_on
    )


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
