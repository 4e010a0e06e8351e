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
    Exhausted,
    InputIterator,
    Place,
    dataset_of,
    read_input,
    write_input,
)
from stillflow.ops.datasets.stacking import stacked
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving


class DirectedInterleaveDataset(Dataset):
    """Elements of several inputs: the first one gives the numbers of those behind it."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Directed(self, place)


class _Directed(ElementIterator):
    kind = "DirectedInterleave"

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

    def save(self, state: State) -> None:
        is_over = all(source is None for source in self._inputs)
        selector = Exhausted() if is_over else self._selector
        write_input(selector, state, "selector_input_impl_empty", ".selector")
        for number, source in enumerate(self._inputs):
            empty = f"data_input_impl_empty[{number}]"
            write_input(source or Exhausted(), state, empty, f"[{number}]")

    def restore(self, state: State) -> None:
        selector = self._selector
        self._selector = read_input(selector, state, "selector_input_impl_empty", ".selector")
        for number, source in enumerate(self._inputs):
            if source is not None:
                empty = f"data_input_impl_empty[{number}]"
                restored = read_input(source, state, empty, f"[{number}]")
                self._inputs[number] = None if isinstance(restored, Exhausted) else restored


class IgnoreErrorsDataset(Moving):
    """Its input's elements without those that fail."""

    columns = None

    def iterator(self, place: Place) -> ElementIterator:
        return _WithoutErrors(self, place)


class _WithoutErrors(InputIterator):
    kind = "IgnoreErrors"

    def next(self) -> Element:
        while True:
            self.place.pass_.check()
            try:
                return self.input.next()
            except CancelledError:
                raise
            except OpError:
                continue

    def save(self, state: State) -> None:
        write_input(self.input, state, "input_impls_empty")

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impls_empty")


class UniqueDataset(Moving):
    """Its input's elements, each once."""

    columns = None

    def iterator(self, place: Place) -> ElementIterator:
        return _Unique(self, place)


class _Unique(InputIterator):
    kind = "Unique"

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

    def save(self, state: State) -> None:
        write_input(self.input, state, "input_impl_empty")
        state["unique_elements_size"] = len(self._seen)
        kind = self.dataset.types[0].stored_as
        for number, (shape, values) in enumerate(self._seen):
            value: np.ndarray = np.empty(shape, kind)
            value.ravel()[:] = values
            state[f"unique_elements[{number}]"] = value

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impl_empty")
        count = state.number("unique_elements_size")
        values = [state[f"unique_elements[{number}]"] for number in range(count)]
        self._seen = {_key(np.asarray(value)): None for value in values}


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
    kind = "Slide"

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

    def save(self, state: State) -> None:
        write_input(Exhausted() if self._is_over else self.input, state, "input_impl_empty")
        state.unnamed["buffer_size"] = len(self._buffer)
        for number, element in enumerate(self._buffer):
            state.unnamed.put_element(f"buffer[{number}]_size", f"buffer[{number}][{{}}]", element)

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impl_empty")
        self._is_over = isinstance(self.input, Exhausted)
        own = state.unnamed
        names = [
            (f"buffer[{n}]_size", f"buffer[{n}][{{}}]") for n in range(own.number("buffer_size"))
        ]
        self._buffer = [own.element(*each) for each in names]


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
