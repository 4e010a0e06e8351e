"""A dataset whose elements are made before they are wanted."""

from __future__ import annotations

import time
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
from stillflow.ops.datasets.tables import Moving

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

    def iterator(self, place: Place) -> ElementIterator:
        if self.size == 0 or self.gives_blocks:
            return self.inputs[0].iterator(place.below("Prefetched"))
        return _Prefetched(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Prefetched(InputIterator):
    """Makes elements when they are wanted, until a thread is seen to pay.

    It does at once where making them waits: for files, or for the program's own code.
    """

    def __init__(self, dataset: PrefetchDataset, place: Place):
        super().__init__(dataset, place)
        self._ahead: Ahead | None = None
        self._left: list[Element] = []  # of a buffer that was saved
        self._waits = dataset.waits
        self._count = 0
        self._making = self._using = 0.0
        self._given_at = 0.0

    def next(self) -> Element:
        if self._left:
            return self._left.pop(0)
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

    def save(self) -> Any:
        if self._ahead is None:
            return [[list(element) for element in self._left], self.input.save()]
        return self._ahead.paused(self._saved)

    def _saved(self, made: list[Any]) -> Any:
        elements = [list(element) for element in made if isinstance(element, tuple)]
        return [elements, self.input.save()]

    def restore(self, state: Any) -> None:
        self._ahead = None
        self._left = [tuple(element) for element in state[0]]
        self.input.restore(state[1])


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
