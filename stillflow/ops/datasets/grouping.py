"""Datasets of what functions make of groups of elements, and of all elements so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    Exhausted,
    InputIterator,
    Place,
    dataset_of,
    read_input,
    write_input,
)
from stillflow.ops.datasets.mapping import OfPredicate, called
from stillflow.ops.datasets.state import State
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
    kind = "Scan"

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

    def save(self, state: State) -> None:
        self.input.write(state)
        state.put_element("state_size", "state[{}]", self._state)

    def restore(self, state: State) -> None:
        self.input.read(state)
        self._state = state.element("state_size", "state[{}]")


class TakeWhileDataset(OfPredicate):
    """Its input's elements up to the first one for which a predicate does not hold."""

    def iterator(self, place: Place) -> ElementIterator:
        return _TakenWhile(self, place)


class _TakenWhile(InputIterator):
    kind = "TakeWhile"

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

    def save(self, state: State) -> None:
        write_input(Exhausted() if self._is_over else self.input, state, "input_impls_empty")

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impls_empty")


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
    kind = "GroupByWindow"

    def __init__(self, dataset: GroupByWindowDataset, place: Place):
        super().__init__(dataset, place)
        self._key, self._reduce, self._size = map(place.instance, dataset.functions)
        self._groups: dict[int, list[Element]] = {}
        self._sizes: dict[int, int] = {}
        self._current: ElementIterator | None = None
        self._window: tuple[int, list[Element]] | None = (
            None  # the key and the elements of the current one
        )
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
        self._window = key, self._groups.pop(key)
        self._current = self._opened(*self._window)

    def _opened(self, key: int, elements: list[Element]) -> ElementIterator:
        source = self.dataset.inputs[0]
        window = ListDataset(elements, source.types, source.shapes)
        (variant,) = self._reduce(_number(key), window)
        dataset = self.place.pass_.rewritten(dataset_of(variant))
        return dataset.iterator(self.place.below("function", key))

    def save(self, state: State) -> None:
        self.input.write(state)
        state.mark("end_of_input", self._is_over)
        groups = sorted([*self._groups.items(), *([self._window] if self._window else [])])
        if groups:
            state["groups_size"] = len(groups)
        for number, (key, elements) in enumerate(groups):
            name = f"groups_[{number}]"
            state[f"{name}->key"], state[f"{name}_size"] = key, len(elements)
            for place, element in enumerate(elements):
                state.put_element(f"{name}[{place}]_size", f"{name}[{place}][{{}}]", element)
        if self._sizes:
            state["window_sizes_size"] = len(self._sizes)
        for number, (key, size) in enumerate(sorted(self._sizes.items())):
            state[f"window_sizes_[{number}]->key"] = key
            state[f"window_sizes_[{number}]->value"] = size
        if self._current is None or self._window is None:
            state.mark("current_iterator_not_initialized")
        else:
            self._current.write(state, "::Reduce")
            state["current_key"] = self._window[0]

    def restore(self, state: State) -> None:
        self.input.read(state)
        self._is_over = "end_of_input" in state
        self._groups = dict(_groups_in(state))
        self._sizes = {
            state.number(f"window_sizes_[{number}]->key"): state.number(
                f"window_sizes_[{number}]->value"
            )
            for number in range(_count(state, "window_sizes_size"))
        }
        self._current = self._window = None
        if "current_iterator_not_initialized" not in state:
            self._flush(state.number("current_key"))
            assert self._current is not None
            self._current.read(state, "::Reduce")


def _count(state: State, name: str) -> int:
    return state.number(name) if name in state else 0


def _groups_in(state: State) -> Iterator[tuple[int, list[Element]]]:
    for number in range(_count(state, "groups_size")):
        name = f"groups_[{number}]"
        places = range(state.number(f"{name}_size"))
        yield (
            state.number(f"{name}->key"),
            [state.element(f"{name}[{n}]_size", f"{name}[{n}][{{}}]") for n in places],
        )


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
    kind = "GroupByReducer"

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

    def save(self, state: State) -> None:
        self.input.write(state)
        state.mark("end_of_input", self._keys is not None)
        keys = sorted(self._states)
        if keys:
            state["states_size"] = len(keys)
        for number, key in enumerate(keys):
            name = f"states[{number}]"
            state[f"{name}->key"] = key
            state.put_element(f"{name}->state_size", f"{name}->state[{{}}]", self._states[key])
        if self._keys is not None:
            state["keys_index"] = self._next
            state.put_element("keys_size", "keys[{}]", self._keys)

    def restore(self, state: State) -> None:
        self.input.read(state)
        names = [f"states[{number}]" for number in range(_count(state, "states_size"))]
        self._states = {
            state.number(f"{name}->key"): list(
                state.element(f"{name}->state_size", f"{name}->state[{{}}]")
            )
            for name in names
        }
        self._keys = None
        if "end_of_input" in state:
            self._next = state.number("keys_index")
            self._keys = [state.number(f"keys[{n}]") for n in range(_count(state, "keys_size"))]


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
