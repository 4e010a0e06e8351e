"""Requests of one loaded model, several in one run where that is asked for and possible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stillflow.graph.errors import DeadlineExceededError, OpError
from stillflow.serving.batcher import Batcher
from stillflow.serving.loading import Servable
from stillflow.serving.signatures import Signature

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Limits:
    """How requests are run.

    batch: rows of several requests that go into one run; 1 gives each request a run of its own.
    wait: seconds for which a batch that is not full waits for more.
    queue: requests of one model that wait at most.
    seconds: how long a request may take.
    """

    batch: int = 1
    wait: float = 0.0
    queue: int = 4096
    seconds: float = 30.0


class Call(NamedTuple):
    """A request: a signature and what is fed, of `rows` rows where it may run with others."""

    signature: Signature
    feeds: Arrays
    rows: int | None


class Runner:
    """Runs the requests of one model, in one thread."""

    def __init__(
        self,
        servable: Servable,
        limits: Limits,
        watch: Callable[[int, float], None] = lambda rows, seconds: None,
    ):
        """`watch` is told of each run how many requests were in it, and how long it took."""
        self.servable = servable
        self._limits = limits
        self._watch = watch
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._batcher = Batcher[Call, Arrays | OpError](
            self._run, limits.batch, limits.queue, limits.wait, _size, _kind
        )

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return self._batcher.waiting

    async def __call__(self, signature: Signature, feeds: Arrays) -> Arrays:
        """What the model gives.

        Raises:
          tf.errors.OpError: the run failed, or took too long.
          OverloadedError: too many requests wait already.
        """
        call = Call(signature, feeds, self._rows(signature, feeds))
        try:
            async with asyncio.timeout(self._limits.seconds):
                found = await self._batcher(call)
        except TimeoutError:
            raise too_late(self._limits.seconds) from None
        if isinstance(found, OpError):
            raise found
        return found

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Keeps the model from being closed, for as long as the context lasts."""
        self._busy += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def close(self) -> None:
        """Frees the model, once no request is busy with it."""
        await self._idle.wait()
        await asyncio.to_thread(self._batcher.close)
        self.servable.close()

    def sizes(self) -> list[int]:
        """How many rows a run may have when requests are run together."""
        sizes = [1]
        while sizes[-1] < self._limits.batch:
            sizes.append(min(2 * sizes[-1], self._limits.batch))
        return sizes

    def _rows(self, signature: Signature, feeds: Arrays) -> int | None:
        if self._limits.batch == 1 or not (feeds and signature.has_rows):
            return None
        if any(signature.inputs[key].misfit(key, value) for key, value in feeds.items()):
            return None
        rows = {len(value) for value in feeds.values()}
        together = len(rows) == 1 and 0 < max(rows) <= self._limits.batch
        return rows.pop() if together else None

    def _run(self, calls: list[Call]) -> list[Arrays | OpError]:
        """The answer of each call, or why there is none."""
        start = time.perf_counter()
        try:
            if calls[0].rows is None:
                return [self._alone(call) for call in calls]
            try:
                return self._together(calls)
            except (OpError, _NotInRows):  # of one request; the others' are to be answered
                return [self._alone(call) for call in calls]
        finally:
            self._watch(len(calls), time.perf_counter() - start)

    def _alone(self, call: Call) -> Arrays | OpError:
        try:
            return self.servable.run(call.signature, call.feeds)
        except OpError as error:
            return error

    def _together(self, calls: list[Call]) -> list[Arrays | OpError]:
        """One run of all rows, filled up so that few numbers of rows are compiled."""
        counts = [call.rows or 0 for call in calls]
        total = sum(counts)
        size = next(size for size in self.sizes() if size >= total)
        feeds = {}
        for key in calls[0].feeds:
            parts = [call.feeds[key] for call in calls]
            last = parts[-1][-1:]
            feeds[key] = np.concatenate([*parts, *[last] * (size - total)])
        found = self.servable.run(calls[0].signature, feeds)
        if any(value.ndim == 0 or len(value) != size for value in found.values()):
            raise _NotInRows
        ends = np.cumsum(counts)
        return [
            {key: value[end - count : end] for key, value in found.items()}
            for count, end in zip(counts, ends, strict=True)
        ]


def too_late(seconds: float) -> DeadlineExceededError:
    """The error for a request that was not answered within `seconds`."""
    return DeadlineExceededError(
        None, None, f"The request was not done within {seconds:g} seconds."
    )


class _NotInRows(Exception):
    """An output has not a row for each that is fed, whatever the signature says."""


def _size(call: Call) -> int:
    return call.rows or 1


def _kind(call: Call) -> Hashable:
    if call.rows is None:
        return id(call)
    return call.signature.name, *(value.shape[1:] for value in call.feeds.values())
