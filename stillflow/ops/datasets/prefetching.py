"""A dataset whose elements are made before they are wanted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.ahead import Ahead
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    AUTOTUNE,
    Dataset,
    Element,
    ElementIterator,
    InputIterator,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.results import Names, Results
from stillflow.ops.datasets.stacking import next_block
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving, MovingIterator

_BY_DEFAULT = 2  # elements
# A thread pays where both sides take so long for an element that handing it over is nothing.
_LOOKED_AT = 8  # elements
_LONG = 0.0005  # seconds


class PrefetchDataset(Moving):
    """Its input's elements, of which up to `size` are made beforehand where that pays."""

    def __init__(self, source: Dataset, size: int, *structure: Any):
        super().__init__(source, *structure)
        self.size = size

    @property
    def gives_blocks(self) -> bool:
        return self.inputs[0].gives_blocks

    @property
    def uses_blocks(self) -> bool:
        return super().uses_blocks and not self.waits  # else a thread makes them

    def iterator(self, place: Place) -> ElementIterator:
        if self.size == 0 or self.gives_blocks:
            return _PassedOn(self, place)
        return _Prefetched(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Prefetched(InputIterator):
    """Makes elements when they are wanted, until a thread is seen to pay.

    It does at once where making them waits: for files, or for the program's own code.
    """

    kind = "Prefetch"

    def __init__(self, dataset: PrefetchDataset, place: Place):
        super().__init__(dataset, place)
        self._ahead: Ahead | None = None
        self._left = Results()  # of a buffer that was saved
        self._waits = dataset.waits
        self._count = 0
        self._making = self._using = 0.0
        self._given_at = 0.0

    def next(self) -> Element:
        if self._left:
            return self._left.next()
        if self._ahead is None and (self._waits or self._pays()):
            size = _BY_DEFAULT if self.dataset.size == AUTOTUNE else self.dataset.size
            self._ahead = Ahead(self.input.next, size, self.place.pass_)
        return self._measured() if self._ahead is None else self._ahead.next()

    def _pays(self) -> bool:
        enough = self._count * _LONG
        return self._count >= _LOOKED_AT and self._making > enough and self._using > enough

    def _measured(self) -> Element:
        begun = time.perf_counter()
        if self._count:
            self._using += begun - self._given_at
        element = self.input.next()
        self._given_at = time.perf_counter()
        self._making += self._given_at - begun
        self._count += 1
        return element

    def save(self, state: State) -> None:
        if self._ahead is None:
            self._save(state, [])
        else:
            self._ahead.paused(lambda made: self._save(state, made))

    def _save(self, state: State, made: list[Any]) -> None:
        self.input.write(state)
        self._left.save(state, _BUFFER, made)

    def restore(self, state: State) -> None:
        self._ahead = None
        self.input.read(state)
        self._left.restore(state, _BUFFER)


class _PassedOn(MovingIterator):
    """Makes elements when they are wanted; what was made beforehand by another comes first."""

    kind = "Prefetch"

    def __init__(self, dataset: PrefetchDataset, place: Place):
        super().__init__(dataset.columns)
        self._input = dataset.inputs[0].iterator(place.below("Prefetched"))
        self._left = Results()

    def next(self) -> Element:
        return self._left.next() if self._left else self._input.next()

    def units(self, count: int) -> Sequence[Any]:
        if not self._left:
            return self._input.units(count)
        taken = [self._left.next() for _ in range(min(count, len(self._left)))]
        return [*self.units_of(taken), *self._input.units(count - len(taken))]

    def block(self, count: int) -> Element:
        return next_block(self, count) if self._left else self._input.block(count)

    def save(self, state: State) -> None:
        self._input.write(state)
        self._left.save(state, _BUFFER)

    def restore(self, state: State) -> None:
        self._input.read(state)
        self._left.restore(state, _BUFFER)


_BUFFER = Names(
    "buffer_size",
    "buffer[{0}].size",
    "buffer[{0}][{1}]",
    "status[{0}].code",
    "status[{0}].error_message",
    is_error_sized=False,
)


@op(
    "PrefetchDataset",
    "input_dataset: variant, buffer_size: int64 -> handle: variant",
    shape=of_scalars,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def prefetch_dataset_op(
    xp,
    input_dataset,
    buffer_size,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    slack_period: int = 0,
    legacy_autotune: bool = True,
):
    """buffer_size: i64[] -> variant[], the same elements, some of them made beforehand"""
    if int(buffer_size) < AUTOTUNE:
        refuse("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning")
    source = dataset_of(input_dataset)
    return PrefetchDataset(source, int(buffer_size), output_types, output_shapes)


prefetch_dataset_op.not_differentiable()
