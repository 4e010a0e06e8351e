"""Datasets that choose among elements: of several datasets, without errors, without repetition."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, OpError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    Dataset,
    Element,
    ElementIterator,
    End,
    InputIterator,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.stacking import stacked
from stillflow.ops.datasets.tables import Moving


class DirectedInterleaveDataset(Dataset):
    """Elements of several inputs: the first one gives the numbers of those behind it."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Directed(self, place)


class _Directed(ElementIterator):
    def __init__(self, dataset: DirectedInterleaveDataset, place: Place):
        iterators = [
            source.iterator(place.below(f"Directed{number}"))
            for number, source in enumerate(dataset.inputs)
        ]
        self._pass = place.pass_
        self._selector = iterators[0]
        self._inputs: list[ElementIterator | None] = [*iterators[1:]]
        self._dataset, self._place = dataset, place

    def next(self) -> Element:
        while any(source is not None for source in self._inputs):
            self._pass.check()
            number = int(self._selector.next()[0])
            if not 0 <= number < len(self._inputs):
                refuse(f"Selector index out of range: {number} >= {len(self._inputs)}")
            source = self._inputs[number]
            if source is None:
                continue
            try:
                return source.next()
            except End:
                self._inputs[number] = None
        raise End

    def save(self) -> Any:
        inner = [None if source is None else source.save() for source in self._inputs]
        return [self._selector.save(), inner]

    def restore(self, state: Any) -> None:
        self._selector.restore(state[0])
        for number, own in enumerate(state[1]):
            source = self._inputs[number]
            if own is None:
                self._inputs[number] = None
            elif source is not None:
                source.restore(own)


class IgnoreErrorsDataset(Moving):
    """Its input's elements without those that fail."""

    columns = None

    def iterator(self, place: Place) -> ElementIterator:
        return _WithoutErrors(self, place)


class _WithoutErrors(InputIterator):
    def next(self) -> Element:
        while True:
            self.place.pass_.check()
            try:
                return self.input.next()
            except CancelledError:
                raise
            except OpError:
                continue

    def save(self) -> Any:
        return self.input.save()

    def restore(self, state: Any) -> None:
        self.input.restore(state)


class UniqueDataset(Moving):
    """Its input's elements, each once."""

    columns = None

    def iterator(self, place: Place) -> ElementIterator:
        return _Unique(self, place)


class _Unique(InputIterator):
    def __init__(self, dataset: UniqueDataset, place: Place):
        super().__init__(dataset, place)
        self._seen: dict[Any, None] = {}

    def next(self) -> Element:
        while True:
            self.place.pass_.check()
            element = self.input.next()
            key = _key(element[0])
            if key not in self._seen:
                self._seen[key] = None
                return element

    def save(self) -> Any:
        return [[list(key) for key in self._seen], self.input.save()]

    def restore(self, state: Any) -> None:
        self._seen = {(tuple(shape), tuple(values)): None for shape, values in state[0]}
        self.input.restore(state[1])


def _key(value: np.ndarray) -> Any:
    return tuple(value.shape), tuple(value.ravel().tolist())


class SlidingWindowDataset(Dataset):
    """Overlapping batches of `size` elements, `stride` apart, which begin `shift` apart."""

    def __init__(self, source: Dataset, size: int, shift: int, stride: int, *structure: Any):
        super().__init__((source,), *structure)
        self.size, self.shift, self.stride = size, shift, stride

    def iterator(self, place: Place) -> ElementIterator:
        return _Sliding(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if count < 0:
            return count
        span = (self.size - 1) * self.stride + 1
        return max(0, (count - span) // self.shift + 1)


class _Sliding(InputIterator):
    def __init__(self, dataset: SlidingWindowDataset, place: Place):
        super().__init__(dataset, place)
        self._buffer: list[Element] = []
        self._is_over = False

    def next(self) -> Element:
        if self._is_over:
            raise End
        dataset, buffer = self.dataset, self._buffer
        span = (dataset.size - 1) * dataset.stride + 1
        try:
            while len(buffer) < span:
                buffer.append(self.input.next())
            chosen = buffer[: span : dataset.stride]
            for _ in range(dataset.shift - len(buffer)):
                self._skip()
        except End:
            self._is_over = True
            raise
        del buffer[: dataset.shift]
        return stacked(chosen)

    def _skip(self) -> None:
        try:
            self.input.next()
        except End:
            self._is_over = True

    def save(self) -> Any:
        return [[list(element) for element in self._buffer], self._is_over, self.input.save()]

    def restore(self, state: Any) -> None:
        self._buffer = [tuple(element) for element in state[0]]
        self._is_over = bool(state[1])
        self.input.restore(state[2])


_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


@op(
    "DirectedInterleaveDataset",
    "selector_input_dataset: variant, data_input_datasets: N * variant -> handle: variant",
    **_OPTIONS,
)
def directed_interleave_dataset_op(
    xp,
    selector_input_dataset,
    *data_input_datasets,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], elements of the datasets that the numbers of the first one name"""
    selector = dataset_of(selector_input_dataset)
    sources = [dataset_of(variant) for variant in data_input_datasets]
    if selector.types != [dtypes.int64] or selector.shapes[0].ndims not in (None, 0):
        refuse("The selector input must be a dataset of scalar int64 elements.")
    for number, source in enumerate(sources):
        if source.types != sources[0].types:
            told = [", ".join(t.runtime_name for t in s.types) for s in (sources[0], source)]
            refuse(
                f"All inputs must have the same output_dtypes. First input has types {told[0]}, "
                f"and input {number} has types {told[1]}"
            )
    return DirectedInterleaveDataset([selector, *sources], output_types, output_shapes)


@op("IgnoreErrorsDataset", "input_dataset: variant -> handle: variant", **_OPTIONS)
def ignore_errors_dataset_op(
    xp, input_dataset, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[], the elements that do not fail"""
    return IgnoreErrorsDataset(dataset_of(input_dataset), output_types, output_shapes)


@op("UniqueDataset", "input_dataset: variant -> handle: variant", **_OPTIONS)
def unique_dataset_op(
    xp, input_dataset, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[], the elements, each once"""
    source = dataset_of(input_dataset)
    if len(source.types) != 1:
        refuse("UniqueDataset only supports inputs with a single component.")
    if source.types[0] not in (dtypes.int32, dtypes.int64, dtypes.string):
        refuse(
            "UniqueDataset only supports inputs with a single `tf.int32`, `tf.int64`, or "
            "`tf.string` component."
        )
    return UniqueDataset(source, output_types, output_shapes)


@op(
    "SlidingWindowDataset",
    "input_dataset: variant, window_size: int64, window_shift: int64, window_stride: int64 "
    "-> handle: variant",
    **(_OPTIONS | {"shape": of_scalars}),
)
def sliding_window_dataset_op(
    xp,
    input_dataset,
    window_size,
    window_shift,
    window_stride,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """window_size, window_shift, window_stride: i64[] -> variant[]"""
    if int(window_size) <= 0:
        refuse("Window size must be greater than zero.")
    if int(window_shift) <= 0:
        refuse("Window shift must be greater than zero.")
    if int(window_stride) <= 0:
        refuse("window_stride must be greater than zero.")
    numbers = int(window_size), int(window_shift), int(window_stride)
    return SlidingWindowDataset(dataset_of(input_dataset), *numbers, output_types, output_shapes)


for _declared in (directed_interleave_dataset_op, ignore_errors_dataset_op, unique_dataset_op):
    _declared.not_differentiable()
sliding_window_dataset_op.not_differentiable()
