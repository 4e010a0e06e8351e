"""Gathers concurrent requests into batches. Knows nothing of what runs them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class OverloadedError(Exception):
    """More is waiting than the batcher takes."""


class Batcher(Generic[Item, Answer]):
    """Runs items in one thread: an idle one at once, then all that came in the meantime together.

    `run` is given items of one kind, and returns an answer for each, in their order. What it raises
    is raised for each of them.

    Args:
      batch: how much `run` is given at most; a larger item is run alone.
      most: how many items wait at most.
      wait: seconds for which a batch that is not full waits for more.
      size: how much of a batch an item is.
      kind: what items that may run together have in common.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Sequence[Answer]],
        batch: int = 256,
        most: int = 4096,
        wait: float = 0.0,
        size: Callable[[Item], int] = lambda item: 1,
        kind: Callable[[Item], Hashable] = lambda item: None,
    ):
        self._run = run
        self._batch = batch
        self._most = most
        self._wait = wait
        self._size = size
        self._kind = kind
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "batcher")

    @property
    def waiting(self) -> int:
        """How many items wait."""
        return len(self._waiting)

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
        while self._waiting:
            if self._wait and sum(self._size(item) for item, _ in self._waiting) < self._batch:
                await asyncio.sleep(self._wait)
            batch = self._next()
            if not batch:
                continue
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
        """The first item, and what goes with it; without those whose caller has gone."""
        batch: list[tuple[Item, asyncio.Future[Answer]]] = []
        left: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        total = 0
        while self._waiting and total < self._batch:
            entry = self._waiting.popleft()
            if entry[1].done():
                continue
            size = self._size(entry[0])
            fits = not batch or total + size <= self._batch
            if fits and self._kind(entry[0]) == self._kind((batch or [entry])[0][0]):
                batch.append(entry)
                total += size
            else:
                left.append(entry)
        self._waiting.extendleft(reversed(left))
        return batch

    def close(self) -> None:
        """Ends the thread, once what it runs is done."""
        self._thread.shutdown(cancel_futures=True)
