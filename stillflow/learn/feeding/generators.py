"""Rows that a generator yields as input: `tf.contrib.learn.io.generator_input_fn`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import FunctionType, GeneratorType
from typing import Any

import numpy as np

from stillflow.estimator.inputs.feeding import FeedingQueueRunner
from stillflow.graph import dtypes
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from stillflow.ops.summaries.scalar import scalar
from stillflow.platform.deprecation import deprecated
from stillflow.train.queue_runner import add_queue_runner

_Row = Mapping[str, np.ndarray]
_Generator = Callable[[], Iterator[_Row]]


@deprecated(None, "Please use tf.data.")
def generator_input_fn(
    x: _Generator,
    target_key: str | Collection[str] | None = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    pad_value: Any = None,
) -> Callable[[], Any]:
    """Returns a function that gives batches of what a generator yields: dicts, or (dict, labels).

    Args:
      x: a function that returns a generator of dicts of arrays.
      target_key: the key of the labels, or several, which are then a dict.
      num_epochs: how often the generator is gone through; None is without end.
      pad_value: fills up the last axis, where its size differs; not with `shuffle`.

    Raises:
      TypeError: `x` is none, or a key is no text.
      KeyError: there is no such key.
    """
    if not isinstance(x, FunctionType):
        raise TypeError(f"x must be generator function; got {type(x).__name__}")
    generator = x()
    if not isinstance(generator, GeneratorType):
        raise TypeError(f"x() must be generator; got {type(generator).__name__}")
    first = next(generator)
    if not isinstance(first, dict):
        raise TypeError(f"x() must yield dict; got {type(first).__name__}")
    keys = sorted(first)
    targets = _checked_targets(target_key, keys)

    def input_fn() -> Any:
        queue = _enqueue(
            x, first, queue_capacity, shuffle, num_threads, batch_size, num_epochs, pad_value
        )
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        taken = take(batch_size)
        taken = taken if isinstance(taken, list) else [taken]
        features = dict(zip(keys, taken, strict=True))
        if targets is None:
            return features
        if len(targets) == 1:
            return features, features.pop(targets[0])
        labels = {key: features.pop(key) for key in targets}
        return features, labels

    return input_fn


def _checked_targets(target_key: Any, keys: Sequence[str]) -> list[str] | None:
    if target_key is None:
        return None
    if isinstance(target_key, str):
        return [target_key]
    if not hasattr(target_key, "__contains__"):
        raise TypeError(
            f"target_key must be str or Container of str; got {type(target_key).__name__}"
        )
    for key in target_key:
        if not isinstance(key, str):
            raise TypeError(f"target_key must be str or Container of str; got {type(key).__name__}")
        if key not in keys:
            raise KeyError(f"target_key not in yielded dict. Expected {keys} keys; got {key}")
    return list(target_key)


def _enqueue(
    generator: _Generator,
    first: _Row,
    capacity: int,
    shuffle: bool,
    threads: int,
    batch_size: int,
    epochs: int | None,
    pad_value: Any,
) -> Any:
    """A queue of the values of rows, by keys in order, which threads fill."""
    if shuffle and pad_value is not None:
        raise NotImplementedError("padding and shuffling data at the same time is not implemented")
    with name_scope("enqueue_input"):
        values = [first[key] for key in sorted(first)]
        types = [dtypes.as_dtype(value.dtype) for value in values]
        shapes: list[Any] = [value.shape for value in values]
        least = 0
        if shuffle:
            least = int(capacity / 4)
            queue: Any = RandomShuffleQueue(capacity, least, types, shapes)
        elif pad_value is not None:
            shapes = [(*shape[:-1], None) if shape else shape for shape in shapes]
            queue = PaddingFIFOQueue(capacity, types, shapes)
        else:
            queue = FIFOQueue(capacity, types, shapes)
        enqueuing, feeding = [], []
        for _ in range(threads):
            fed = [placeholder(dtype) for dtype in types]
            enqueuing.append(queue.enqueue_many(fed))
            feeding.append(_Feed(fed, generator, sorted(first), batch_size, epochs, pad_value))
        add_queue_runner(FeedingQueueRunner(queue, enqueuing, feed_fns=feeding))
        full = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / (capacity - least))
        scalar(f"queue/{queue.name}fraction_over_{least}_of_{capacity - least}_full", full)
        return queue


class _Feed:
    """Gives feeds of rows, epoch after epoch. As in TensorFlow, each value counts to a batch."""

    def __init__(
        self,
        fed: Sequence[Any],
        generator: _Generator,
        keys: Sequence[str],
        batch_size: int,
        epochs: int | None,
        pad_value: Any,
    ):
        self._fed = fed
        self._generator = generator
        self._rows = generator()
        self._keys = keys
        self._batch_size = batch_size
        self._epochs = epochs
        self._epoch = 0
        self._pad_value = pad_value

    def __call__(self) -> dict[Any, np.ndarray]:
        if self._epochs and self._epoch >= self._epochs:
            raise OutOfRangeError(None, None, f"Already emitted {self._epoch} epochs.")
        rows: list[_Row] = []
        while len(rows) * len(self._keys) < self._batch_size:
            rows.append(self._next())
        columns = [[row[key] for row in rows] for key in self._keys]
        return {
            tensor: np.asarray(_padded(column, self._pad_value))
            for tensor, column in zip(self._fed, columns, strict=True)
        }

    def _next(self) -> _Row:
        try:
            row = next(self._rows)
        except StopIteration:
            self._epoch += 1
            self._rows = self._generator()
            row = next(self._rows)
        if not set(self._keys) <= row.keys():
            raise KeyError(
                f"key mismatch between dicts emitted by GenFun Expected {self._keys} keys; got "
                f"{row.keys()}"
            )
        return row


def _padded(values: Sequence[np.ndarray], pad_value: Any) -> Any:
    """The values, filled up along the last axis where its size differs."""
    if pad_value is None:
        return values
    if len({value.shape[:-1] if value.ndim else -1 for value in values}) > 1:
        raise ValueError("Array shapes must match.")
    sizes = [value.shape[-1] if value.ndim else 0 for value in values]
    if len(set(sizes)) == 1:
        return values
    whole = np.full((len(values), *values[0].shape[:-1], max(sizes)), pad_value, values[0].dtype)
    for place, (value, size) in enumerate(zip(values, sizes, strict=True)):
        whole[place, ..., :size] = value
    return whole
