"""One event file: a record per Event, the first one naming the format."""

from __future__ import annotations

import itertools
import os
import socket
import time
from typing import Any, BinaryIO

from stillflow.platform import processes, records
from stillflow.platform.os_errors import os_errors_as_tf

_FORMAT = "brain.Event:2"


class EventFile:
    """A new event file in the folder `logdir`. For one thread.

    It is made with its first event; at once when its name has a suffix, as TensorFlow's is.
    """

    def __init__(self, logdir: str, flush_seconds: float, suffix: str = ""):
        self._logdir = logdir
        self._suffix = suffix
        self._flush_seconds = flush_seconds
        self._file: BinaryIO | None = None
        self._next_flush = 0.0
        if suffix:
            self.start()

    def start(self) -> None:
        """Makes the file now, unless there is one."""
        if self._file is None:
            self._file = self._new_file()
            self.flush()

    def write(self, event: Any) -> None:
        """Adds an Event; it reaches the disk at the latest with the first one after the interval.

        Raises:
          tf.errors.OpError: the file cannot be written.
        """
        if self._file is None:
            self._file = self._new_file()
        now = time.monotonic()
        with os_errors_as_tf(self._file.name):
            self._file.write(records.framed(event.SerializeToString()))
            if now >= self._next_flush:
                self._file.flush()
                self._next_flush = now + self._flush_seconds

    def _new_file(self) -> BinaryIO:
        from tensorboard.compat.proto.event_pb2 import Event

        started = time.time()
        self._next_flush = time.monotonic() + self._flush_seconds
        with os_errors_as_tf(self._logdir):
            file = self._opened(int(started))
            header = Event(wall_time=started, file_version=_FORMAT)
            file.write(records.framed(header.SerializeToString()))
        return file

    def _opened(self, started: int) -> BinaryIO:
        """A file named after the time, as TensorFlow's; a later second where that one is taken."""
        if not processes.writes_files():
            return open(os.devnull, "wb")
        for second in itertools.count(started):
            name = f"events.out.tfevents.{second:010d}.{socket.gethostname()}{self._suffix}"
            try:
                return open(os.path.join(self._logdir, name), "xb")
            except FileExistsError:
                continue
        raise AssertionError("unreachable")

    def flush(self) -> None:
        if self._file is not None:
            with os_errors_as_tf(self._file.name):
                self._file.flush()

    def close(self) -> None:
        """Writes what is left; the next event would begin another file."""
        if self._file is not None:
            with os_errors_as_tf(self._file.name):
                self._file.close()
            self._file = None
