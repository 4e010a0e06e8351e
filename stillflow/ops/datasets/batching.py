"""Datasets of batches: consecutive elements of an input, stacked."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.calling import Function
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OpError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars, with_scalars
from stillflow.ops.datasets.dataset import (
    AUTOTUNE,
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
from stillflow.ops.datasets.mapping import called
from stillflow.ops.datasets.results import given
from stillflow.ops.datasets.stacking import rows_of, stacked, unstacked
from stillflow.ops.datasets.state import State


class BatchDataset(Dataset):
    """`size` elements of its input at a time; the last batch may be smaller, or is left out."""

    kind = "BatchV2"

    def __init__(self, source: Dataset, size: int, drops_rest: bool, *structure: Any):
        super().__init__((source,), *structure)
        self.size = size
        self.drops_rest = drops_rest

    @property
    def uses_blocks(self) -> bool:
        return self.inputs[0].gives_blocks or super().uses_blocks

    def iterator(self, place: Place) -> ElementIterator:
        return _Batched(self, place)

    def cardinality(self) -> int:
        count = self.inputs[0].cardinality()
        if count < 0:
            return count
        return count // self.size + (count % self.size > 0 and not self.drops_rest)


class BatchIterator(InputIterator):
    """Base of iterators that give something made of `size` elements of their input."""

    empty = "input_impl_empty"  # what says that there are no more, if anything does

    def __init__(self, dataset: BatchDataset, place: Place):
        super().__init__(dataset, place)
        self.kind = dataset.kind
        self._taken: list[Element] = []  # of a batch that the program interrupted
        self._is_over = False

    def taken(self) -> list[Element]:
        """The next `size` elements; fewer at the end, unless that is left out."""
        if self._is_over:
            raise End
        taken, size = self._taken, self.dataset.size
        self._taken = []
        try:
            while len(taken) < size:
                taken.append(self.input.next())
        except End:
            self._is_over = True
        except KeyboardInterrupt:
            self._taken = taken
            raise
        self.check_rows(len(taken))
        return taken

    def check_rows(self, rows: int) -> None:
        """Raises End where a batch of so many elements is not to be given."""
        self._is_over |= rows < self.dataset.size
        if not rows or (self._is_over and self.dataset.drops_rest):
            raise End

    def save(self, state: State) -> None:
        is_exhausted = self._is_over and self.empty
        write_input(Exhausted() if is_exhausted else self.input, state, self.empty)
        self._save_taken(state)

    def _save_taken(self, state: State) -> None:
        if self._taken:  # TensorFlow's never has any
            state["taken_size"] = len(self._taken)
            for number, element in enumerate(self._taken):
                state.put_element(f"taken[{number}]_size", f"taken[{number}][{{}}]", element)

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, self.empty)
        self._is_over = isinstance(self.input, Exhausted)
        count = state.number("taken_size") if "taken_size" in state else 0
        names = [(f"taken[{number}]_size", f"taken[{number}][{{}}]") for number in range(count)]
        self._taken = [state.element(*own) for own in names]


class _Batched(BatchIterator):
    def next(self) -> Element:
        if not self.dataset.inputs[0].gives_blocks:
            return stacked(self.taken())
        if self._is_over:
            raise End
        block = self.input.block(self.dataset.size)
        self.check_rows(rows_of(block))
        return block


class MapAndBatchDataset(BatchDataset):
    """`size` elements of its input at a time; what a function gives for these is stacked.

    Where the function fails for one of them, all `size` are gone.
    """

    kind = "MapAndBatch"

    def __init__(
        self,
        source: Dataset,
        size: int,
        drops_rest: bool,
        function: Function,
        keeps_number: bool,
        *structure: Any,
    ):
        super().__init__(source, size, drops_rest, *structure)
        self.function = function
        self.functions = (function,)
        self.keeps_number = keeps_number

    @property
    def maps_blocks(self) -> bool:
        return self.inputs[0].gives_blocks and self.function.gives_rows

    def iterator(self, place: Place) -> ElementIterator:
        return _MappedAndBatched(self, place)


class _MappedAndBatched(BatchIterator):
    def __init__(self, dataset: MapAndBatchDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.function)
        self._results: deque[Element | OpError] = deque()  # what another made beforehand

    def next(self) -> Element:
        if self._results:
            return given(self._results.popleft())
        if not self.dataset.maps_blocks:
            return self._mapped(self.taken())
        if self._is_over:
            raise End
        block = self.input.block(self.dataset.size)
        rows = rows_of(block)
        self.check_rows(rows)
        made = self._call.rows(block, rows)
        return self._mapped(unstacked(block)) if made is None else tuple(made)

    def _mapped(self, elements: list[Element]) -> Element:
        made: list[Element] = []
        try:
            for element in elements:
                made.append(called(self._call, element, self.dataset.keeps_number))
        except End:
            self.check_rows(len(made))
        return tuple(map(_put_together, zip(*made, strict=True)))

    def save(self, state: State) -> None:
        self.input.write(state)
        self._save_taken(state)
        state["call_counter"] = 0
        state["batch_results_size"] = len(self._results)
        for number, result in enumerate(self._results):
            name = f"batch_results_{number}"
            batch = result if isinstance(result, tuple) else ()
            state[f"{name}_num_calls"] = 0
            state[f"{name}_num_elements"] = rows_of(batch)
            state.mark(f"{name}_output_allocated", batch)
            state.put_element(f"{name}_output_size", f"{name}_output_{{}}", batch)
            error = result if isinstance(result, OpError) else None
            state.put_status(f"{name}_status_code", f"{name}_status_msg", error)

    def restore(self, state: State) -> None:
        super().restore(state)
        names = [f"batch_results_{n}" for n in range(state.number("batch_results_size"))]
        results = [self._result(state, name) for name in names]
        self._results = deque(result for result in results if result is not None)

    def _result(self, state: State, name: str) -> Element | OpError | None:
        """A batch, or an error, that was made beforehand; None behind the end."""
        error = state.status(f"{name}_status_code", f"{name}_status_msg")
        rows = state.number(f"{name}_num_elements")
        if error is not None or not rows:
            return error
        if rows < self.dataset.size and self.dataset.drops_rest:
            return None
        batch = state.element(f"{name}_output_size", f"{name}_output_{{}}")
        return tuple(column[:rows] for column in batch)


def _put_together(values: Sequence[Any]) -> np.ndarray:
    """n[count, ...], of the first one's shape; the others may have another of as many elements."""
    first = values[0]
    for value in values:
        if np.size(value) != np.size(first):
            refuse(
                "Cannot add tensor to the batch: number of elements does not match. Shapes are: "
                f"[tensor]: {format_sizes(value.shape)}, [batch]: {format_sizes(first.shape)}\n"
                "  padded_batch fills elements up to one shape."
            )
    return stacked([(value.reshape(first.shape) if value.shape else value,) for value in values])[0]


_OPTIONS: dict[str, Any] = {
    "shape": of_scalars,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


def checked_batch_size(batch_size: Any) -> int:
    if int(batch_size) <= 0:
        refuse("Batch size must be greater than zero.")
    return int(batch_size)


@op("BatchDataset", "input_dataset: variant, batch_size: int64 -> handle: variant", **_OPTIONS)
def batch_dataset_op(
    xp, input_dataset, batch_size, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """batch_size: i64[] -> variant[]"""
    source = dataset_of(input_dataset)
    size = checked_batch_size(batch_size)
    dataset = BatchDataset(source, size, False, output_types, output_shapes)
    dataset.kind = "Batch"
    return dataset


@op(
    "BatchDatasetV2",
    "input_dataset: variant, batch_size: int64, drop_remainder: bool -> handle: variant",
    **_OPTIONS,
)
def batch_dataset_v2_op(
    xp,
    input_dataset,
    batch_size,
    drop_remainder,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    parallel_copy: bool = False,
):
    """batch_size: i64[], drop_remainder: bool[] -> variant[]"""
    source = dataset_of(input_dataset)
    size = checked_batch_size(batch_size)
    return BatchDataset(source, size, bool(drop_remainder), output_types, output_shapes)


@op(
    "MapAndBatchDataset",
    "input_dataset: variant, other_arguments: [Targuments], batch_size: int64, "
    "num_parallel_calls: int64, drop_remainder: bool -> handle: variant",
    calls=True,
    **(_OPTIONS | {"shape": with_scalars(-3, -2, -1)}),
)
def map_and_batch_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    preserve_cardinality: bool = False,
):
    """-> variant[], what `f` gives for each element, stacked"""
    *captured, batch_size, count, drop_remainder = others
    if int(batch_size) <= 0:
        refuse("batch_size must be greater than zero.")
    if int(count) < 1 and int(count) != AUTOTUNE:
        refuse("num_parallel_calls must be greater than zero.")
    return MapAndBatchDataset(
        dataset_of(input_dataset),
        int(batch_size),
        bool(drop_remainder),
        caller.function(f, captured),
        preserve_cardinality,
        output_types,
        output_shapes,
    )


map_and_batch_dataset_op.not_differentiable()
for _declared in (batch_dataset_op, batch_dataset_v2_op):
    _declared.not_differentiable()
