"""Examples read from files through queues, in batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.queues.batching import batch_join, shuffle_batch_join
from stillflow.input.queues.producers import string_input_producer
from stillflow.learn.feeding.parsed import queue_parsed_features as queue_parsed_features
from stillflow.ops.io.obtaining import seek_next
from stillflow.ops.io.readers import TFRecordReader
from stillflow.ops.parsing.parse_example import parse_example
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.platform import files
from stillflow.platform.deprecation import deprecated
from stillflow.train.queue_runner import QueueRunner, add_queue_runner

KEY_FEATURE_NAME = "__key__"
_BY_DATA = "Use tf.data."
_ParseFn = Callable[[Any], Any] | None


@deprecated(None, _BY_DATA)
def read_batch_examples(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: _ParseFn = None,
    name: str | None = None,
    seed: int | None = None,
) -> Any:
    """Serialised examples of files: string[batch_size]; see `read_keyed_batch_examples`."""
    _, examples = read_keyed_batch_examples(
        file_pattern=file_pattern, batch_size=batch_size, reader=reader,
        randomize_input=randomize_input, num_epochs=num_epochs, queue_capacity=queue_capacity,
        num_threads=num_threads, read_batch_size=read_batch_size, parse_fn=parse_fn, name=name,
        seed=seed,
    )  # fmt: skip
    return examples


@deprecated(None, _BY_DATA)
def read_keyed_batch_examples(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: _ParseFn = None,
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """Keys and serialised examples of files, string[batch_size] each, through a queue.

    Args:
      file_pattern: a pattern of files, or several.
      reader: a class of readers.
      randomize_input: whether files and examples come in a random order.
      num_epochs: how often each is given; None is without end. The last batch may be smaller.
      queue_capacity: how many examples wait.
      num_threads: how many readers there are.
      read_batch_size: how many examples are read at once.
      parse_fn: of the examples, what is given instead: a tensor, or a dict of them.

    Raises:
      ValueError: no file is there, or a number is out of its range.
    """
    return _read(
        file_pattern, batch_size, reader, randomize_input, num_epochs, queue_capacity, num_threads,
        read_batch_size, parse_fn, name, seed, _own_queue,
    )  # fmt: skip


@deprecated(None, _BY_DATA)
def read_keyed_batch_examples_shared_queue(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: _ParseFn = None,
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """`read_keyed_batch_examples` whose files several workers share, by a counter in a variable."""
    return _read(
        file_pattern, batch_size, reader, randomize_input, num_epochs, queue_capacity, num_threads,
        read_batch_size, parse_fn, name, seed, _shared_queue,
    )  # fmt: skip


def _own_queue(names: list[str], shuffle: bool, epochs: Any, seed: Any, scope: str) -> Any:
    return string_input_producer(
        constant(names, name="input"), shuffle=shuffle, num_epochs=epochs, name=scope, seed=seed
    )


def _shared_queue(names: list[str], shuffle: bool, epochs: Any, seed: Any, scope: str) -> Any:
    queue = FIFOQueue(capacity=1, dtypes=[dtypes.string], shapes=[[]])
    name = seek_next(names, shuffle=shuffle, num_epochs=epochs, seed=seed)
    add_queue_runner(QueueRunner(queue, [queue.enqueue(name)]))
    return queue


def _read(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool,
    num_epochs: int | None,
    queue_capacity: int,
    num_threads: int,
    read_batch_size: int,
    parse_fn: _ParseFn,
    name: str | None,
    seed: int | None,
    make_queue: Callable[..., Any],
) -> tuple[Any, Any]:
    names = _file_names(file_pattern, randomize_input)
    _check_sizes(batch_size, queue_capacity, read_batch_size, num_threads, num_epochs)
    with name_scope(name, "read_batch_examples", [file_pattern]) as scope:
        with name_scope("file_name_queue") as queue_scope:
            queue = make_queue(names, randomize_input, num_epochs, seed, queue_scope)
        examples = _examples(queue, reader, num_threads, read_batch_size, parse_fn)
        settings: dict[str, Any] = {
            "capacity": queue_capacity,
            "enqueue_many": read_batch_size > 1,
            "name": scope,
            "allow_smaller_final_batch": num_epochs is not None,
        }
        if randomize_input:
            if isinstance(batch_size, Tensor):
                least = int(queue_capacity * 0.4)
            else:
                least = max(queue_capacity - 3 * batch_size, batch_size)
            queued = shuffle_batch_join(
                examples, batch_size, min_after_dequeue=least, seed=seed, **settings
            )
        else:
            queued = batch_join(examples, batch_size, **settings)
        if parse_fn and isinstance(queued, dict):
            return queued.pop(KEY_FEATURE_NAME), queued
        return queued


def _file_names(pattern: str | list[str], is_random: bool) -> list[str]:
    if isinstance(pattern, list) and not pattern:
        raise ValueError("No files given to dequeue_examples.")
    patterns = pattern if isinstance(pattern, list) else [pattern]
    names = [name for entry in patterns for name in files.Glob(entry)]
    if not names:
        raise ValueError(f"No files match {pattern}.")
    return names if is_random else sorted(names)


def _check_sizes(
    batch_size: Any, capacity: Any, read_batch_size: Any, threads: Any, epochs: Any
) -> None:
    if not capacity or capacity <= 0:
        raise ValueError(f"Invalid queue_capacity {capacity}.")
    if not isinstance(batch_size, Tensor) and not (batch_size and 0 < batch_size < capacity):
        raise ValueError(f"Invalid batch_size {batch_size}, with queue_capacity {capacity}.")
    if read_batch_size is None or read_batch_size <= 0:
        raise ValueError(f"Invalid read_batch_size {read_batch_size}.")
    if not threads or threads <= 0:
        raise ValueError(f"Invalid num_threads {threads}.")
    if epochs is not None and epochs <= 0:
        raise ValueError(f"Invalid num_epochs {epochs}.")


def _examples(
    queue: Any, reader: Callable[[], Any], threads: int, read_batch_size: int, parse_fn: _ParseFn
) -> list[Any]:
    """What each reader gives: (keys, examples), or a dict with the keys among the parsed."""
    found = []
    with name_scope("read"):
        for _ in range(threads):
            if read_batch_size > 1:
                keys, examples = reader().read_up_to(queue, read_batch_size)
            else:
                keys, examples = reader().read(queue)
            parsed = parse_fn(examples) if parse_fn else examples
            if isinstance(parsed, dict):
                found.append({**parsed, KEY_FEATURE_NAME: keys})
            else:
                found.append((keys, parsed))  # type: ignore[arg-type]
    return found


@deprecated(None, _BY_DATA)
def read_keyed_batch_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    feature_queue_capacity: int = 100,
    num_enqueue_threads: int = 2,
    parse_fn: _ParseFn = None,
    name: str | None = None,
    read_batch_size: int | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Keys, string[batch_size], and the features of Examples in files, parsed, by name.

    Args:
      features: how each is parsed: FixedLenFeature, VarLenFeature.
      feature_queue_capacity, num_enqueue_threads: of the queue of parsed batches.
    """
    with name_scope(name, "read_batch_features", [file_pattern]) as scope:
        keys, examples = read_keyed_batch_examples(
            file_pattern, batch_size, reader, randomize_input=randomize_input,
            num_epochs=num_epochs, queue_capacity=queue_capacity, num_threads=reader_num_threads,
            read_batch_size=batch_size if read_batch_size is None else read_batch_size,
            parse_fn=parse_fn, name=scope,
        )  # fmt: skip
        parsed = parse_example(examples, features)
        return queue_parsed_features(
            parsed, keys=keys, feature_queue_capacity=feature_queue_capacity,
            num_enqueue_threads=num_enqueue_threads, name=scope,
        )  # fmt: skip


@deprecated(None, _BY_DATA)
def read_keyed_batch_features_shared_queue(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    feature_queue_capacity: int = 100,
    num_queue_runners: int = 2,
    parse_fn: _ParseFn = None,
    name: str | None = None,
) -> tuple[Any, dict[str, Any]]:
    """`read_keyed_batch_features` whose files several workers share."""
    with name_scope(name, "read_batch_features", [file_pattern]) as scope:
        keys, examples = read_keyed_batch_examples_shared_queue(
            file_pattern, batch_size, reader, randomize_input=randomize_input,
            num_epochs=num_epochs, queue_capacity=queue_capacity, num_threads=reader_num_threads,
            read_batch_size=batch_size, parse_fn=parse_fn, name=scope,
        )  # fmt: skip
        return queue_parsed_features(
            parse_example(examples, features), keys=keys, name=scope,
            feature_queue_capacity=feature_queue_capacity, num_enqueue_threads=num_queue_runners,
        )  # fmt: skip


@deprecated(None, _BY_DATA)
def read_batch_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    feature_queue_capacity: int = 100,
    reader_num_threads: int = 1,
    num_enqueue_threads: int = 2,
    parse_fn: _ParseFn = None,
    name: str | None = None,
    read_batch_size: int | None = None,
) -> dict[str, Any]:
    """`read_keyed_batch_features` without the keys."""
    _, parsed = read_keyed_batch_features(
        file_pattern, batch_size, features, reader, randomize_input=randomize_input,
        num_epochs=num_epochs, queue_capacity=queue_capacity,
        feature_queue_capacity=feature_queue_capacity, reader_num_threads=reader_num_threads,
        num_enqueue_threads=num_enqueue_threads, read_batch_size=read_batch_size,
        parse_fn=parse_fn, name=name,
    )  # fmt: skip
    return parsed


@deprecated(None, _BY_DATA)
def read_batch_record_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    name: str = "dequeue_record_examples",
) -> dict[str, Any]:
    """`read_batch_features` of record files."""
    return read_batch_features(
        file_pattern=file_pattern, batch_size=batch_size, features=features,
        reader=TFRecordReader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, reader_num_threads=reader_num_threads, name=name,
    )  # fmt: skip
