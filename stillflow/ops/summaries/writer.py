"""Writers of summaries in a session: what is written to them goes to an event file. Know no op."""

from __future__ import annotations

import os
import time
from typing import Any

from stillflow.declare.resources import Resource
from stillflow.graph.errors import NotFoundError
from stillflow.graph.text import local_path
from stillflow.platform.event_file import EventFile
from stillflow.platform.os_errors import os_errors_as_tf


class Writer(Resource):
    """Has a file from `open` to `close`; events wait in a queue until they are many, or old."""

    def __init__(self, name: str, container: str = ""):
        super().__init__(name)
        self._container = container
        self._file: EventFile | None = None
        self._queue: list[Any] = []
        self._max_queue = 0
        self._flush_seconds = 0.0
        self._flushed_at = 0.0

    def open(self, logdir: str, max_queue: int, flush_millis: int, suffix: str) -> None:
        """Begins a file in the folder `logdir`, unless there is one already.

        Raises:
          tf.errors.OpError: the folder or the file cannot be made.
        """
        with self.lock:
            if self._file is not None:
                return
            folder = local_path(logdir)
            with os_errors_as_tf(folder):
                os.makedirs(folder, exist_ok=True)
            file = EventFile(folder, 0, suffix)
            file.start()
            self._file = file
            self._max_queue, self._flush_seconds = max_queue, flush_millis / 1000
            self._flushed_at = time.monotonic()

    def write(self, event: Any) -> None:
        """Adds an Event; with more than `max_queue` of them, all reach the file.

        Raises:
          tf.errors.NotFoundError: the writer is not open.
          tf.errors.OpError: the file cannot be written.
        """
        with self.lock:
            self._check_open()
            self._queue.append(event)
            waited = time.monotonic() - self._flushed_at
            if len(self._queue) > self._max_queue or waited > self._flush_seconds:
                self._flush()

    def flush(self) -> None:
        with self.lock:
            self._check_open()
            self._flush()

    def close(self) -> None:
        """Flushes, and ends the file: the next `open` begins another."""
        with self.lock:
            file = self._check_open()
            self._flush()
            self._file = None
            file.close()

    def cancel(self) -> None:
        """The session is closed: what waits is written."""
        super().cancel()
        with self.lock:
            if self._file is not None:
                self.close()

    def _flush(self) -> None:
        file = self._check_open()
        for event in self._queue:
            file.write(event)
        self._queue.clear()
        file.flush()
        self._flushed_at = time.monotonic()

    def _check_open(self) -> EventFile:
        if self._file is None:
            raise NotFoundError(
                None,
                None,
                f"Container {self._container or 'localhost'} does not exist. (Could not find "
                f"resource: {self._container or 'localhost'}/{self.name})\n"
                "  Run tf.contrib.summary.summary_writer_initializer_op() first.",
            )
        return self._file
