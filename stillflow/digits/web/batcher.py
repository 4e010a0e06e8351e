"""Gathers concurrent requests into batches. Knows nothing of what runs them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class OverloadedError(Exception):
    """More is waiting than the batcher takes."""


class Batcher(Generic[Item, Answer]):
    """Runs items in one thread: an idle one at once, then all that came in the meantime together.

    `run` is given at most `batch` items and returns one answer for each, in their order. What it
    raises is raised for each of them. At most `most` items wait.
    """

    def __init__(
        self, run: Callable[[list[Item]], Sequence[Answer]], batch: int = 256, most: int = 4096
    ):
        self._run = run
        self._batch = batch
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "batcher")

    async def __call__(self, item: Item) -> Answer:
        """The answer for one item.

        Raises:
          OverloadedError: too many are waiting already.
        """
        if len(self._waiting) >= self._most:
            raise OverloadedError(f"{self._most} requests are waiting already: try again later.")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._next():
            items = [item for item, _ in batch]
            try:
                answers = await loop.run_in_executor(self._thread, self._run, items)
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
        self._draining = None

    def _next(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """The next items, less those whose caller has gone."""
        batch: list[tuple[Item, asyncio.Future[Answer]]] = []
        while self._waiting and len(batch) < self._batch:
            entry = self._waiting.popleft()
            if not entry[1].done():
                batch.append(entry)
        return batch

    def close(self) -> None:
        """Ends the thread, once what it runs is done."""
        self._thread.shutdown(cancel_futures=True)
