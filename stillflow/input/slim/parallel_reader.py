"""Several readers that read one set of files into one queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes as tf_dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.queues.producers import string_input_producer
from stillflow.ops.io.readers import ReaderBase
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue, RandomShuffleQueue
from stillflow.ops.queues.queue import QueueBase
from stillflow.ops.summaries.scalar import scalar
from stillflow.platform import files
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


class ParallelReader(ReaderBase):
    """Readers of one class, each of which fills a common queue by a thread of its own."""

    def __init__(
        self,
        reader_class: Callable[..., ReaderBase],
        common_queue: QueueBase,
        num_readers: int = 4,
        reader_kwargs: dict[str, Any] | None = None,
    ):
        """A reader that reads from `common_queue`, of keys and values.

        Raises:
          TypeError: the queue is of something else than two strings.
        """
        types = common_queue.dtypes
        if len(types) != 2 or not all(t.is_compatible_with(tf_dtypes.string) for t in types):
            raise TypeError("common_queue.dtypes must be [tf.string, tf.string]")
        self._readers = [reader_class(**reader_kwargs or {}) for _ in range(num_readers)]
        self._common_queue = common_queue

    @property
    def num_readers(self) -> int:
        return len(self._readers)

    @property
    def common_queue(self) -> QueueBase:
        return self._common_queue

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Returns a key and a value, string[] each, of the files that `queue` names.

        It adds a runner that has the readers read.
        """
        self._fill_from(queue)
        return self._common_queue.dequeue(name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """`read` of several records at once."""
        self._fill_from(queue)
        return self._common_queue.dequeue_up_to(num_records, name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """Returns how many records all have read, i64[]."""
        return add_n([reader.num_records_produced() for reader in self._readers], name=name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """Returns how many files all have read, i64[]."""
        return add_n([reader.num_work_units_completed() for reader in self._readers], name=name)

    def _fill_from(self, queue: Any) -> None:
        puts = [self._common_queue.enqueue(reader.read(queue)) for reader in self._readers]
        add_queue_runner(QueueRunner(self._common_queue, puts))


def parallel_read(
    data_sources: Any,
    reader_class: Callable[..., ReaderBase],
    num_epochs: int | None = None,
    num_readers: int = 4,
    reader_kwargs: dict[str, Any] | None = None,
    shuffle: bool = True,
    dtypes: Any = None,
    capacity: int = 256,
    min_after_dequeue: int = 128,
    seed: int | None = None,
    scope: str | None = None,
) -> Any:
    """Returns a key and a value, string[] each, of records that several readers read.

    Args:
      data_sources: names of files or patterns of them.
      num_epochs: how often each file is read; for ever when None.
      shuffle: files and records come in random order, by `seed`.
      capacity, min_after_dequeue: how many records wait, and how many stay so that they mix.

    Raises:
      ValueError: there are no such files.
    """
    names = get_data_files(data_sources)
    with name_scope(scope, "parallel_read"):
        queue = string_input_producer(
            names, num_epochs=num_epochs, shuffle=shuffle, seed=seed, name="filenames"
        )
        types = dtypes or [tf_dtypes.string, tf_dtypes.string]
        common: QueueBase
        if shuffle:
            common = RandomShuffleQueue(
                capacity=capacity,
                min_after_dequeue=min_after_dequeue,
                dtypes=types,
                seed=seed,
                name="common_queue",
            )
        else:
            common = FIFOQueue(capacity=capacity, dtypes=types, name="common_queue")
        full = cast(common.size(), tf_dtypes.float32) * (1.0 / capacity)
        scalar(f"fraction_of_{capacity}_full", full)
        reader = ParallelReader(
            reader_class, common, num_readers=num_readers, reader_kwargs=reader_kwargs
        )
        return reader.read(queue)


def single_pass_read(
    data_sources: Any,
    reader_class: Callable[..., ReaderBase],
    reader_kwargs: dict[str, Any] | None = None,
    scope: str | None = None,
) -> Any:
    """Returns a key and a value, string[] each, of records that come once and in order."""
    names = get_data_files(data_sources)
    with name_scope(scope, "single_pass_read"):
        queue = string_input_producer(
            names, num_epochs=1, shuffle=False, capacity=1, name="filenames"
        )
        return reader_class(**reader_kwargs or {}).read(queue)


def get_data_files(data_sources: Any) -> list[str]:
    """Returns the names of the files that names and patterns stand for; ValueError if none."""
    if isinstance(data_sources, (list, tuple)):
        names = [name for source in data_sources for name in get_data_files(source)]
    elif any(mark in data_sources for mark in "*?["):
        names = files.glob(data_sources)
    else:
        names = [data_sources]
    if not names:
        raise ValueError(f"No data files found in {data_sources}")
    return names
