"""`stillflow launch`: the ranks of a program as processes of this machine, until all end."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import IO, Any, NoReturn

from stillflow.distribute.membership import FOLLOWED, Membership, as_variables

_GRACE = 2.0  # seconds that the other ranks have when one has failed
_SOON = 0.5
_LOOK = 0.02
_LINES = 40


def _kept() -> IO[bytes]:
    return tempfile.TemporaryFile()


class _Rank:
    """A process. What ranks but the first print is dropped; what they complain of is kept."""

    def __init__(self, arguments: Sequence[str], membership: Membership):
        self.rank = membership.rank
        self._complaints: IO[bytes] | None = _kept() if self.rank else None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stillflow", "run", *arguments],
            env={"PYTHONHASHSEED": "0", **os.environ, **as_variables(membership)},
            stdin=subprocess.DEVNULL if self.rank else None,
            stdout=subprocess.DEVNULL if self.rank else None,
            stderr=self._complaints,
            pass_fds=[] if membership.listener is None else [membership.listener],
            start_new_session=True,  # an interrupt comes from here, once
        )

    def send(self, number: int) -> None:
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def told(self) -> str:
        """The end of what it wrote to its standard error."""
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()[-_LINES:]
        return "".join(f"[rank {self.rank}] {line}\n" for line in lines)

    def outcome(self) -> str:
        code = self.process.returncode
        if code >= 0:
            return f"rank {self.rank} has exited with {code}"
        return f"rank {self.rank} was ended by {signal.Signals(-code).name}"


def launch(arguments: Sequence[str], size: int, restarts: int) -> NoReturn:
    """Runs `stillflow run ARGUMENTS` as so many ranks, and exits as they do.

    When one fails, all end; they start again up to `restarts` times.
    """
    for attempt in range(restarts + 1):
        code, was_asked = _Attempt(arguments, size).run()
        if code == 0 or was_asked or attempt == restarts:
            sys.exit(code)
        _say(f"all {size} ranks start again ({attempt + 1} of {restarts})")
    raise AssertionError("unreachable")


class _Attempt:
    def __init__(self, arguments: Sequence[str], size: int):
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            leader = f"127.0.0.1:{listener.getsockname()[1]}"
            self._ranks = [
                _Rank(
                    arguments,
                    Membership(
                        rank,
                        size,
                        leader,
                        local_rank=rank,
                        local_size=size,
                        host="127.0.0.1",
                        listener=listener.fileno() if rank == 0 else None,
                        token=token,
                    ),
                )
                for rank in range(size)
            ]
        self._asked: int | None = None

    def run(self) -> tuple[int, bool]:
        """The exit code, and whether it was asked from outside that all end."""
        before = {n: signal.signal(n, self._ask) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            first = self._first_failure()
            if first is not None:
                self._end_all()
                self._report(first)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)
        if self._asked is not None:
            return 128 + self._asked, True
        return (0, False) if first is None else (_exit_code(first), False)

    def _ask(self, number: int, _: FrameType | None) -> None:
        """Hands a signal on to all."""
        self._asked = number
        for rank in self._ranks:
            rank.send(number)

    def _first_failure(self) -> _Rank | None:
        """Waits until one has failed, or all have ended well."""
        while True:
            codes = [rank.process.poll() for rank in self._ranks]
            if any(codes):
                return self._cause()
            if None not in codes:
                return None
            time.sleep(_LOOK)

    def _cause(self) -> _Rank:
        """Of the ranks that have failed one that did so by itself, if it is not long in coming."""
        end = time.monotonic() + _SOON
        while True:
            failed = [rank for rank in self._ranks if rank.process.poll()]
            causes = [rank for rank in failed if rank.process.returncode != FOLLOWED]
            if causes or time.monotonic() > end:
                return (causes or failed)[0]
            time.sleep(_LOOK)

    def _end_all(self) -> None:
        """Waits a little for those that are left, and ends them."""
        self._wait(_GRACE)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for rank in self._ranks:
                rank.send(number)
            self._wait(0.5)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        for rank in self._ranks:
            with suppress(subprocess.TimeoutExpired):
                rank.process.wait(max(0.0, end - time.monotonic()))

    def _report(self, first: _Rank) -> None:
        if self._asked is None:
            sys.stderr.write(first.told())
            if first.process.returncode != FOLLOWED:
                _say(first.outcome())


def _exit_code(rank: _Rank) -> int:
    code: int = rank.process.returncode
    if code == FOLLOWED:
        return 1
    return code if code > 0 else 128 - code


def _say(text: Any) -> None:
    print(f"stillflow: {text}", file=sys.stderr, flush=True)
