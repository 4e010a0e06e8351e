"""Queues that threads fill with rows of arrays, batch by batch."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.errors import CancelledError, OutOfRangeError
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue, RandomShuffleQueue
from stillflow.ops.summaries.scalar import scalar
from stillflow.platform import logging
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


class FeedingQueueRunner(QueueRunner):
    """Threads that enqueue what functions give, one for each operation. It has no proto.

    Args:
      close_op, cancel_op: what closes the queue, at its end and when it is cancelled.
      feed_fns: each gives the feeds of one of `enqueue_ops`; None where they need none.
      queue_closed_exception_types: of the errors that a closed queue raises.

    Raises:
      ValueError: there are more, or fewer, functions than operations.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        feed_fns: Sequence[Callable[[], dict]] | None = None,
        queue_closed_exception_types: Any = None,
    ):
        closed = queue_closed_exception_types or (OutOfRangeError, CancelledError)
        super().__init__(
            queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types=closed
        )
        if feed_fns is not None and len(feed_fns) != len(enqueue_ops):
            raise ValueError(
                "If feed_fns is not None, it must have the same length as enqueue_ops.\n"
                f"  There are {len(feed_fns)} functions and {len(enqueue_ops)} operations."
            )
        self._feed_fns = dict(zip(enqueue_ops, feed_fns or [], strict=False))

    def _enqueuing(self, sess: Any, enqueue_op: Any) -> Callable[[], Any]:
        feeds = self._feed_fns.get(enqueue_op)
        return lambda: sess.run(enqueue_op, feeds() if feeds else None)

    def to_proto(self, export_scope: str | None = None) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not support serialization to proto.")


class Rows:
    """Gives the numbers of rows, batch after batch, around and around.

    Args:
      count: how many rows there are.
      num_epochs: how often each is given; None is without end.
      starts_anywhere: at a row chosen by Python's `random`, else at the first.
    """

    def __init__(
        self, count: int, batch_size: int, num_epochs: int | None, starts_anywhere: bool, seed: Any
    ):
        random.seed(seed)
        self._next = random.randrange(count) if starts_anywhere else 0
        self._count = count
        self._batch_size = batch_size
        self._left = None if num_epochs is None else num_epochs * count
        self._epochs = num_epochs

    def __call__(self) -> list[int]:
        """Raises OutOfRangeError after the last one."""
        size = self._batch_size
        if self._left is not None:
            if self._left <= 0:
                raise OutOfRangeError(None, None, f"Already emitted {self._epochs} epochs.")
            size = min(size, self._left)
            self._left -= size
        rows = [row % self._count for row in range(self._next, self._next + size)]
        self._next = (rows[-1] + 1) % self._count
        return rows


def enqueue_data(
    columns: Mapping[str, np.ndarray],
    index: np.ndarray,
    capacity: int,
    shuffle: bool,
    min_after_dequeue: float | None = None,
    num_threads: int = 1,
    enqueue_size: int = 1,
    num_epochs: int | None = None,
    seed: int | None = None,
) -> Any:
    """Returns a queue of (index, *columns), rows of which threads put into it.

    Args:
      columns: [rows, ...] each.
      index: [rows], what each row is called.
    """
    with name_scope("enqueue_input"):
        values = [index, *columns.values()]
        types = [dtypes.as_dtype(column.dtype) for column in values]
        shapes = [column.shape[1:] for column in values]
        _warn(shuffle, num_threads, num_epochs)
        least = 0
        if shuffle:
            least = int(capacity / 4 if min_after_dequeue is None else min_after_dequeue)
            queue: Any = RandomShuffleQueue(capacity, least, types, shapes, seed=seed)
        else:
            queue = FIFOQueue(capacity, types, shapes)
        enqueue_ops, feed_fns = [], []
        for number in range(1, num_threads + 1):
            fed = [placeholder(dtype) for dtype in types]
            enqueue_ops.append(queue.enqueue_many(fed))
            own_seed = None if seed is None else number * seed
            rows = Rows(len(index), enqueue_size, num_epochs, shuffle, own_seed)
            feed_fns.append(_feeding(fed, values, rows))
        add_queue_runner(FeedingQueueRunner(queue, enqueue_ops, feed_fns=feed_fns))
        full = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / (capacity - least))
        scalar(f"queue/{queue.name}fraction_over_{least}_of_{capacity - least}_full", full)
        return queue


def _feeding(fed: Sequence[Any], values: Sequence[np.ndarray], rows: Rows) -> Callable[[], dict]:
    def feed() -> dict:
        chosen = rows()
        return {tensor: column[chosen] for tensor, column in zip(fed, values, strict=True)}

    return feed


def _warn(shuffle: bool, num_threads: int, num_epochs: int | None) -> None:
    if num_threads > 1 and num_epochs is not None:
        logging.warning(
            "enqueue_data was called with num_epochs and num_threads > 1. num_epochs is applied "
            "per thread, so this will produce more epochs than you probably intend. If you want to "
            "limit epochs, use one thread."
        )
    if num_threads > 1 and not shuffle:
        logging.warning(
            "enqueue_data was called with shuffle=False and num_threads > 1. Several threads read "
            "the data in order, so the rows are not in order. Use one thread, or shuffle."
        )
