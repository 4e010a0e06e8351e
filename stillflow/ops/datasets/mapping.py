"""Datasets that call a function of the graph for each element."""

from __future__ import annotations

import os
from collections import deque
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.calling import Function, Instance
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError, OpError, OutOfRangeError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
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
from stillflow.ops.datasets.results import Names, Results, given
from stillflow.ops.datasets.stacking import joined, next_block, rows_of, unstacked
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving
from stillflow.ops.datasets.workers import Task, Workers


class MapDataset(Dataset):
    """What a function gives for each element of its input.

    Where it is called for several at a time and `is_sloppy`, what is there first is given first.
    """

    is_sloppy = False
    kind = "Map"

    def __init__(
        self,
        source: Dataset,
        function: Function,
        calls: int,
        keeps_number: bool,
        *structure: Any,
    ):
        super().__init__((source,), *structure)
        self.function = function
        self.functions = (function,)
        self.calls = calls  # at the same time
        self.keeps_number = keeps_number

    @property
    def gives_blocks(self) -> bool:
        return self.inputs[0].gives_blocks and self.function.gives_rows

    def iterator(self, place: Place) -> ElementIterator:
        if self.calls > 1 and self.function.waits:
            return _MappedAtOnce(self, place)
        return _Mapped(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


_RESULTS = Names(
    "invocation_results.size",
    "invocation_results[{0}].size",
    "invocation_results[{0}][{1}]",
    "invocation_results[{0}].code",
    "invocation_results[{0}].error_message",
)


def restored_results(state: State) -> Results:
    """What was made of the elements behind those that were given, and is there at once."""
    results = Results()
    results.restore(state, _RESULTS)
    while results and f"invocation_results[{len(results) - 1}].end_of_input" in state:
        results.drop_last()
    return results


class _Mapped(InputIterator):
    """Of a block in which an element fails, those behind that are left for later."""

    def __init__(self, dataset: MapDataset, place: Place):
        super().__init__(dataset, place)
        self.kind = dataset.kind
        self._call = place.instance(dataset.function)
        self._results = Results()
        self._left: deque[Element] = deque()

    def next(self) -> Element:
        if self._results:
            return self._results.next()
        element = self._left.popleft() if self._left else self.input.next()
        return called(self._call, element, self.dataset.keeps_number)

    def block(self, count: int) -> Element:
        if not self._left and not self._results:
            columns = self.input.block(count)
            rows = rows_of(columns)
            if not rows:
                return ()
            given = self._call.rows(columns, rows)
            if given is not None:
                return tuple(given)
            self._left.extend(unstacked(columns))
        return next_block(self, count)

    def save(self, state: State) -> None:
        self.input.write(state)
        if self.kind == "ParallelMap":
            self._results.save(state, _RESULTS, [self._result(element) for element in self._left])
        elif self._left:  # TensorFlow's never has any
            state["left_size"] = len(self._left)
            for number, element in enumerate(self._left):
                state.put_element(f"left[{number}]_size", f"left[{number}][{{}}]", element)

    def _result(self, element: Element) -> Element | BaseException:
        try:
            return called(self._call, element, self.dataset.keeps_number)
        except (OpError, End) as error:
            return error

    def restore(self, state: State) -> None:
        self.input.read(state)
        count = state.number("left_size") if "left_size" in state else 0
        names = [(f"left[{number}]_size", f"left[{number}][{{}}]") for number in range(count)]
        self._left = deque(state.element(*own) for own in names)
        if self.kind == "ParallelMap":
            self._results = restored_results(state)


class _MappedAtOnce(InputIterator):
    """Calls a function that waits for several elements at a time."""

    def __init__(self, dataset: MapDataset, place: Place):
        super().__init__(dataset, place)
        self.kind = dataset.kind
        self._call = place.instance(dataset.function)
        threads = place.threads or dataset.calls
        self._workers = Workers(min(dataset.calls, threads), place.pass_)
        self._results = Results()
        self._begun: deque[Task] = deque()
        self._is_over = False

    def next(self) -> Element:
        if self._results:
            return self._results.next()
        while len(self._begun) < self.dataset.calls and not self._is_over:
            try:
                element = self.input.next()
            except End:
                self._is_over = True
                break
            self._begun.append(self._workers.do(self._bound(element)))
        if not self._begun:
            self._workers = Workers(0, self.place.pass_)  # threads end with those of before
            raise End
        first = self._workers.first_done(self._begun) if self.dataset.is_sloppy else 0
        result = self._begun[first].result()
        del self._begun[first]
        return given(result)

    def _bound(self, element: Element) -> Any:
        call, keeps_number = self._call, self.dataset.keeps_number
        return lambda: called(call, element, keeps_number)

    def save(self, state: State) -> None:
        self.input.write(state)
        self._results.save(state, _RESULTS, [task.result() for task in self._begun])

    def restore(self, state: State) -> None:
        self.input.read(state)
        self._results = restored_results(state)


def called(call: Instance, element: Element, keeps_number: bool) -> Element:
    """What a function gives for an element; raises End where it raises OutOfRangeError.

    Where it must give as many elements as there are, that is an InvalidArgumentError.
    """
    try:
        return tuple(call(*element))
    except OutOfRangeError as error:
        if not keeps_number:
            raise End from error
        message = f"Function invocation produced OutOfRangeError: {error.message}"
        raise InvalidArgumentError(None, error.op, message) from error


class OfPredicate(Moving):
    """Base of datasets that give elements of their input as a predicate says."""

    columns = None

    def __init__(self, source: Dataset, predicate: Function, *structure: Any):
        super().__init__(source, *structure)
        self.predicate = predicate
        self.functions = (predicate,)


class FilterDataset(OfPredicate):
    """The elements of its input for which a predicate holds."""

    def iterator(self, place: Place) -> ElementIterator:
        return _Filtered(self, place)


class _Filtered(InputIterator):
    kind = "Filter"

    def __init__(self, dataset: FilterDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.predicate)

    def next(self) -> Element:
        while True:
            self.place.pass_.check()
            element = self.input.next()
            try:
                (holds,) = self._call(*element)
            except OutOfRangeError as error:
                raise End from error
            if getattr(holds, "shape", ()) != ():
                refuse("Filter predicate `predicate` must return a scalar bool.")
            if holds:
                return element

    def save(self, state: State) -> None:
        write_input(self.input, state, "input_impls_empty")
        state["filtered_elements"] = state["dropped_elements"] = 0  # of statistics

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impls_empty")


def opened(call: Any, element: Any, place: Place, number: int) -> ElementIterator:
    """An iterator of the dataset that a function gives for an element."""
    return dataset_given(call, element, place).iterator(place.below("function", number))


def dataset_given(call: Any, element: Any, place: Place) -> Dataset:
    """The dataset that a function gives for an element."""
    (variant,) = call(*element)
    return place.pass_.rewritten(dataset_of(variant))


class FlatMapDataset(Dataset):
    """The elements of the datasets that a function gives, one dataset after another."""

    def __init__(self, source: Dataset, function: Function, *structure: Any):
        super().__init__((source,), *structure)
        self.function = function
        self.functions = (function,)

    @property
    def gives_blocks(self) -> bool:
        """Strings can be stacked, whatever dataset gives them."""
        return all(
            dtype == dtypes.string and shape.ndims == 0
            for dtype, shape in zip(self.types, self.shapes, strict=True)
        )

    def iterator(self, place: Place) -> ElementIterator:
        return _Flat(self, place)


class _Flat(InputIterator):
    kind = "FlatMap"

    def __init__(self, dataset: FlatMapDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.function)
        self._element: Element | None = None
        self._number = 0
        self._current: ElementIterator | None = None
        self._gives_blocks = False

    def next(self) -> Element:
        while True:
            current = self._at_hand()
            try:
                return current.next()
            except End:
                self._current = None

    def block(self, count: int) -> Element:
        parts: list[Element] = []
        try:
            while count:
                current = self._at_hand()
                part = current.block(count) if self._gives_blocks else next_block(current, count)
                if part:
                    parts.append(part)
                count -= rows_of(part)
                if count:
                    self._current = None
        except End:
            pass
        return joined(parts)

    def _at_hand(self) -> ElementIterator:
        """The iterator of the current dataset; raises End behind the last one."""
        self.place.pass_.check()
        if self._current is None:
            self._element = self.input.next()
            self._number += 1
            try:
                self._current = self._opened()
            except OutOfRangeError as error:
                raise End from error
        return self._current

    def _opened(self) -> ElementIterator:
        dataset = dataset_given(self._call, self._element, self.place)
        self._gives_blocks = dataset.gives_blocks
        return dataset.iterator(self.place.below("function", self._number - 1))

    def save(self, state: State) -> None:
        if isinstance(self.input, Exhausted):
            state.mark("exhausted")
            return
        self.input.write(state)
        state["element_index"] = self._number
        if self._current is None or self._element is None:
            state.mark("current_element_iterator_uninitialized")
            return
        state.put_element(*_CAPTURED, self._element)
        self._current.write(state, f"[{self._number - 1}]")

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "exhausted")
        self._current = None
        if isinstance(self.input, Exhausted):
            return
        self._number = state.number("element_index")
        if "current_element_iterator_uninitialized" not in state:
            self._element = state.element(*_CAPTURED)
            self._current = self._opened()
            self._current.read(state, f"[{self._number - 1}]")


_CAPTURED = "captured_func_inputs_size", "captured_func_inputs[{}]"
_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
    "calls": True,
}


@op(
    "MapDataset",
    "input_dataset: variant, other_arguments: [Targuments] -> handle: variant",
    **_OPTIONS,
)
def map_dataset_op(
    xp,
    caller,
    input_dataset,
    *other_arguments,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    use_inter_op_parallelism: bool = True,
    preserve_cardinality: bool = False,
):
    """-> variant[], what `f` gives for each element, followed by `other_arguments`"""
    function = caller.function(f, other_arguments)
    source = dataset_of(input_dataset)
    return MapDataset(source, function, 1, preserve_cardinality, output_types, output_shapes)


@op(
    "ParallelMapDataset",
    "input_dataset: variant, other_arguments: [Targuments], num_parallel_calls: int32 "
    "-> handle: variant",
    **_OPTIONS,
)
def parallel_map_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    use_inter_op_parallelism: bool = True,
    sloppy: bool = False,
    preserve_cardinality: bool = False,
):
    """-> variant[], what `f` gives for each element, followed by all `others` but the last"""
    *arguments, count = others
    if int(count) < 1 and int(count) != AUTOTUNE:
        refuse("num_parallel_calls must be greater than zero.")
    function = caller.function(f, arguments)
    source = dataset_of(input_dataset)
    calls = (os.cpu_count() or 1) if int(count) == AUTOTUNE else int(count)
    dataset = MapDataset(source, function, calls, preserve_cardinality, output_types, output_shapes)
    dataset.is_sloppy = sloppy
    dataset.kind = "ParallelMap"
    return dataset


@op(
    "FilterDataset",
    "input_dataset: variant, other_arguments: [Targuments] -> handle: variant",
    **_OPTIONS,
)
def filter_dataset_op(
    xp,
    caller,
    input_dataset,
    *other_arguments,
    predicate: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements for which `predicate` gives true"""
    function = caller.function(predicate, other_arguments)
    return FilterDataset(dataset_of(input_dataset), function, output_types, output_shapes)


@op(
    "FlatMapDataset",
    "input_dataset: variant, other_arguments: [Targuments] -> handle: variant",
    **_OPTIONS,
)
def flat_map_dataset_op(
    xp,
    caller,
    input_dataset,
    *other_arguments,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements of the datasets that `f` gives"""
    function = caller.function(f, other_arguments)
    return FlatMapDataset(dataset_of(input_dataset), function, output_types, output_shapes)


for _declared in (map_dataset_op, parallel_map_dataset_op, filter_dataset_op):
    _declared.not_differentiable()
flat_map_dataset_op.not_differentiable()
