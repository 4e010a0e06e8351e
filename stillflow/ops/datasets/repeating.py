"""Datasets that give some elements of their input, or all of them several times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    INFINITE,
    UNKNOWN,
    Dataset,
    Element,
    ElementIterator,
    End,
    Exhausted,
    Place,
    dataset_of,
    read_input,
    write_input,
)
from stillflow.ops.datasets.stacking import joined, rows_of
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving, MovingIterator

_EMPTY = "input_impl_empty"


class RepeatDataset(Moving):
    """Its input's elements `count` times over; for ever if that is negative."""

    def __init__(self, source: Dataset, count: int, *structure: Any):
        super().__init__(source, *structure)
        self.count = count

    @property
    def gives_blocks(self) -> bool:
        return self.inputs[0].gives_blocks

    def iterator(self, place: Place) -> ElementIterator:
        return _Repeated(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if self.count == 0 or count == 0:
            return 0
        if self.count < 0:
            return INFINITE
        return count if count < 0 else count * self.count


class _Repeated(MovingIterator):
    def __init__(self, dataset: RepeatDataset, place: Place):
        self.kind = _kind(dataset.count, "Repeat", "ForeverRepeat")
        super().__init__(dataset.columns)
        self._dataset = dataset
        self._place = place
        self._done = 0  # how many times it has ended
        self._is_at_start = True
        self._input: ElementIterator | None = self._new() if dataset.count else None

    def _new(self) -> ElementIterator:
        return self._dataset.inputs[0].iterator(self._place.below("Repeat"))

    def units(self, count: int) -> Sequence[Any]:
        found: Sequence[Any] = ()
        while len(found) < count and self._input is not None:
            more = self._input.units(count - len(found))
            found = [*found, *more] if found else more
            if len(found) < count:
                self._place.pass_.check()
                self._begin_anew(is_empty=not more)
        self._is_at_start &= not found
        return found

    def block(self, count: int) -> Element:
        if self._columns is not None:
            return super().block(count)
        parts: list[Element] = []
        while count and self._input is not None:
            part = self._input.block(count)
            if part:
                parts.append(part)
            count -= rows_of(part)
            if count:
                self._place.pass_.check()
                self._begin_anew(is_empty=not part)
        self._is_at_start &= not parts
        return joined(parts)

    def _begin_anew(self, is_empty: bool) -> None:
        """Behind the end of the input; of one that is repeated for ever it may be empty."""
        limit = self._dataset.count
        self._done += 1
        is_over = self._done >= limit if limit >= 0 else self._is_at_start and is_empty
        self._is_at_start = True
        self._input = self._new()  # at the end, too, as in TensorFlow: what shuffles notes that
        if is_over:
            self._input = None

    def save(self, state: State) -> None:
        count = self._dataset.count
        if count > 0:
            state["i"] = self._done
        is_absent = self._input is None or (count < 0 and self._is_at_start)
        if self._input is not None and not is_absent:
            self._input.write(state)
        elif count:
            state.mark("uninitialized" if count < 0 else "input_impl_empty")

    def restore(self, state: State) -> None:
        count = self._dataset.count
        if count > 0:
            self._done = state.number("i")
        self._is_at_start = "uninitialized" in state
        self._input = self._new() if count and "input_impl_empty" not in state else None
        if self._input is not None and not self._is_at_start:
            self._input.read(state)


def _kind(count: int, name: str, negative: str) -> str:
    return negative if count < 0 else f"Finite{name}" if count else f"Empty{name}"


class TakeDataset(Moving):
    """The first `count` elements of its input; all if that is negative."""

    def __init__(self, source: Dataset, count: int, *structure: Any):
        super().__init__(source, *structure)
        self.count = count

    def iterator(self, place: Place) -> ElementIterator:
        return _Taken(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if self.count < 0 or count == UNKNOWN:
            return count if self.count else 0
        return self.count if count == INFINITE else min(count, self.count)


class _Taken(MovingIterator):
    def __init__(self, dataset: TakeDataset, place: Place):
        self.kind = _kind(dataset.count, "Take", "FiniteTake")
        super().__init__(dataset.columns)
        self._limit = dataset.count
        self._done = 0
        self._input: ElementIterator = dataset.inputs[0].iterator(place.below("Take"))

    def units(self, count: int) -> Sequence[Any]:
        if self._limit >= 0:
            left = self._limit - self._done
            if not left:
                self._input = Exhausted()  # a generator that nobody asks any more is given up
                return ()
            count = min(count, left)
        found = self._input.units(count)
        self._done += len(found)
        return found

    def save(self, state: State) -> None:
        if self._limit:
            state["i"] = self._done
            write_input(self._input, state, _EMPTY)

    def restore(self, state: State) -> None:
        if self._limit:
            self._done = state.number("i")
            self._input = read_input(self._input, state, _EMPTY)


class SkipDataset(Moving):
    """Its input's elements behind the first `count`; none if that is negative."""

    def __init__(self, source: Dataset, count: int, *structure: Any):
        super().__init__(source, *structure)
        self.count = count

    def iterator(self, place: Place) -> ElementIterator:
        return _Skipped(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if self.count < 0:
            return 0
        return count if count < 0 else max(0, count - self.count)


class _Skipped(MovingIterator):
    def __init__(self, dataset: SkipDataset, place: Place):
        self.kind = "EmptySkip" if dataset.count < 0 else "FiniteSkip"
        super().__init__(dataset.columns)
        self._count = self._left = dataset.count
        self._pass = place.pass_
        self._input: ElementIterator = dataset.inputs[0].iterator(place.below("Skip"))

    def units(self, count: int) -> Sequence[Any]:
        if self._left < 0:
            return ()
        while self._left:
            self._pass.check()
            skipped = self._input.units(self._left if self._columns is not None else 1)
            if not skipped:
                self._left = -1
                return ()
            self._left -= len(skipped)
        return self._input.units(count)

    def save(self, state: State) -> None:
        if self._count < 0:
            return
        state["i"] = self._count - max(self._left, 0)
        write_input(Exhausted() if self._left < 0 else self._input, state, _EMPTY)

    def restore(self, state: State) -> None:
        if self._count < 0:
            return
        self._left = self._count - state.number("i")
        self._input = read_input(self._input, state, _EMPTY)


class ShardDataset(Moving):
    """Of each `count` elements of its input the one of number `index`."""

    def __init__(self, source: Dataset, count: int, index: int, non_empty: bool, *structure: Any):
        super().__init__(source, *structure)
        self.count = count
        self.index = index
        self.non_empty = non_empty

    def iterator(self, place: Place) -> ElementIterator:
        return _Shard(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        return count if count < 0 else count // self.count + (self.index < count % self.count)


class _Shard(MovingIterator):
    kind = "Shard"

    def __init__(self, dataset: ShardDataset, place: Place):
        super().__init__(dataset.columns)
        self._dataset = dataset
        self._seen = 0
        self._pass = place.pass_
        self._input: ElementIterator = dataset.inputs[0].iterator(place.below("Shard"))

    def units(self, count: int) -> Sequence[Any]:
        found: list[Any] = []
        while len(found) < count:
            unit = self._one()
            if unit is _NOTHING:
                break
            found.append(unit)
        return found

    def _one(self) -> Any:
        count, index = self._dataset.count, self._dataset.index
        while True:
            self._pass.check()
            unit = self._input.units(1)
            if not unit:
                return _NOTHING
            self._seen += 1
            if (self._seen - 1) % count == index:
                if self._dataset.non_empty:
                    self._require_one_each()
                return unit[0]

    def _require_one_each(self) -> None:
        """Reads on until each shard has had an element; InvalidArgumentError if one has none."""
        while self._seen < self._dataset.count:
            if not self._input.units(1):
                refuse(
                    "There aren't enough elements in this dataset for each shard to have at least "
                    f"one element (# elems = {self._seen}, # shards = {self._dataset.count}). If "
                    "you are using datasets with distribution strategy, consider turning dataset "
                    "autosharding off with `tf.data.Options`."
                )
            self._seen += 1

    def save(self, state: State) -> None:
        state["next_index"] = self._seen
        write_input(self._input, state, _EMPTY)

    def restore(self, state: State) -> None:
        self._input = read_input(self._input, state, _EMPTY)
        if _EMPTY not in state:
            self._seen = state.number("next_index")


_NOTHING = object()


def _moving(type_name: str, inputs: str) -> Any:
    """Declares an op that makes a dataset of elements of its input."""
    return op(
        type_name,
        f"input_dataset: variant, {inputs} -> handle: variant",
        shape=of_scalars,
        limits={"output_types": 1, "output_shapes": 1},
        host=True,
    )


@_moving("RepeatDataset", "count: int64")
def repeat_dataset_op(
    xp, input_dataset, count, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """count: i64[] -> variant[]"""
    return RepeatDataset(dataset_of(input_dataset), int(count), output_types, output_shapes)


@_moving("TakeDataset", "count: int64")
def take_dataset_op(
    xp, input_dataset, count, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """count: i64[] -> variant[]"""
    return TakeDataset(dataset_of(input_dataset), int(count), output_types, output_shapes)


@_moving("SkipDataset", "count: int64")
def skip_dataset_op(
    xp, input_dataset, count, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """count: i64[] -> variant[]"""
    return SkipDataset(dataset_of(input_dataset), int(count), output_types, output_shapes)


@_moving("ShardDataset", "num_shards: int64, index: int64")
def shard_dataset_op(
    xp,
    input_dataset,
    num_shards,
    index,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    require_non_empty: bool = False,
):
    """num_shards, index: i64[] -> variant[]"""
    count, number = int(num_shards), int(index)
    if count < 1:
        refuse(f"Number of shards must be greater than zero (currently num_shards = {count}).")
    if not 0 <= number < count:
        refuse(
            f"Index must be between 0 and {count - 1} (currently index = {number}, num_shards = "
            f"{count})."
        )
    source = dataset_of(input_dataset)
    return ShardDataset(source, count, number, require_non_empty, output_types, output_shapes)


class ConcatenateDataset(Dataset):
    """The elements of one input, then those of another."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Concatenated(self, place)

    def cardinality(self) -> int:
        counts = [source.cardinality() for source in self.inputs]
        if INFINITE in counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else sum(counts)


class _Concatenated(ElementIterator):
    kind = "Concatenate"

    def __init__(self, dataset: ConcatenateDataset, place: Place):
        self._dataset = dataset
        self._place = place
        self._number = 0
        self._input: ElementIterator = self._new()

    def _new(self) -> ElementIterator:
        return self._dataset.inputs[self._number].iterator(
            self._place.below(f"Concatenate{self._number}")
        )

    def next(self) -> Element:
        while True:
            try:
                return self._input.next()
            except End:
                if self._number == 1:
                    raise
            self._number = 1
            self._input = self._new()

    def save(self, state: State) -> None:
        state["i"] = self._number
        write_input(self._input, state, "input_impl_uninitialized", f"[{self._number}]")

    def restore(self, state: State) -> None:
        number = state.number("i")
        self._number = min(number, 1)
        self._input = read_input(self._new(), state, "input_impl_uninitialized", f"[{number}]")


@_moving("ConcatenateDataset", "another_dataset: variant")
def concatenate_dataset_op(
    xp,
    input_dataset,
    another_dataset,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[]"""
    sources = dataset_of(input_dataset), dataset_of(another_dataset)
    return ConcatenateDataset(sources, output_types, output_shapes)


class ZipDataset(Dataset):
    """Elements of all inputs side by side, until one ends."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Zipped(self, place)

    def cardinality(self) -> int:
        counts = [source.cardinality() for source in self.inputs]
        if UNKNOWN in counts:
            return UNKNOWN
        return min((count for count in counts if count >= 0), default=INFINITE)

    @property
    def gives_blocks(self) -> bool:
        return all(source.gives_blocks for source in self.inputs)


class _Zipped(ElementIterator):
    kind = "Zip"

    def __init__(self, dataset: ZipDataset, place: Place):
        self._inputs = [
            source.iterator(place.below(f"Zip{number}"))
            for number, source in enumerate(dataset.inputs)
        ]
        self._is_over = False

    def next(self) -> Element:
        if self._is_over:
            raise End
        try:
            return tuple([value for source in self._inputs for value in source.next()])
        except End:
            self._is_over = True
            raise

    def block(self, count: int) -> Element:
        if self._is_over:
            return ()
        blocks = [source.block(count) for source in self._inputs]
        rows = min(map(rows_of, blocks))
        self._is_over = rows < count
        return tuple([value[:rows] for block in blocks for value in block]) if rows else ()

    def save(self, state: State) -> None:
        if self._is_over:
            state.mark("input_impls_empty")
            return
        for number, source in enumerate(self._inputs):
            source.write(state, f"[{number}]")

    def restore(self, state: State) -> None:
        self._is_over = "input_impls_empty" in state
        if not self._is_over:
            for number, source in enumerate(self._inputs):
                source.read(state, f"[{number}]")


@op(
    "ZipDataset",
    "input_datasets: N * variant -> handle: variant",
    shape=shapes.scalar,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def zip_dataset_op(
    xp, *input_datasets, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[]"""
    return ZipDataset([dataset_of(v) for v in input_datasets], output_types, output_shapes)


for _declared in (repeat_dataset_op, take_dataset_op, skip_dataset_op, shard_dataset_op):
    _declared.not_differentiable()
for _declared in (concatenate_dataset_op, zip_dataset_op):
    _declared.not_differentiable()
