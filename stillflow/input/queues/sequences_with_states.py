"""`tf.contrib.training.batch_sequences_with_states`: a saver of sequences, with its threads."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.errors import CancelledError, OutOfRangeError
from stillflow.graph.scopes import name_scope
from stillflow.input.queues import sequence_padding, sparse_sequences
from stillflow.input.queues.sequence_batches import NextQueuedSequenceBatch
from stillflow.input.queues.sequence_state_saver import SequenceQueueingStateSaver
from stillflow.ops.math.casts import cast
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.numbers import as_string
from stillflow.ops.summaries.scalar import scalar
from stillflow.train.queue_runner import QueueRunner, add_queue_runner

_LARGEST = 100_000_000  # of the numbers that make keys unique


def batch_sequences_with_states(
    input_key: Any,
    input_sequences: dict[str, Any],
    input_context: dict[str, Any],
    input_length: Any,
    initial_states: dict[str, Any],
    num_unroll: int,
    batch_size: Any,
    num_threads: int = 3,
    capacity: int = 1000,
    allow_small_batch: bool = True,
    pad: bool = True,
    make_keys_unique: bool = False,
    make_keys_unique_seed: int | None = None,
    name: str | None = None,
) -> NextQueuedSequenceBatch:
    """Returns batches of segments of sequences, which keep states; queue runners fill them.

    Args:
      input_key: string[], the key of an example, which no other has while it is under way.
      input_sequences: [steps, ...] by names, dense or sparse.
      input_context: [...] by names, dense or sparse, what every segment of the example gets; sparse
        ones move out of the dict.
      input_length: i32[], how many steps are no padding; None with `pad`: all that are given.
      initial_states: [...] by names, of the first segment.
      num_unroll: how many steps a segment has.
      batch_size: of the batches, an int or i32[].
      num_threads: how many fill the saver.
      capacity: how many examples may be under way.
      allow_small_batch: whether batches become smaller in the end.
      pad: whether zeros are added up to whole segments; else the steps are such a number.
      make_keys_unique: whether a number drawn with `make_keys_unique_seed` is added to keys.

    Raises:
      TypeError, ValueError: as `SequenceQueueingStateSaver`.
    """
    parts = (input_sequences, input_context, initial_states)
    with name_scope(name, "batch_sequences_with_states", [v for p in parts for v in p.values()]):
        if pad:
            length, input_sequences = sequence_padding.padded(input_sequences, num_unroll)
            input_length = length if input_length is None else input_length
        elif input_sequences:
            input_sequences = sequence_padding.checked(input_sequences, num_unroll)
        sparse_sequences.move_out_of_context(input_context, input_sequences, num_unroll)
        sequences, sparse, maps = sparse_sequences.deconstructed(input_sequences)
        if make_keys_unique:
            drawn = random_uniform(
                (), minval=0, maxval=_LARGEST, dtype=dtypes.int32, seed=make_keys_unique_seed
            )
            input_key = string_join([input_key, as_string(drawn)])
        saver = SequenceQueueingStateSaver(
            batch_size,
            num_unroll,
            input_length=input_length,
            input_key=input_key,
            input_sequences=sequences,
            input_context=input_context,
            initial_states=initial_states,
            capacity=capacity,
            allow_small_batch=allow_small_batch,
        )
        ready = cast(saver.barrier.ready_size(), dtypes.float32)
        scalar(f"queue/{saver.barrier.name}/ready_segment_batches_", ready)
        add_queue_runner(
            QueueRunner(
                saver,
                [saver.prefetch_op] * num_threads,
                queue_closed_exception_types=(OutOfRangeError, CancelledError),
            )
        )
        batch = saver.next_batch
        sparse_sequences.reconstruct(batch.sequences, sparse, maps, batch_size, num_unroll)
        sparse_sequences.move_into_context(batch.context, batch.sequences)
        return batch
