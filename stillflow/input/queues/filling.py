"""How a queue is filled with the elements of batches, by threads, and emptied by batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import as_shape
from stillflow.input.queues import sparse_elements
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.partition import dynamic_partition
from stillflow.ops.control.ordering import no_op
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from stillflow.ops.queues.queue import QueueBase
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.summaries.scalar import scalar
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


@dataclass(frozen=True)
class InOrder:
    """A queue that keeps the order of its elements."""

    capacity: int
    shared_name: str | None
    pads: bool

    def check(self) -> None:
        """Any capacity will do."""

    def make(self, types: list[Any], shapes: Any) -> QueueBase:
        kind = PaddingFIFOQueue if self.pads else FIFOQueue
        return kind(
            capacity=self.capacity, dtypes=types, shapes=shapes, shared_name=self.shared_name
        )

    def summarize(self, queue: QueueBase) -> None:
        full = cast(queue.size(), dtypes.float32) * (1.0 / self.capacity)
        scalar(f"fraction_of_{self.capacity}_full", full)


@dataclass(frozen=True)
class Shuffled:
    """A queue that mixes its elements."""

    capacity: int
    shared_name: str | None
    least: int
    seed: int | None

    def check(self) -> None:
        if self.capacity <= self.least:
            raise ValueError(
                f"capacity {self.capacity} must be bigger than min_after_dequeue {self.least}."
            )

    def make(self, types: list[Any], shapes: Any) -> QueueBase:
        return RandomShuffleQueue(
            capacity=self.capacity,
            min_after_dequeue=self.least,
            seed=self.seed,
            dtypes=types,
            shapes=shapes,
            shared_name=self.shared_name,
        )

    def summarize(self, queue: QueueBase) -> None:
        room = self.capacity - self.least
        over = cast(maximum(0, queue.size() - self.least), dtypes.float32) * (1.0 / room)
        scalar(f"fraction_over_{self.least}_of_{room}_full", over)


@dataclass(frozen=True)
class Filling:
    """A queue and how elements come into it.

    `threads` of them evaluate one set of tensors, or where it is None one each of several sets.
    """

    scope: str
    queue: InOrder | Shuffled
    enqueue_many: bool
    shapes: Any
    threads: int | None = None

    def batches(
        self, sets: Any, keep_input: Any, size: Any, allow_smaller: bool, name: str | None
    ) -> Any:
        """What `tf.train.batch` and its kin return for `sets` of tensors."""
        lists = in_order_of_keys(sets)
        every = [tensor for tensors in lists for tensor in tensors]
        with name_scope(name, self.scope, [*every, keep_input]) as scope:
            self.queue.check()
            lists = self._converted(lists)
            keep = condition(keep_input, self.enqueue_many)
            lists, stored = sparse_elements.stored(lists, self.enqueue_many, keep)
            types, shapes = _types(lists), known_ranks(lists, self.shapes, self.enqueue_many)
            queue = self.queue.make(types, shapes)
            self._fill(queue, lists, keep)
            self.queue.summarize(queue)
            take = queue.dequeue_up_to if allow_smaller else queue.dequeue_many
            given = take(size, name=scope)
            if any(stored):
                given = sparse_elements.restored(given, stored)
            return like(sets[0], given)

    def _converted(self, lists: Sequence[Any]) -> list[list[Any]]:
        if self.threads is None and not lists:
            raise ValueError("Expected at least one input in batch_join().")
        converted = [[as_tensor(value) for value in tensors] for tensors in lists]
        if self.threads is not None and not converted[0]:
            raise ValueError("Expected at least one tensor in batch().")
        return converted

    def _fill(self, queue: QueueBase, lists: Sequence[Sequence[Tensor]], keep: Tensor) -> None:
        enqueue = queue.enqueue_many if self.enqueue_many else queue.enqueue

        def filling(tensors: Sequence[Tensor]) -> Any:
            if keep.shape.ndims == 1:
                return enqueue(_kept(tensors, keep))
            return smart_cond(keep, lambda: enqueue(tensors), no_op)

        ops = [filling(tensors) for tensors in lists]
        add_queue_runner(QueueRunner(queue, ops * (1 if self.threads is None else self.threads)))


def known_ranks(lists: Sequence[Sequence[Tensor]], shapes: Any, enqueue_many: bool) -> Any:
    """The shapes of elements: `shapes`, or those of the tensors.

    Raises:
      ValueError: the rank of one is not known.
    """
    if shapes is not None:
        return shapes
    for tensors in lists:
        for tensor in tensors:
            if tensor.shape.ndims is None:
                raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
    return [_common_shape(column, enqueue_many) for column in zip(*lists, strict=False)]


def _common_shape(column: Sequence[Tensor], enqueue_many: bool) -> list[int | None]:
    shapes = [as_shape(tensor.shape) for tensor in column]
    if enqueue_many:
        shapes = [shape.with_rank_at_least(1)[1:] for shape in shapes]
    for shape in shapes[1:]:
        shapes[0].merge_with(shape)
    return shapes[0].as_list()


def in_order_of_keys(sets: Any) -> list[Any]:
    """The tensors of each set, those of a dict in the order of its keys."""
    if not sets:
        raise ValueError("Expected at least one set of tensors")
    if not isinstance(sets[0], dict):
        return list(sets)
    if any(tensors.keys() != sets[0].keys() for tensors in sets):
        raise ValueError("All dictionaries in tensors_list must have the same keys")
    return [[tensors[key] for key in sorted(tensors, key=str)] for tensors in sets]


def like(tensors: Any, given: Any) -> Any:
    """`given`, which came out of a queue, in the form of `tensors`."""
    if not isinstance(tensors, dict):
        return given
    values = [given] if len(tensors) == 1 else given
    return dict(zip(sorted(tensors, key=str), values, strict=True))


def as_tensor(value: Any) -> Any:
    return value if isinstance(value, SparseTensor) else convert_to_tensor_or_indexed_slices(value)


def condition(keep_input: Any, enqueue_many: bool) -> Tensor:
    keep = convert_to_tensor(keep_input)
    if keep.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if keep.shape.ndims == 1 and not enqueue_many:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if keep.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep


def _kept(tensors: Sequence[Tensor], keep: Tensor) -> list[Tensor]:
    """The rows for which `keep` holds."""
    side = cast(keep, dtypes.int32)
    return [dynamic_partition(tensor, side, num_partitions=2)[1] for tensor in tensors]


def _types(lists: Sequence[Sequence[Tensor]]) -> list[Any]:
    every = [[tensor.dtype for tensor in tensors] for tensors in lists]
    for other in every[1:]:
        if other != every[0]:
            names = [", ".join(dtype.name for dtype in types) for types in (every[0], other)]
            raise TypeError(f"Expected types to be consistent: {names[0]} vs. {names[1]}.")
    return every[0]
