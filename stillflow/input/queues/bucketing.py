"""`tf.contrib.training.bucket`: batches of elements that go together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.errors import CancelledError, OutOfRangeError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.queues import filling, sparse_elements
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, less, less_equal, logical_and
from stillflow.ops.queues.kinds import FIFOQueue, PaddingFIFOQueue
from stillflow.ops.queues.queue import QueueBase
from stillflow.ops.reduce.reductions import reduce_min
from stillflow.ops.summaries.scalar import scalar
from stillflow.train.queue_runner import QueueRunner, add_queue_runner

_ENDS = (OutOfRangeError, CancelledError)
_INT32 = np.iinfo(np.int32)


def bucket(
    tensors: Any,
    which_bucket: Any,
    batch_size: Any,
    num_buckets: int,
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Returns batches of elements of one bucket, and which bucket that is, i32[].

    Args:
      tensors: a list or dict of the tensors of an element.
      which_bucket: i32[], where the element goes.
      batch_size: of a batch, or a list of one for each bucket.
      capacity: of the queue of batches; `bucket_capacities` are those of the buckets.
      keep_input: bool[], whether the element goes anywhere.
      num_threads, shapes, ...: as for `tf.train.batch`.

    Raises:
      ValueError: a list is not one for each bucket, or as `tf.train.batch`.
    """
    own_sizes = isinstance(batch_size, (list, tuple))
    sizes = list(batch_size) if own_sizes else [batch_size] * num_buckets
    if len(sizes) != num_buckets:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    capacities = [capacity] * num_buckets if bucket_capacities is None else bucket_capacities
    if len(capacities) != num_buckets:
        raise ValueError(
            f"The list bucket_capacities ({capacities}) must have exactly num_buckets "
            f"({num_buckets}) elements."
        )
    (values,) = filling.in_order_of_keys([tensors])
    with name_scope(name, "bucket", values):
        values = [filling.as_tensor(value) for value in values]
        if not values:
            raise ValueError("Expected at least one tensor in bucket().")
        keep = filling.condition(keep_input, False)
        (values,), places = sparse_elements.stored([values], False, keep)
        sizes = [_size(size) for size in sizes]
        types = [value.dtype for value in values]
        shapes = filling.known_ranks([values], shapes, False)
        index = convert_to_tensor(which_bucket, dtype=dtypes.int32, name="which_bucket")
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        buckets = [
            kind(
                capacity=capacities[at],
                dtypes=types,
                shapes=shapes,
                shared_name=None if shared_name is None else f"{shared_name}_{at}",
                name=f"bucket_queue_{at}",
            )
            for at in range(num_buckets)
        ]
        varies = allow_smaller_final_batch or own_sizes or isinstance(sizes[-1], Tensor)
        rows = TensorShape([None if varies else sizes[-1]])
        top = PaddingFIFOQueue(
            capacity=capacity,
            dtypes=[dtypes.int32, *types],
            shapes=[TensorShape([]), *map(rows.concatenate, buckets[0].shapes)],
            shared_name=shared_name,
            name="top_queue",
        )
        into_buckets = smart_cond(keep, partial(_enqueue, buckets, index, values), no_op)
        to_top = [
            _enqueue_batch(top, at, each, size, allow_smaller_final_batch)
            for at, (each, size) in enumerate(zip(buckets, sizes, strict=True))
        ]
        _add_runners(buckets, top, to_top, [into_buckets] * num_threads)
        _summarize(buckets, top, capacity)
        found, *given = top.dequeue(name="dequeue_top")
        batch = given[0] if len(given) == 1 else given
        if any(places):
            batch = sparse_elements.restored(batch, places)
        return found, filling.like(tensors, batch)


def _size(size: Any) -> Any:
    tensor = convert_to_tensor(size, dtype=dtypes.int32, name="batch_size")
    known = constant_value(tensor)
    return tensor if known is None else int(known)


def _enqueue(buckets: Sequence[QueueBase], index: Tensor, values: Sequence[Tensor]) -> Any:
    """The operation that enqueues an element in its bucket."""
    ops = [
        cond(equal(index, at), partial(each.enqueue, values), no_op)
        for at, each in enumerate(buckets)
    ]
    return group(*ops, name="group_enqueues")


def _enqueue_batch(
    top: QueueBase, at: int, source: QueueBase, size: Any, allow_smaller: bool
) -> Any:
    """The operation that brings a batch out of a bucket."""
    take = source.dequeue_up_to if allow_smaller else source.dequeue_many
    number = convert_to_tensor(at)
    batch = take(size, name=f"read_bucket_{at}")
    parts = batch if isinstance(batch, (list, tuple)) else [batch]
    return top.enqueue([number, *parts], name=f"enqueue_from_bucket_{at}")


def _add_runners(
    buckets: Sequence[QueueBase], top: QueueBase, to_top: Sequence[Any], into_buckets: Any
) -> None:
    """When there is no more, the buckets are closed, and then the queue of batches."""
    ends = {"queue_closed_exception_types": _ENDS}
    close, cancel = top.close(), top.close(cancel_pending_enqueues=True)
    add_queue_runner(QueueRunner(buckets[0], to_top, close_op=close, cancel_op=cancel, **ends))
    close = group(*[each.close() for each in buckets])
    cancel = group(*[each.close(cancel_pending_enqueues=True) for each in buckets])
    add_queue_runner(QueueRunner(top, into_buckets, close_op=close, cancel_op=cancel, **ends))


def _summarize(buckets: Sequence[QueueBase], top: QueueBase, capacity: int) -> None:
    for each in buckets:
        scalar(f"bucket/{each.name}/size", cast(top.size(), dtypes.float32))
    full = cast(top.size(), dtypes.float32) * (1.0 / capacity)
    scalar(f"bucket/{top.name}/fraction_of_{capacity}_full", full)


def bucket_by_sequence_length(
    input_length: Any,
    tensors: Any,
    batch_size: Any,
    bucket_boundaries: Sequence[int],
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Returns the lengths, i32[batch_size], and batches of elements of about one length.

    Args:
      input_length: i32[], that of the element.
      bucket_boundaries: the lengths at which one bucket ends and the next begins, in order.
      tensors, batch_size, ...: as for `bucket`; there is one bucket more than boundaries.

    Raises:
      TypeError: the boundaries are no list of integers.
      ValueError: there are none, or they are not in order.
    """
    (values,) = filling.in_order_of_keys([tensors])
    _check_boundaries(bucket_boundaries)
    with name_scope(name, "bucket_by_sequence_length", [input_length, *values]):
        length = convert_to_tensor(input_length, dtype=dtypes.int32, name="input_length")
        least, most = [_INT32.min, *bucket_boundaries], [*bucket_boundaries, _INT32.max]
        is_within = logical_and(less_equal(least, length), less(length, most))
        which = cast(reduce_min(where_v2(is_within)), dtypes.int32)
        _, (lengths, *given) = bucket(
            tensors=[length, *values],
            which_bucket=which,
            batch_size=batch_size,
            num_buckets=len(bucket_boundaries) + 1,
            num_threads=num_threads,
            capacity=capacity,
            bucket_capacities=bucket_capacities,
            shapes=None if shapes is None else [TensorShape([]), *shapes],
            dynamic_pad=dynamic_pad,
            allow_smaller_final_batch=allow_smaller_final_batch,
            keep_input=keep_input,
            shared_name=shared_name,
        )
        if isinstance(tensors, dict):
            return lengths, dict(zip(sorted(tensors, key=str), given, strict=True))
        return lengths, given


def _check_boundaries(boundaries: Any) -> None:
    if not isinstance(boundaries, (list, tuple)):
        raise TypeError(f"bucket_boundaries must be a list or tuple, but received: {boundaries}")
    if not boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for low, high in itertools.pairwise(boundaries):
        if not isinstance(low, int) or not isinstance(high, int):
            raise TypeError(f"bucket boundaries must be integers, but saw: {low} and {high}")
        if low >= high:
            raise ValueError(
                f"Buckets must contain sequential increasing lengths, but saw: {low} before {high}"
            )
