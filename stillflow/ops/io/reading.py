"""Readers in a session: they take the names of files from a queue, and give records one by one.

One run at a time reads; who comes meanwhile waits for its turn. What a run has read goes back where
the run fails, and a thread that is interrupted while it reads loses no record.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import Any

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.declare.taking import note_begun
from stillflow.graph.dtypes import string
from stillflow.graph.errors import OpError, UnimplementedError
from stillflow.graph.protos import schema
from stillflow.ops.queues.lines import Queue, move

# Its key and its value.
Record = tuple[bytes, bytes]


class Reading:
    """What an op has begun with a reader: to read as many records from the files of a queue."""

    def __init__(self, reader: Reader, queue: Queue, count: int):
        self.reader = reader
        self.queue = queue
        self.count = count
        self.taken: deque[Record] = deque()
        self.is_counted = False
        note_begun(self)

    @property
    def watched(self) -> tuple[Resource, ...]:
        return self.reader, self.queue

    def is_ready(self) -> bool:
        """Whether there is something to read, or nothing to wait for."""
        return self.reader.is_free and (self.reader.has_work or self.queue.gives_or_fails)

    def give_up(self) -> None:
        self.reader.give_up(self)


class Reader(Resource):
    """Base of readers. `records` yields what is in a file."""

    kind = ""
    reads_whole_files = False  # a file is one record
    keeps_state = False

    def __init__(self, name: str):
        super().__init__(name)
        self.produced = 0
        self.completed = 0
        self._turn: Reading | None = None
        self._back: deque[Record] = deque()
        self._work: deque[bytes] = deque()  # the file that is read, if any
        self._last_work = b""  # as states tell it
        self._file: Generator[Record, None, None] | None = None
        self._source: Iterator[Record] | None = None  # what is left of it
        self._given = 0  # records of this file

    @property
    def title(self) -> str:
        """How errors call it: by the name of its node."""
        return f"{self.kind} '{re.sub(r'^_[0-9]+_', '', self.name)}'"

    @property
    def is_free(self) -> bool:
        """Whether nobody reads."""
        return self._turn is None or self.is_cancelled

    @property
    def has_work(self) -> bool:
        """Whether it has begun with a file, or has records that went back."""
        return bool(self._back or self._work)

    def records(self, work: bytes) -> Generator[Record, None, None]:
        raise NotImplementedError

    def finish(self, attempt: Reading) -> deque[Record]:
        """Reads what was begun.

        Raises:
          tf.errors.OpError: the queue is closed, or a file cannot be read.
        """
        with self.lock:
            self.wait_until(lambda: self._turn is None, "Read operation")
            self._turn = attempt
        try:
            self._read(attempt)
            self.produced += len(attempt.taken)
            attempt.is_counted = True
        finally:
            self._end_turn(attempt)
        return attempt.taken

    def give_up(self, attempt: Reading) -> None:
        with self.lock:
            if attempt.is_counted:
                self.produced -= len(attempt.taken)
                attempt.is_counted = False
            move(attempt.taken.pop, self._back.extendleft, len(attempt.taken))
        self._end_turn(attempt)

    def reset(self) -> None:
        """Begins with the next file as if none had been read."""
        with self.lock:
            self.produced = self.completed = self._given = 0
            self._back.clear()
            self._work.clear()
            self._last_work = b""
            self._leave_file()

    def cancel(self) -> None:
        super().cancel()
        with self.lock:
            self._leave_file()

    def state(self) -> bytes:
        """How far it is, as TensorFlow stores that."""
        if not self.keeps_state:
            raise UnimplementedError(None, None, "Reader SerializeState")
        with self.lock:
            counts = {"work_started": self.completed, "work_finished": self.completed}
            counts["num_records_produced"] = self.produced
            state = _state_class()(**counts, current_work=self._last_work)
            return state.SerializeToString(deterministic=True)

    def restore(self, state: bytes) -> None:
        """Goes on from where `state` says."""
        from google.protobuf.message import DecodeError

        if not self.keeps_state:
            raise UnimplementedError(None, None, "Reader RestoreState")
        self.reset()
        try:
            told = _state_class().FromString(state)
        except DecodeError:
            refuse(f"Could not parse state for {self.title}: {_escaped(state)}")
        counts = told.work_started, told.work_finished, told.num_records_produced
        if min(counts) < 0:
            refuse(f"Unexpected negative value when restoring in {self.title}: {told}")
        if told.work_started > told.work_finished:
            refuse(f"Inconsistent work started vs. finished when restoring in {self.title}: {told}")
        with self.lock:
            self.completed, self.produced = told.work_finished, told.num_records_produced
            self._last_work = told.current_work

    # ----------------------------------------------------------------------------------------------

    def _end_turn(self, attempt: Reading) -> None:
        with self.lock:
            if self._turn is attempt:
                self._turn = None
                self.changed.notify_all()

    def _read(self, attempt: Reading) -> None:
        taken = attempt.taken
        while len(taken) < attempt.count:
            wanted = attempt.count - len(taken)
            if self._back:
                move(self._back.popleft, taken.extend, min(wanted, len(self._back)))
                continue
            if not self._work:
                if taken:  # more records would be of another file
                    return
                self._next_file(attempt.queue)
            if self._take(taken, wanted) == 0 or self.reads_whole_files:
                self._end_file()

    def _take(self, taken: deque[Record], wanted: int) -> int:
        """Adds the next records of the file to `taken`; returns how many."""
        if self._source is None:
            self._file = self.records(self._work[0])
            self._source = islice(self._file, self._given, None)
        before = len(taken)
        try:
            taken.extend(islice(self._source, wanted))
        except OpError as error:
            if self._given == 0 and len(taken) == before:
                self._work.clear()  # it could not be opened
            self._source = _failing(error)
            raise
        except BaseException:
            self._leave_file()
            raise
        finally:
            self._given += len(taken) - before
        return len(taken) - before

    def _next_file(self, queue: Queue) -> None:
        if len(queue.types) != 1:
            refuse("Expected single component queue")
        if queue.types[0] is not string:
            refuse("Expected queue with single string component")
        attempt = queue.dequeue()
        self._last_work = b""
        queue.finish(attempt)
        names = [name for (value,) in attempt.taken for name in _strings(value)]
        if not names:
            refuse("Expected to dequeue a one-element string tensor")
        attempt.taken.clear()
        self._leave_file()
        self._given = 0
        self._work.append(names[0])
        self._last_work = names[0]

    def _end_file(self) -> None:
        self.completed += 1
        self._leave_file()
        self._work.clear()

    def _leave_file(self) -> None:
        """Closes the file, if one is open; one that a thread is reading is closed by itself."""
        file, self._file, self._source = self._file, None, None
        if file is not None:
            with suppress(ValueError):
                file.close()


def _strings(value: Any) -> list[bytes]:
    """The strings of an element's component, which may be a plain one."""
    return [value] if isinstance(value, bytes) else value.reshape(-1).tolist()


def _failing(error: OpError) -> Iterator[Record]:
    raise error
    yield


@cache
def _state_class() -> Any:
    fields = ("work_started", "work_finished", "num_records_produced")
    numbered = {name: (number, "int64") for number, name in enumerate(fields, 1)}
    told: schema.Schema = {"ReaderBaseState": {**numbered, "current_work": (4, "bytes")}}
    pool = schema.pool_of(told, "stillflow")
    return schema.message_class(pool, "stillflow.ReaderBaseState")


def _escaped(state: bytes) -> str:
    """Bytes as C writes them."""
    named = {10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 39: "\\'", 92: "\\\\"}
    return "".join(
        named.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in state
    )
