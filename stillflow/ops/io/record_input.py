"""Records of several files in random order, batch by batch, for ever: `RecordInput`."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.taking import note_begun
from stillflow.graph.errors import NotFoundError
from stillflow.graph.text import as_text
from stillflow.ops.random.mersenne import MersenneTwister
from stillflow.platform import files
from stillflow.platform.records import RecordReader

_AT_ONCE = 16  # records of a file that go into the buffer together
_FACTOR, _MASK = 0xC6A4A7935BD1E995, (1 << 64) - 1


class RecordYielder:
    """A buffer of records out of which each is taken from a random place.

    In an epoch every record of every file is given once. TensorFlow's threads fill the buffer while
    records are taken from it; here it is filled first, so that the order is the same every time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buffer: list[bytes] = []
        self._returned: list[bytes] = []  # of runs that failed afterwards
        self._epoch: Any = None
        self._number = 0  # of the epoch

    def begin(self, pattern: str, seed: int, shift: float, size: int, kind: str, shards: int):
        """Called before each `take`; only the first call counts."""
        if self._epoch is None:
            self._random = MersenneTwister(seed)
            self._told = pattern, seed, shift, kind, shards
            self._size = size
            self._epoch = self._records()

    def take(self, count: int) -> list[bytes]:
        """The next `count` records; NotFoundError where no file has any."""
        taken = _Taken(self)
        note_begun(taken)
        with self._lock:
            while len(taken.records) < count:
                if self._returned:
                    taken.records.append(self._returned.pop(0))
                    continue
                self._fill()
                if self._buffer:
                    taken.records.append(self._buffer.pop())
                else:
                    self._epoch = self._records()
        return list(taken.records)

    def give_back(self, records: list[bytes]) -> None:
        with self._lock:
            self._returned = records + self._returned

    def _fill(self) -> None:
        while len(self._buffer) < self._size:
            record = next(self._epoch, None)
            if record is None:
                return
            place = self._random.next() % (len(self._buffer) + 1)
            if place == len(self._buffer):
                self._buffer.append(record)
            else:
                self._buffer.append(self._buffer[place])
                self._buffer[place] = record

    def _records(self):
        """Yields the records of one epoch: of `shards` files side by side."""
        pattern, _, _, kind, shards = self._told
        self._number += 1
        names = self._names()
        turns = [_Shard(names[at::shards], kind) for at in range(min(shards, len(names)))]
        is_any = False
        while turns:
            for turn in list(turns):
                records = turn.take(_AT_ONCE)
                if not records:
                    turns.remove(turn)
                while records:
                    is_any = True
                    yield records.pop()
        if not is_any:
            raise NotFoundError(None, None, f"Found no files at {pattern}")

    def _names(self) -> list[str]:
        pattern, seed, shift, _, _ = self._told
        names = [name for part in pattern.split(",") for name in sorted(_matching(part))]
        if not names:
            raise NotFoundError(None, None, f"Found no files at {pattern}")
        MersenneTwister(_hashed(self._number, seed)).shuffle(names)
        if 0 <= shift < 1:
            by = int(np.float32(shift) * np.float32(len(names)))
            names = names[by:] + names[:by]
        return names


class _Taken:
    """Records that a run takes, which go back if the run fails."""

    def __init__(self, yielder: RecordYielder):
        self._yielder = yielder
        self.records: list[bytes] = []

    def give_up(self) -> None:
        records, self.records = self.records, []
        self._yielder.give_back(records)


class _Shard:
    """The records of some files, one after another."""

    def __init__(self, names: list[str], kind: str):
        self._records = (record for name in names for record in _of_file(name, kind))

    def take(self, count: int) -> list[bytes]:
        return [record for _, record in zip(range(count), self._records, strict=False)]


def _of_file(name: str, kind: str):
    with RecordReader(name, kind) as reader:
        yield from reader


def _matching(pattern: str) -> list[str]:
    try:
        return files.glob(pattern)
    except NotFoundError:  # of the folder
        return []


def _hashed(number: int, seed: int) -> int:
    """MurmurHash64A of one word."""
    h = (seed ^ 8 * _FACTOR) & _MASK
    k = number * _FACTOR & _MASK
    h = (h ^ (k ^ k >> 47) * _FACTOR & _MASK) * _FACTOR & _MASK
    h = (h ^ h >> 47) * _FACTOR & _MASK
    return h ^ h >> 47


@op("RecordInput", "-> records: string", shape=lambda ctx: None, kept=RecordYielder, host=True)
def record_input_op(
    xp,
    yielder,
    *,
    file_pattern: str,
    file_random_seed: int = 301,
    file_shuffle_shift_ratio: float = 0.0,
    file_buffer_size: int = 10000,
    file_parallelism: int = 16,
    batch_size: int = 32,
    compression_type: str = "",
):
    """-> string[batch_size], records of the files that match, taken at random"""
    if batch_size < 1 or file_buffer_size < 1 or file_parallelism < 1:
        refuse("batch_size, file_buffer_size and file_parallelism must be positive.")
    yielder.begin(
        as_text(file_pattern),
        file_random_seed,
        file_shuffle_shift_ratio,
        file_buffer_size,
        as_text(compression_type),
        file_parallelism,
    )
    return np.array(yielder.take(batch_size), object)


record_input_op.not_differentiable()
