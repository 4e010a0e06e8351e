"""The processes that run one program together, and which of them this one is.

All ranks of a group run the same program in step: what they draw unseeded is the same, rank 0 alone
writes files, and the others wait until it has. A process that nobody started with others is rank 0
of 1. Where ranks go their own ways, as Horovod's do, each draws and writes for itself.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from typing import Any

TWO_WAYS = (
    "There are two ways to train in several processes, both synchronous: run the program as one "
    "task, without the cluster, by `stillflow launch --processes N` or on several hosts by "
    "`stillflow run --hosts A,B --rank R`; or use horovod.tensorflow in it. See "
    "docs/distributed.md."
)
"""What is said where a program is one of several asynchronous workers."""


class Alone:
    """The group of a process that was started by itself.

    `has_local_batches` tells that what ranks feed are parts of one batch. The group's processes
    compute together unless it `is_apart`.
    """

    rank = 0
    size = 1
    local_rank = 0
    local_size = 1
    host = "127.0.0.1"
    leader = "127.0.0.1"
    has_local_batches = False
    is_apart = False

    def exchange(self, what: str, value: Any) -> list[Any]:
        """Waits until all ranks are here, and returns the value of each.

        `what` says where the ranks are, for people; it must be the same for all. Values are what
        JSON has.

        Raises:
          tf.errors.InvalidArgumentError: another rank has come to something else.
          tf.errors.InternalError: another rank has failed.
        """
        return [value]

    def check(self, patience: float) -> None:
        """Raises the failure of another rank, if one is told within so many seconds."""

    def go_apart(self) -> None:
        """Has ranks draw, write and compute for themselves from here on."""


class _Current:
    """The group, and the numbers that it draws."""

    def __init__(self) -> None:
        self.group: Alone = Alone()
        self.seed = b""
        self.drawn = itertools.count()
        self.closing: list[Callable[[], None]] = []


_current = _Current()


def group() -> Alone:
    """The group that this process is in."""
    return _current.group


def join(group: Alone, seed: bytes) -> None:
    """Makes this process one of `group`, whose ranks draw from `seed`."""
    _current.group = group
    _current.seed = seed


def when_closed(close: Callable[[], None]) -> None:
    """Has `close` called when all ranks have reached the program's end."""
    _current.closing.append(close)


def close_all() -> None:
    """Calls what is to be called at the program's end."""
    while _current.closing:
        _current.closing.pop()()


def are_together() -> bool:
    """Whether several processes compute together."""
    return _current.group.size > 1 and not _current.group.is_apart


def writes_files() -> bool:
    """Whether what the program writes is to be on the disk; another rank writes it otherwise."""
    return _current.group.rank == 0 or _current.group.is_apart


def settle(what: str) -> None:
    """Waits for all ranks, behind and before what one writes and others read.

    A thread of the program's does not wait: only one rank may have it.
    """
    if are_together() and threading.current_thread() is threading.main_thread():
        _current.group.exchange(what, None)


def agreed(what: str, value: Any) -> Any:
    """What rank 0 has for `value`, where clocks and the like may differ."""
    return _current.group.exchange(what, value)[0] if are_together() else value


def entropy(count: int) -> bytes:
    """So many random bytes, the same for all that compute together."""
    if not are_together():
        return os.urandom(count)
    import hashlib  # few processes are in groups

    number = next(_current.drawn).to_bytes(8, "little")
    return hashlib.shake_128(_current.seed + number).digest(count)
