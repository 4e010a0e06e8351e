"""Datasets of what functions make of groups of elements, and of all elements so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.calling import Function
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import fits, format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import (
    Dataset,
    Element,
    ElementIterator,
    End,
    InputIterator,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.mapping import called
from stillflow.ops.datasets.tables import Moving
from stillflow.ops.datasets.windows import ListDataset


class ScanDataset(Dataset):
    """What a function gives for a state and each element, besides the next state."""

    def __init__(
        self,
        source: Dataset,
        state: Element,
        function: Function,
        keeps_number: bool,
        *structure: Any,
    ):
        super().__init__((source,), *structure)
        self.state = state
        self.function = function
        self.functions = (function,)
        self.keeps_number = keeps_number

    def iterator(self, place: Place) -> ElementIterator:
        return _Scanned(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Scanned(InputIterator):
    def __init__(self, dataset: ScanDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.function)
        self._state = dataset.state

    def next(self) -> Element:
        element = self.input.next()
        given = called(self._call, (*self._state, *element), self.dataset.keeps_number)
        count = len(self._state)
        for index, (value, shape) in enumerate(
            zip(given[count:], self.dataset.shapes, strict=True), count
        ):
            if shape.sizes is not None and not fits(value.shape, shape.sizes):
                refuse(
                    f"Got wrong shape for scan_func return value {index} (expected "
                    f"{format_sizes(shape.sizes)}, got {format_sizes(value.shape)})."
                )
        self._state = given[:count]
        return given[count:]

    def save(self) -> Any:
        return [list(self._state), self.input.save()]

    def restore(self, state: Any) -> None:
        self._state = tuple(state[0])
        self.input.restore(state[1])


class TakeWhileDataset(Moving):
    """Its input's elements up to the first one for which a predicate does not hold."""

    columns = None

    def __init__(self, source: Dataset, predicate: Function, *structure: Any):
        super().__init__(source, *structure)
        self.predicate = predicate
        self.functions = (predicate,)

    def iterator(self, place: Place) -> ElementIterator:
        return _TakenWhile(self, place)


class _TakenWhile(InputIterator):
    def __init__(self, dataset: TakeWhileDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.predicate)
        self._is_over = False

    def next(self) -> Element:
        if self._is_over:
            raise End
        element = self.input.next()
        (holds,) = called(self._call, element, keeps_number=False)
        if holds.shape != ():
            refuse("`predicate` must returns a scalar bool tensor.")
        if not holds:
            self._is_over = True
            raise End
        return element

    def save(self) -> Any:
        return [self._is_over, self.input.save()]

    def restore(self, state: Any) -> None:
        self._is_over = bool(state[0])
        self.input.restore(state[1])


class GroupByWindowDataset(Dataset):
    """The elements of the datasets that a function makes of windows of elements with equal keys."""

    def __init__(self, source: Dataset, functions: Sequence[Function], *structure: Any):
        super().__init__((source,), *structure)
        self.functions = tuple(functions)  # they give the key, the dataset and the window's size

    def iterator(self, place: Place) -> ElementIterator:
        return _Grouped(self, place)


def _whole(value: Any, name: str) -> int:
    if value.size != 1:
        refuse(f"`{name}` must return a scalar int64.")
    return int(value.item())


class _Grouped(InputIterator):
    def __init__(self, dataset: GroupByWindowDataset, place: Place):
        super().__init__(dataset, place)
        self._key, self._reduce, self._size = map(place.instance, dataset.functions)
        self._groups: dict[int, list[Element]] = {}
        self._sizes: dict[int, int] = {}
        self._current: ElementIterator | None = None
        self._window: list[Any] | None = None  # the key and the elements of the current one
        self._is_over = False

    def next(self) -> Element:
        while True:
            if self._current is not None:
                try:
                    return self._current.next()
                except End:
                    self._current = self._window = None
            while not self._is_over and self._current is None:
                self._take()
            if self._current is None:
                if not self._groups:
                    raise End
                self._flush(min(self._groups))

    def _take(self) -> None:
        """Puts the next element into its group, which may be full then."""
        self.place.pass_.check()
        try:
            element = self.input.next()
        except End:
            self._is_over = True
            return
        (key,) = self._key(*element)
        number = _whole(key, "key_func")
        if number not in self._sizes:
            size = _whole(self._size(key)[0], "window_size_func")
            if size <= 0:
                refuse(f"Window size must be greater than zero, but got {size}.")
            self._sizes[number] = size
        group = self._groups.setdefault(number, [])
        group.append(element)
        if len(group) == self._sizes[number]:
            self._flush(number)

    def _flush(self, key: int) -> None:
        self._window = [key, self._groups.pop(key)]
        self._current = self._opened(*self._window)

    def _opened(self, key: int, elements: list[Element]) -> ElementIterator:
        source = self.dataset.inputs[0]
        window = ListDataset(elements, source.types, source.shapes)
        (variant,) = self._reduce(_number(key), window)
        dataset = self.place.pass_.rewritten(dataset_of(variant))
        return dataset.iterator(self.place.below("function", key))

    def save(self) -> Any:
        groups = [[key, _lists(group)] for key, group in self._groups.items()]
        sizes = [[key, size] for key, size in self._sizes.items()]
        current = None
        if self._current is not None and self._window is not None:
            current = [self._window[0], _lists(self._window[1]), self._current.save()]
        return [groups, sizes, current, self._is_over, self.input.save()]

    def restore(self, state: Any) -> None:
        groups, sizes, current, is_over, inner = state
        self._groups = {int(key): [tuple(e) for e in group] for key, group in groups}
        self._sizes = {int(key): int(size) for key, size in sizes}
        self._is_over = bool(is_over)
        self._current = self._window = None
        if current is not None:
            self._window = [int(current[0]), [tuple(element) for element in current[1]]]
            self._current = self._opened(*self._window)
            self._current.restore(current[2])
        self.input.restore(inner)


def _lists(elements: Sequence[Element]) -> list[list[Any]]:
    return [list(element) for element in elements]


def _number(value: int) -> np.ndarray:
    return np.asarray(value, np.int64)


class GroupByReducerDataset(Dataset):
    """What functions make of all elements with equal keys, one after another."""

    def __init__(self, source: Dataset, functions: Sequence[Function], *structure: Any):
        super().__init__((source,), *structure)
        self.functions = tuple(functions)

    def iterator(self, place: Place) -> ElementIterator:
        return _ReducedByKey(self, place)


class _ReducedByKey(InputIterator):
    def __init__(self, dataset: GroupByReducerDataset, place: Place):
        super().__init__(dataset, place)
        self._key, self._init, self._reduce, self._finish = map(place.instance, dataset.functions)
        self._states: dict[int, list[Any]] = {}
        self._keys: list[int] | None = None
        self._next = 0

    def next(self) -> Element:
        if self._keys is None:
            self._reduce_all()
            self._keys = sorted(self._states)
        if self._next == len(self._keys):
            raise End
        state = self._states[self._keys[self._next]]
        self._next += 1
        return tuple(self._finish(*state))

    def _reduce_all(self) -> None:
        while True:
            self.place.pass_.check()
            try:
                element = self.input.next()
            except End:
                return
            (key,) = self._key(*element)
            number = _whole(key, "key_func")
            if number not in self._states:
                self._states[number] = self._init(key)
            self._states[number] = self._reduce(*self._states[number], *element)

    def save(self) -> Any:
        states = [[key, list(state)] for key, state in self._states.items()]
        return [states, self._keys is not None, self._next, self.input.save()]

    def restore(self, state: Any) -> None:
        states, is_reduced, number, inner = state
        self._states = {int(key): list(own) for key, own in states}
        self._keys = sorted(self._states) if is_reduced else None
        self._next = int(number)
        self.input.restore(inner)


_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
    "calls": True,
}


@op(
    "ScanDataset",
    "input_dataset: variant, initial_state: [Tstate], other_arguments: [Targuments] "
    "-> handle: variant",
    **_OPTIONS,
)
def scan_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    preserve_cardinality: bool = False,
):
    """-> variant[], what `f` of the state and each element gives besides the next state"""
    source, body = dataset_of(input_dataset), caller.function(f).body
    count = len(body.outputs) - len(output_types)
    function = caller.function(f, others[count:])
    return ScanDataset(
        source, others[:count], function, preserve_cardinality, output_types, output_shapes
    )


@op(
    "TakeWhileDataset",
    "input_dataset: variant, other_arguments: [Targuments] -> handle: variant",
    **_OPTIONS,
)
def take_while_dataset_op(
    xp,
    caller,
    input_dataset,
    *other_arguments,
    predicate: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements before the first for which `predicate` gives false"""
    function = caller.function(predicate, other_arguments)
    return TakeWhileDataset(dataset_of(input_dataset), function, output_types, output_shapes)


def _with_captured(
    caller: Any, names: Sequence[FunctionName], arguments: Sequence[int], others: Sequence[Any]
) -> list[Function]:
    """The functions `names`, of so many arguments each, with what they take besides."""
    functions, start = [], 0
    for name, count in zip(names, arguments, strict=True):
        stop = start + len(caller.function(name).body.inputs) - count
        functions.append(caller.function(name, others[start:stop]))
        start = stop
    return functions


@op(
    "GroupByWindowDataset",
    "input_dataset: variant, key_func_other_arguments: [Tkey_func_other_arguments], "
    "reduce_func_other_arguments: [Treduce_func_other_arguments], "
    "window_size_func_other_arguments: [Twindow_size_func_other_arguments] -> handle: variant",
    **_OPTIONS,
)
def group_by_window_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    key_func: FunctionName,
    reduce_func: FunctionName,
    window_size_func: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements that `reduce_func` makes of windows with equal keys"""
    source = dataset_of(input_dataset)
    names = key_func, reduce_func, window_size_func
    functions = _with_captured(caller, names, (len(source.types), 2, 1), others)
    return GroupByWindowDataset(source, functions, output_types, output_shapes)


def _group_by_reducer(
    xp,
    caller,
    input_dataset,
    *others,
    key_func: FunctionName,
    init_func: FunctionName,
    reduce_func: FunctionName,
    finalize_func: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], what `finalize_func` gives for the state of each key"""
    source = dataset_of(input_dataset)
    width, state = len(source.types), len(caller.function(init_func).body.outputs)
    names = key_func, init_func, reduce_func, finalize_func
    functions = _with_captured(caller, names, (width, 1, state + width, state), others)
    return GroupByReducerDataset(source, functions, output_types, output_shapes)


_BY_REDUCER = (
    "input_dataset: variant, key_func_other_arguments: [Tkey_func_other_arguments], "
    "init_func_other_arguments: [Tinit_func_other_arguments], "
    "reduce_func_other_arguments: [Treduce_func_other_arguments], "
    "finalize_func_other_arguments: [Tfinalize_func_other_arguments] -> handle: variant"
)
experimental_group_by_reducer_dataset_op = op(
    "ExperimentalGroupByReducerDataset", _BY_REDUCER, stateful=True, **_OPTIONS
)(_group_by_reducer)


for _declared in (scan_dataset_op, take_while_dataset_op, group_by_window_dataset_op):
    _declared.not_differentiable()
experimental_group_by_reducer_dataset_op.not_differentiable()
