"""A batch of segments of sequences, as its reader sees it: `NextQueuedSequenceBatch`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.input.queues.sequence_checks import shape_checked
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.comparison import logical_not

if TYPE_CHECKING:
    from stillflow.input.queues.sequence_state_saver import SequenceQueueingStateSaver


@dataclass
class Received:
    """What a saver took out of its barrier, of batch_size segments."""

    indices: Tensor
    keys: Tensor
    next_keys: Tensor
    sequence: Tensor
    sequence_count: Tensor
    length: Tensor
    total_length: Tensor
    context: dict[str, Any]
    sequences: dict[str, Any]
    batch_size: Tensor
    is_done: Tensor
    states: Mapping[str, Tensor]


class NextQueuedSequenceBatch:
    """Segments of sequences, with the states that were saved when the segments before them ran.

    `SequenceQueueingStateSaver.next_batch` makes it.
    """

    def __init__(self, state_saver: SequenceQueueingStateSaver, received: Received):
        self._state_saver = state_saver
        self._received = received

    @property
    def total_length(self) -> Tensor:
        """i32[batch_size], the lengths of the whole sequences, without what pads them."""
        return self._received.total_length

    @property
    def length(self) -> Tensor:
        """i32[batch_size], how many steps of each segment are no padding."""
        return self._received.length

    @property
    def batch_size(self) -> Tensor:
        """i32[], how many segments there are; fewer in the end where small batches are allowed."""
        return self._received.batch_size

    @property
    def insertion_index(self) -> Tensor:
        """i64[batch_size], the places of the examples in the order in which they came."""
        return self._received.indices

    @property
    def key(self) -> Tensor:
        """string[batch_size], `00000_of_00002:KEY` for the first segment of two."""
        return self._received.keys

    @property
    def next_key(self) -> Tensor:
        """string[batch_size], the key of the segment that follows; `STOP:KEY` after the last."""
        return self._received.next_keys

    @property
    def sequence(self) -> Tensor:
        """i32[batch_size], which segment of its example each is, from 0."""
        return self._received.sequence

    @property
    def sequence_count(self) -> Tensor:
        """i32[batch_size], how many segments its example has."""
        return self._received.sequence_count

    @property
    def context(self) -> dict[str, Any]:
        """[batch_size, ...] by names: what each example has once."""
        return self._received.context

    @property
    def sequences(self) -> dict[str, Any]:
        """[batch_size, num_unroll, ...] by names: the segments."""
        return self._received.sequences

    def state(self, state_name: str) -> Tensor:
        """Returns the states of this name, [batch_size, ...]: saved ones, or those at the start.

        Raises:
          KeyError: there is no such state.
        """
        return self._received.states[state_name]

    def save_state(self, state_name: str, value: Any, name: str | None = None) -> Operation:
        """Returns the operation that saves states, [batch_size, ...], for the next segments.

        It must run with every batch, since segments wait for their states.

        Raises:
          KeyError: there is no such state.
          ValueError: the shape is not that of the state.
        """
        if state_name not in self._received.states:
            raise KeyError(f"state was not declared: {state_name}")
        saver = self._state_saver
        with (
            name_scope(name, "InputQueueingStateSaver_SaveState", [value]),
            colocate_with(saver.capacity_queue.queue_ref),
        ):
            going_on = reshape(where_v2(logical_not(self._received.is_done)), [-1])
            keys = gather(self._received.next_keys, going_on)
            value = identity(value, name=f"convert_{state_name}")
            value = shape_checked(value, shape(self._received.states[state_name]))
            return saver.barrier.insert_many(
                saver.index_of("state", state_name),
                keys,
                gather(value, going_on),
                name=f"BarrierInsertState_{state_name}",
            )
