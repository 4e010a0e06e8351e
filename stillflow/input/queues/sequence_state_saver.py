"""Sequences in segments, whose states are kept: `tf.contrib.training.SequenceQueueingStateSaver`.

A barrier holds the segments. One leaves it as soon as it has its states, which the run of the
segment before it brings. The barrier has no bounds; a queue of tokens, one for each example under
way, bounds how many are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, name_scope
from stillflow.input.queues.sequence_batches import NextQueuedSequenceBatch, Received
from stillflow.input.queues.sequence_checks import dimensions_checked, multiple_checked
from stillflow.input.queues.sequence_inputs import (
    PreparedInputs,
    SequenceInputWrapper,
    check_names,
)
from stillflow.input.queues.sequence_segments import Segments
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.stacking import stack
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.checks import assert_greater_equal
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater_equal, less_equal
from stillflow.ops.queues.barriers import Barrier
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.reduce.reductions import reduce_sum

_TOKEN = 21051976  # its value means nothing
_OWN = ("length", "total_length", "next_key", "sequence", "sequence_count")


class SequenceQueueingStateSaver:
    """Takes examples of sequences one by one, and gives batches of segments with their states.

    Run `prefetch_op` in a thread (a QueueRunner takes a saver as its queue); read `next_batch`, and
    save its states with every batch, as `tf.nn.static_state_saving_rnn` does.
    """

    def __init__(
        self,
        batch_size: Any,
        num_unroll: int,
        input_length: Any,
        input_key: Any,
        input_sequences: dict[str, Any],
        input_context: dict[str, Any],
        initial_states: dict[str, Any],
        capacity: int | None = None,
        allow_small_batch: bool = False,
        name: str | None = None,
    ):
        """Builds the saver of one example.

        Args:
          batch_size: of the batches, an int or i32[].
          num_unroll: how many steps a segment has.
          input_length: i32[], how many steps the example has; those after them are padding.
          input_key: string[], its key, which no other example has while it is under way.
          input_sequences: [steps, ...] by names; the steps are a multiple of `num_unroll`.
          input_context: [...] by names, what every segment of the example gets.
          initial_states: [...] by names, the states of the first segment.
          capacity: how many examples may be under way, at least `batch_size`; None: any number.
          allow_small_batch: whether batches become smaller when there are no more examples.

        Raises:
          TypeError: a part is no dict, a name no string, or the length or key of another type.
          ValueError: a shape is not known, there are no sequences or states, or a name has a colon.
        """
        input_key = _key_within_capacity(input_key, capacity, batch_size)
        self.capacity_queue = FIFOQueue(
            capacity=-1 if capacity is None else capacity, dtypes=[dtypes.int32], shapes=[[]]
        )
        with colocate_with(self.capacity_queue.queue_ref):
            _check_states(initial_states)
            values = [*input_sequences.values(), *input_context.values()]
            values = [input_length, input_key, *values]
            with name_scope(name, "InputQueueingStateSaver", values) as scope:
                inputs = SequenceInputWrapper(
                    input_length, input_key, input_sequences, input_context
                )
                self._name = scope
                self._batch_size = batch_size
                self._num_unroll = num_unroll
                self._inputs = PreparedInputs(inputs, initial_states)
                self._padded_length = _check_lengths(self._inputs, num_unroll)
                self._components = _components(self._inputs, num_unroll)
                self._index = {key: at for at, key in enumerate(self._components)}
                parts = self._components.values()
                self._barrier = Barrier(
                    types=[dtype for dtype, _ in parts], shapes=[sizes for _, sizes in parts]
                )
        self._allow_small_batch = allow_small_batch
        self._prefetch_op: Operation | None = None
        self._next_batch: NextQueuedSequenceBatch | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def barrier(self) -> Barrier:
        return self._barrier

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def num_unroll(self) -> int:
        return self._num_unroll

    @property
    def prefetch_op(self) -> Operation:
        """The operation that takes one example, and waits while as many as may are under way."""
        if self._prefetch_op is None:
            with name_scope(None), name_scope(self._name, values=[self._barrier.barrier_ref]):
                self._prefetch_op = self._made_prefetch_op()
        return self._prefetch_op

    @property
    def next_batch(self) -> NextQueuedSequenceBatch:
        """The batch that a run reads."""
        _ = self.prefetch_op
        if self._next_batch is None:
            with name_scope(None), name_scope(self._name, values=[self._barrier.barrier_ref]):
                self._next_batch = NextQueuedSequenceBatch(self, self._received())
        return self._next_batch

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Returns the operation after which no new examples come.

        Segments of those that came still do, unless pending ones are cancelled.
        """
        with name_scope(name, "SQSSClose", [self._prefetch_op]) as scope:
            barrier_close = self._barrier.close(cancel_pending_enqueues, "BarrierClose")
            queue_close = self.capacity_queue.close(cancel_pending_enqueues, "FIFOClose")
            return group(barrier_close, queue_close, name=scope)

    def index_of(self, kind: str, name: str = "") -> int:
        """Which component of the barrier's elements this is."""
        return self._index[kind, name]

    def _insert(self, kind: str, name: str, keys: Tensor, values: Any, node: str) -> Operation:
        index = self.index_of(kind, name)
        return self._barrier.insert_many(index, keys, values, name=f"BarrierInsert{node}")

    def _made_prefetch_op(self) -> Operation:
        segments = Segments(self._inputs, self._padded_length, self._num_unroll)
        keys = segments.keys
        own = {
            ("sequence", "Sequence"): segments.sequence,
            ("sequence_count", "SequenceCount"): segments.sequence_counts,
            ("next_key", "NextKey"): segments.next_keys,
            ("length", "Length"): segments.lengths,
            ("total_length", "TotalLength"): segments.total_lengths,
        }
        inserts = [
            self._insert(kind, "", keys, values, node) for (kind, node), values in own.items()
        ]
        shared = [
            self._insert("context", name, keys, values, f"Context_{name}")
            for name, values in segments.context.items()
        ]
        shared += [
            self._insert("sequences", name, keys, values, f"Sequences_{name}")
            for name, values in segments.sequences.items()
        ]
        token = self.capacity_queue.enqueue((_TOKEN,))
        # An insert of all the segments comes first, so that all get one place in the order.
        with control_dependencies([inserts[0], token]):
            states = [self._insert_initial(name, keys) for name in self._inputs.states]
        return group(token, *inserts, *states, *shared, name="StateSaverPrefetchGroup")

    def _insert_initial(self, name: str, keys: Tensor) -> Operation:
        first, value = stack([keys[0]]), stack([self._inputs.states[name]])
        index = self.index_of("state", name)
        node = f"BarrierInitialInsertState_{name}"
        return self._barrier.insert_many(index, first, value, name=node)

    def _received(self) -> Received:
        indices, keys, values = self._barrier.take_many(
            self._batch_size, self._allow_small_batch, name="BarrierTakeMany"
        )
        own = {kind: values[self.index_of(kind)] for kind in _OWN}
        batch_size = squeeze(shape(own["length"]))
        is_done = greater_equal(own["sequence"] + 1, own["sequence_count"])
        finished = reduce_sum(cast(is_done, dtypes.int32))
        tokens: Any = self.capacity_queue.dequeue_many(finished)
        with control_dependencies([tokens]):
            states = {
                name: identity(values[self.index_of("state", name)]) for name in self._inputs.states
            }
        return Received(
            indices=indices,
            keys=keys,
            next_keys=own["next_key"],
            sequence=own["sequence"],
            sequence_count=own["sequence_count"],
            length=own["length"],
            total_length=own["total_length"],
            context={name: values[self.index_of("context", name)] for name in self._inputs.context},
            sequences={
                name: values[self.index_of("sequences", name)] for name in self._inputs.sequences
            },
            batch_size=batch_size,
            is_done=is_done,
            states=states,
        )


def _key_within_capacity(key: Any, capacity: int | None, batch_size: Any) -> Any:
    if capacity is None:
        return key
    if not isinstance(batch_size, Tensor):
        if capacity < batch_size:
            raise ValueError(f"capacity {capacity} needs to be >= batch_size {batch_size}")
        return key
    check = assert_greater_equal(
        cast(capacity, dtypes.int64),
        cast(batch_size, dtypes.int64),
        message="capacity needs to be >= batch_size.",
    )
    with control_dependencies([check]):
        return identity(key)


def _check_states(states: Any) -> None:
    if not isinstance(states, dict):
        raise TypeError("initial_states must be a dictionary")
    if not states:
        raise ValueError(
            "initial_states may not be empty: at least one state variable is required to properly "
            "enqueue split sequences to run in separate iterations"
        )
    check_names(states, "state name must be a string", "state name may not have a colon")


def _check_lengths(inputs: PreparedInputs, num_unroll: int) -> Tensor:
    """How many steps the sequences have, i32[], which all of them must, and the length not pass."""
    first = next(iter(inputs.sequences.values()))
    padded = identity(shape(first)[0], name="padded_length")
    padded = multiple_checked(padded, num_unroll)
    inputs.sequences = {
        name: dimensions_checked(value, [0], [padded], f"sorted_sequences_{name}")
        for name, value in inputs.sequences.items()
    }
    said = "Input length should be <= than length from sequences:"
    fits = assert_that(less_equal(inputs.length, padded), [said, inputs.length, " vs. ", padded])
    with control_dependencies([fits]):
        inputs.length = identity(inputs.length)
    return padded


def _components(
    inputs: PreparedInputs, num_unroll: int
) -> Mapping[tuple[str, str], tuple[Any, Any]]:
    """The types and shapes of an element of the barrier, in order, by kinds and names."""
    found: dict[tuple[str, str], tuple[Any, Any]] = {
        (kind, ""): (dtypes.string if kind == "next_key" else dtypes.int32, ()) for kind in _OWN
    }
    for name, value in inputs.sequences.items():
        found["sequences", name] = value.dtype, [num_unroll, *value.shape.as_list()[1:]]
    for kind, values in (("context", inputs.context), ("state", inputs.states)):
        for name, value in values.items():
            found[kind, name] = value.dtype, value.shape.as_list()
    return found
