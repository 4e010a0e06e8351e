"""Datasets of what batches are made of, and of windows: datasets of consecutive elements."""

from __future__ import annotations

from collections import deque
from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OpError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    UNKNOWN,
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
from stillflow.ops.datasets.results import Names, Results
from stillflow.ops.datasets.state import State


class ListDataset(Dataset):
    """Given elements."""

    def __init__(self, elements: list[Element], *structure: Any):
        super().__init__((), *structure)
        self.elements = elements

    def iterator(self, place: Place) -> ElementIterator:
        return _Listed(self.elements)

    def cardinality(self) -> int:
        return len(self.elements)


class _Listed(ElementIterator):
    kind = "Window"

    def __init__(self, elements: list[Element]):
        self._elements = elements
        self._next = 0

    def next(self) -> Element:
        if self._next == len(self._elements):
            raise End
        self._next += 1
        return self._elements[self._next - 1]

    def save(self, state: State) -> None:
        state["i"] = self._next

    def restore(self, state: State) -> None:
        self._next = state.number("i")


class WindowDataset(Dataset):
    """Datasets of `size` elements, `stride` apart; they begin `shift` elements after each other."""

    def __init__(
        self, source: Dataset, size: int, shift: int, stride: int, drops_rest: bool, *structure: Any
    ):
        super().__init__((source,), *structure)
        self.size = size
        self.shift = shift
        self.stride = stride
        self.drops_rest = drops_rest

    @property
    def span(self) -> int:
        """From the first to the last element of a window."""
        return (self.size - 1) * self.stride + 1

    def iterator(self, place: Place) -> ElementIterator:
        return _Windows(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if count < 0:
            return count
        if self.drops_rest:
            return 0 if count < self.span else (count - self.span) // self.shift + 1
        return -(-count // self.shift)


class _Windows(InputIterator):
    """In the buffer are elements, and errors in place of those that failed."""

    kind = "Window"

    def __init__(self, dataset: WindowDataset, place: Place):
        super().__init__(dataset, place)
        self._buffer: deque[Element | OpError] = deque()
        self._is_over = False

    def next(self) -> Element:
        dataset, buffer = self.dataset, self._buffer
        while len(buffer) < dataset.span and not self._is_over:
            self._take()
        if not buffer or (dataset.drops_rest and len(buffer) < dataset.span):
            raise End
        chosen: list[Any] = [buffer[place] for place in range(0, len(buffer), dataset.stride)]
        for _ in range(dataset.shift):
            if not buffer and not self._is_over:
                self._take()
            if buffer:
                buffer.popleft()
        failed = [element for element in chosen if isinstance(element, OpError)]
        if failed:
            raise failed[0]
        source = dataset.inputs[0]
        return tuple(
            ListDataset(
                [(element[n],) for element in chosen],
                [source.types[n]],
                [source.shapes[n]],
            )
            for n in range(len(source.types))
        )

    def _take(self) -> None:
        try:
            self._buffer.append(self.input.next())
        except End:
            self._is_over = True
        except OpError as error:
            self._buffer.append(error)

    def save(self, state: State) -> None:
        write_input(Exhausted() if self._is_over else self.input, state, "input_impl_empty")
        buffered = Results()
        buffered.extend(self._buffer)
        buffered.save(state.unnamed, _buffer_of(state))

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impl_empty")
        self._is_over = isinstance(self.input, Exhausted)
        buffered = Results()
        buffered.restore(state.unnamed, _buffer_of(state))
        self._buffer = deque(buffered)


def _buffer_of(state: State) -> Names:
    """TensorFlow says only of errors whose they are."""
    errors = state.key("buffer[{0}].code"), state.key("buffer[{0}].error_message")
    return Names("buffer_size", "buffer[{0}].size", "buffer[{0}][{1}]", *errors)


class UnbatchDataset(Dataset):
    """The rows of its input's elements."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Unbatched(self, place)

    def cardinality(self) -> int:
        return UNKNOWN


class _Unbatched(InputIterator):
    kind = "Unbatch"

    def __init__(self, dataset: UnbatchDataset, place: Place):
        super().__init__(dataset, place)
        self._rows: Element = ()
        self._next = self._count = 0

    def next(self) -> Element:
        while self._next == self._count:
            self.place.pass_.check()
            rows = self.input.next()
            _check_rows(rows)
            self._rows, self._next, self._count = rows, 0, len(rows[0])
        row = self._next
        self._next += 1
        return tuple([column[row, ...] for column in self._rows])

    def save(self, state: State) -> None:
        write_input(self.input, state, "input_impl_empty")
        state["current_index"], state["n"] = self._next, self._count
        if self._next < self._count:
            for number, column in enumerate(self._rows):
                state[f"tensors[{number}]"] = column

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impl_empty")
        self._next, self._count = state.number("current_index"), state.number("n")
        if self._next < self._count:
            count = len(self.dataset.types)
            self._rows = tuple([state[f"tensors[{number}]"] for number in range(count)])


def _check_rows(rows: Element) -> None:
    for index, column in enumerate(rows):
        if not column.shape:
            refuse("Input element must have a non-scalar value in each component.")
        if len(column) != len(rows[0]):
            refuse(
                "Input element must have the same batch size in each component. Component 0 had "
                f"size {len(rows[0])} but component {index} had size, {len(column)}."
            )


_OPTIONS: dict[str, Any] = {
    "shape": of_scalars,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


@op(
    "WindowDataset",
    "input_dataset: variant, size: int64, shift: int64, stride: int64, drop_remainder: bool "
    "-> handle: variant",
    **_OPTIONS,
)
def window_dataset_op(
    xp,
    input_dataset,
    size,
    shift,
    stride,
    drop_remainder,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """size, shift, stride: i64[], drop_remainder: bool[] -> variant[]"""
    for value, name in ((size, "size"), (shift, "shift"), (stride, "stride")):
        if int(value) <= 0:
            refuse(f"Window {name} must be greater than zero.")
    source = dataset_of(input_dataset)
    types = [dtypes.variant] * len(source.types)
    numbers = int(size), int(shift), int(stride)
    return WindowDataset(source, *numbers, bool(drop_remainder), types, output_shapes)


@op("UnbatchDataset", "input_dataset: variant -> handle: variant", **_OPTIONS)
def unbatch_dataset_op(
    xp, input_dataset, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[]"""
    return UnbatchDataset([dataset_of(input_dataset)], output_types, output_shapes)


for _declared in (window_dataset_op, unbatch_dataset_op):
    _declared.not_differentiable()
