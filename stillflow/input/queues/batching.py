"""Batches that come out of queues: `tf.train.batch` and its kin.

Each builds a queue, operations that fill it, each for a thread, and takes batches out of it. The
`maybe_` forms leave out what a condition does not want.
"""

from __future__ import annotations

from typing import Any

from stillflow.input.queues.deprecating import replaced_by
from stillflow.input.queues.filling import Filling, InOrder, Shuffled

_PADDED = " (or `padded_batch(...)` if `dynamic_pad=True`)"


@replaced_by("batch(batch_size)", _PADDED)
def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Returns batches of `tensors`, which threads evaluate again and again.

    It adds a runner, which `tf.train.start_queue_runners` starts.

    Args:
      tensors: a list or dict of the tensors of an element; with `enqueue_many`, [n, ...] each, of
        which every row is an element.
      batch_size: i32[], how many elements a batch has.
      num_threads: how many evaluate `tensors`; with more than one the order may vary.
      capacity: how many elements wait at most.
      shapes: of the elements; those of the tensors when None.
      dynamic_pad: pads elements to the largest of the batch where sizes are not known.
      allow_smaller_final_batch: returns what is left in the end, though it is too little.
      shared_name: in a session, all queues of this name are one.

    Returns:
      The same structure, [batch_size, ...] each; one tensor for a list of one.

    Raises:
      ValueError: a rank is neither given nor known, or there are no tensors.
    """
    queue = InOrder(capacity, shared_name, dynamic_pad)
    filling = Filling("batch", queue, enqueue_many, shapes, threads=num_threads)
    return filling.batches([tensors], True, batch_size, allow_smaller_final_batch, name)


@replaced_by("filter(...).batch(batch_size)", _PADDED)
def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` of the elements for which `keep_input` holds.

    keep_input: bool[], or with `enqueue_many` bool[n].
    """
    queue = InOrder(capacity, shared_name, dynamic_pad)
    filling = Filling("batch", queue, enqueue_many, shapes, threads=num_threads)
    return filling.batches([tensors], keep_input, batch_size, allow_smaller_final_batch, name)


@replaced_by("interleave(...).batch(batch_size)", _PADDED)
def batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` of elements from several sources: a thread evaluates each of `tensors_list`."""
    queue = InOrder(capacity, shared_name, dynamic_pad)
    filling = Filling("batch_join", queue, enqueue_many, shapes)
    return filling.batches(tensors_list, True, batch_size, allow_smaller_final_batch, name)


@replaced_by("interleave(...).filter(...).batch(batch_size)", _PADDED)
def maybe_batch_join(
    tensors_list: Any,
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch_join` of the elements for which `keep_input` holds."""
    queue = InOrder(capacity, shared_name, dynamic_pad)
    filling = Filling("batch_join", queue, enqueue_many, shapes)
    return filling.batches(tensors_list, keep_input, batch_size, allow_smaller_final_batch, name)


@replaced_by("shuffle(min_after_dequeue).batch(batch_size)")
def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`batch` of elements in random order.

    Args:
      min_after_dequeue: how many elements stay in the queue, so that they mix.
      seed: decides the order, with that of the graph.

    Raises:
      ValueError: no more than `min_after_dequeue` elements fit; or as for `batch`.
    """
    queue = Shuffled(capacity, shared_name, min_after_dequeue, seed)
    filling = Filling("shuffle_batch", queue, enqueue_many, shapes, threads=num_threads)
    return filling.batches([tensors], True, batch_size, allow_smaller_final_batch, name)


@replaced_by("filter(...).shuffle(min_after_dequeue).batch(batch_size)")
def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch` of the elements for which `keep_input` holds."""
    queue = Shuffled(capacity, shared_name, min_after_dequeue, seed)
    filling = Filling("shuffle_batch", queue, enqueue_many, shapes, threads=num_threads)
    return filling.batches([tensors], keep_input, batch_size, allow_smaller_final_batch, name)


@replaced_by("interleave(...).shuffle(min_after_dequeue).batch(batch_size)")
def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch` of elements from several sources, each of which a thread evaluates."""
    queue = Shuffled(capacity, shared_name, min_after_dequeue, seed)
    filling = Filling("shuffle_batch_join", queue, enqueue_many, shapes)
    return filling.batches(tensors_list, True, batch_size, allow_smaller_final_batch, name)


@replaced_by("interleave(...).filter(...).shuffle(min_after_dequeue).batch(batch_size)")
def maybe_shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """`shuffle_batch_join` of the elements for which `keep_input` holds."""
    queue = Shuffled(capacity, shared_name, min_after_dequeue, seed)
    filling = Filling("shuffle_batch_join", queue, enqueue_many, shapes)
    return filling.batches(tensors_list, keep_input, batch_size, allow_smaller_final_batch, name)
