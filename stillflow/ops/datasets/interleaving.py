"""Datasets of the elements of several datasets, which take turns."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.calling import Function, Instance
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import wait_for
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, OpError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.ahead import Ahead
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
from stillflow.ops.datasets.mapping import opened
from stillflow.ops.datasets.results import Continued, Names, Results
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.worker_states import WorkerState


class InterleaveDataset(Dataset):
    """The elements of the datasets that a function gives for each element of its input.

    They take turns: `cycle_length` of them at a time, each for `block_length` elements.
    """

    def __init__(
        self,
        source: Dataset,
        function: Function,
        cycle_length: int,
        block_length: int,
        *structure: Any,
    ):
        super().__init__((source,), *structure)
        self.kind = "Interleave"
        self.function = function
        self.functions = (function,)
        self.cycle_length = cycle_length
        self.block_length = block_length

    def iterator(self, place: Place) -> ElementIterator:
        return _Interleaved(self, place)


class _Interleaved(InputIterator):
    """The elements are taken from `_open[_turn]`, and there is a place for each turn."""

    def __init__(self, dataset: InterleaveDataset, place: Place):
        super().__init__(dataset, place)
        self.kind = dataset.kind
        self._call = place.instance(dataset.function)
        self._open: list[ElementIterator | None] = [None] * dataset.cycle_length
        self._arguments: list[Element | None] = [None] * dataset.cycle_length
        self._turn = 0
        self._given = 0  # in this turn
        self._is_over = False
        # Of an iterator of TensorFlow's with threads: what it had opened beforehand.
        self._opened_ahead: deque[tuple[Element, ElementIterator]] = deque()

    def next(self) -> Element:
        while not self._is_over or self._opened_ahead or any(map(_is_open, self._open)):
            self.place.pass_.check()
            source = self._open[self._turn]
            if source is not None:
                try:
                    element = source.next()
                except End:
                    self._open[self._turn] = self._arguments[self._turn] = None
                    self._pass_on()
                    continue
                self._given += 1
                if self._given == self.dataset.block_length:
                    self._pass_on()
                return element
            if self._opened_ahead:
                ahead = self._opened_ahead.popleft()
                self._arguments[self._turn], self._open[self._turn] = ahead
                continue
            if self._is_over:
                self._pass_on()
                continue
            try:
                self._arguments[self._turn] = self.input.next()
            except End:
                self._is_over = True
                continue
            self._open[self._turn] = self._opened(self._turn)
        raise End

    def _pass_on(self) -> None:
        self._given = 0
        self._turn = (self._turn + 1) % len(self._open)

    def _opened(self, turn: int) -> ElementIterator:
        return opened(self._call, self._arguments[turn], self.place, turn)

    def save(self, state: State) -> None:
        self.input.write(state)
        state["cycle_index"] = self._turn
        state["block_index"] = self._given
        state.mark("end_of_input", self._is_over)
        state["num_open"] = sum(map(_is_open, self._open)) + len(self._opened_ahead)
        if self.kind == "Interleave":
            self._save_open(state)
        else:
            self._save_elements(state)

    def _save_open(self, state: State) -> None:
        for turn, (source, element) in enumerate(zip(self._open, self._arguments, strict=True)):
            if source is not None and element is not None:
                source.write(state, f"[{turn}]")
                state.put_element(*_arguments_of(turn), element)

    def _save_elements(self, state: State) -> None:
        """As TensorFlow does where threads make elements beforehand: what comes first is last."""
        state["element_id_counter"] = count = len(self._open) + len(self._opened_ahead)
        state["current_elements.size"] = len(self._open)
        state["future_elements.size"] = len(self._opened_ahead)
        current = zip(self._arguments, self._open, strict=True)
        for number, (element, source) in enumerate([*current, *reversed(self._opened_ahead)]):
            if source is not None and element is not None:
                place = number - len(self._open)
                kind = "current" if place < 0 else "future"
                name = f"{kind}_elements[{number if place < 0 else place}]"
                _save_element(state, name, number % count, element, source)

    def restore(self, state: State) -> None:
        self.input.read(state)
        self._turn, self._given = state.number("cycle_index"), state.number("block_index")
        self._is_over = "end_of_input" in state
        self._opened_ahead.clear()
        for turn in range(len(self._open)):
            self._open[turn] = self._arguments[turn] = None
        if self.kind == "Interleave":
            self._restore_open(state)
        else:
            self._restore_elements(state)

    def _restore_open(self, state: State) -> None:
        for turn in range(len(self._open)):
            if _arguments_of(turn)[0] in state:
                self._arguments[turn] = state.element(*_arguments_of(turn))
                source = self._open[turn] = self._opened(turn)
                source.read(state, f"[{turn}]")

    def _restore_elements(self, state: State) -> None:
        for turn in range(len(self._open)):
            found = self._restored(state, f"current_elements[{turn}]", turn)
            if found is not None:
                self._arguments[turn], self._open[turn] = found
        for number in reversed(range(state.number("future_elements.size"))):
            name = f"future_elements[{number}]"
            found = self._restored(state, name, len(self._open) + number)
            if found is not None:
                self._opened_ahead.append(found)

    def _restored(
        self, state: State, name: str, number: int
    ) -> tuple[Element, ElementIterator] | None:
        """An element and what its dataset gives from here on."""
        if f"{name}.results.size" not in state:
            return None
        results = Results()
        results.restore(state, _results_of(name))
        if f"{name}.inputs.size" not in state:
            return (), Continued(results, Exhausted())
        element = state.element(f"{name}.inputs.size", f"{name}.inputs[{{}}]")
        source = opened(self._call, element, self.place, number)
        source.read(state, f"[{state.number(f'{name}.id')}]")
        return element, Continued(results, source)


def _is_open(source: ElementIterator | None) -> bool:
    return source is not None


def _arguments_of(turn: int) -> tuple[str, str]:
    return f"args_size[{turn}]", f"args_list_[{turn}][{{}}]"


def _results_of(name: str) -> Names:
    one = f"{name}.results[{{0}}]"
    code, message = f"{one}.code", f"{one}.error_message"
    return Names(f"{name}.results.size", f"{one}.size", f"{one}[{{1}}]", code, message)


def _save_element(
    state: State, name: str, number: int, element: Element, source: ElementIterator
) -> None:
    results, rest = Results(), source
    if isinstance(source, Continued):
        results, rest = source.results, source.rest
    results.save(state, _results_of(name))
    for index in range(len(results)):
        state.mark(f"{name}.results[{index}].is_ready")
    if not isinstance(rest, Exhausted):
        rest.write(state, f"[{number}]")
        state[f"{name}.id"] = number
        state.put_element(f"{name}.inputs.size", f"{name}.inputs[{{}}]", element)


class StagedInterleaveDataset(InterleaveDataset):
    """As InterleaveDataset, where `staged` more datasets stand in line for a turn.

    Where making elements waits, each dataset has a thread that makes up to `buffered` ones
    beforehand; one that is `sloppy` then gives what is there instead of waiting for a turn.
    """

    def __init__(
        self,
        source: Dataset,
        function: Function,
        cycle_length: int,
        block_length: int,
        staged: int,
        buffered: int,
        sloppy: bool,
        *structure: Any,
    ):
        super().__init__(source, function, cycle_length, block_length, *structure)
        self.kind = "ParallelInterleave"
        self.staged = staged
        self.buffered = buffered
        self.sloppy = sloppy

    def iterator(self, place: Place) -> ElementIterator:
        return _Staged(self, place)


class _Staged(InputIterator):
    """A dataset that ends is followed, in its turn, by the first in line, and its turn is over."""

    kind = "ParallelInterleave"

    def __init__(self, dataset: StagedInterleaveDataset, place: Place):
        super().__init__(dataset, place)
        self._call = place.instance(dataset.function)
        self._turns: list[_Worker | _Threaded | _Failed | None] = []
        self._line: deque[_Worker | _Threaded | _Failed] = deque()
        self._turn = self._given = self._made = 0
        self._is_started = self._is_over = False
        self._has_threads = dataset.function.waits
        self._changed = threading.Condition()

    def next(self) -> Element:
        if not self._is_started:
            self._start()
        while True:
            self.place.pass_.check()
            element = self._try_turns()
            if element is not None:
                return element
            if self._is_over and not any(self._turns):
                raise End
            if self._has_threads and self.dataset.sloppy:
                with self._changed:
                    wait_for(self._changed, lambda: any(map(_is_ready, self._turns)))

    def _start(self) -> None:
        while len(self._turns) + len(self._line) < self.dataset.cycle_length + self.dataset.staged:
            worker = self._new_worker()
            if worker is None:
                break
            if len(self._turns) < self.dataset.cycle_length:
                self._turns.append(worker)
            else:
                self._line.append(worker)
        self._is_started = True

    def _new_worker(self) -> _Worker | _Threaded | _Failed | None:
        if self._is_over:
            return None
        try:
            element = self.input.next()
        except End:
            self._is_over = True
            return None
        except CancelledError:
            raise
        except OpError as error:
            return _Failed(error)
        self._made += 1
        return self._started(_Worker(element, self._made - 1, self._call, self.place))

    def _started(self, worker: _Worker) -> _Worker | _Threaded:
        if self._has_threads:
            return _Threaded(worker, self.dataset.buffered, self._changed)
        return worker

    def save(self, state: State) -> None:
        write_input(Exhausted() if self._is_over else self.input, state, "input_exhausted")
        state["next_index"], state["block_count"] = self._turn, self._given
        state["workers_size"] = count = self.dataset.cycle_length + self.dataset.staged
        workers = [*self._turns, *self._line]
        for number in range(count):
            worker = workers[number] if number < len(workers) else None
            (worker or _Failed(None)).save(WorkerState(state, number))
        for name, numbers in (
            ("interleave", [n if w is not None else -1 for n, w in enumerate(self._turns)]),
            ("staging", range(len(self._turns), len(workers))),
        ):
            state[f"{name}_size"] = len(numbers)
            for place, number in enumerate(numbers):
                state[f"{name}_indices_{place}"] = number
        state.mark("worker_threads_running", self._is_started)

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_exhausted")
        self._is_over = isinstance(self.input, Exhausted)
        self._turn, self._given = state.number("next_index"), state.number("block_count")
        self._is_started = "worker_threads_running" in state
        turns, line = (
            [state.number(f"{name}_indices_{n}") for n in range(state.number(f"{name}_size"))]
            for name in ("interleave", "staging")
        )
        self._made = self.dataset.cycle_length + self.dataset.staged
        self._turns = [None if number < 0 else self._restored(state, number) for number in turns]
        self._line = deque(self._restored(state, number) for number in line if number >= 0)

    def _restored(self, state: State, number: int) -> _Worker | _Threaded:
        worker = _Worker(None, number, self._call, self.place)
        worker.restore(WorkerState(state, number))
        return self._started(worker)

    def _try_turns(self) -> Element | None:
        """The next element, or None where a dataset has ended."""
        count = len(self._turns)
        for turn in [(self._turn + ahead) % count for ahead in range(count)]:
            worker = self._turns[turn]
            if worker is None or (self.dataset.sloppy and not worker.is_ready):
                continue
            try:
                element = worker.next()
            except End:
                self._turns[turn] = None
                following = self._new_worker()
                if following is not None:
                    self._line.append(following)
                if not self._line:
                    continue
                self._turns[turn] = self._line.popleft()
                self._turn, self._given = (turn + 1) % count, 0
                return None
            except CancelledError:
                raise
            except OpError:
                self._count_given(turn)
                raise
            self._count_given(turn)
            return element
        return None

    def _count_given(self, turn: int) -> None:
        """An error counts as an element does."""
        self._turn = turn
        self._given += 1
        if self._given == self.dataset.block_length:
            self._turn, self._given = (turn + 1) % len(self._turns), 0


class _Worker:
    """The elements of the dataset that a function gives for `element`, the `number`-th one."""

    is_ready = True  # to give an element without waiting for a thread

    def __init__(self, element: Element | None, number: int, call: Instance, place: Place):
        self._element = element
        self._number = number
        self._call = call
        self.place = place
        self._iterator: ElementIterator | None = None
        self._is_over = False  # where the function refused it: that was its only element
        self._left = Results()  # what was made before it was saved

    def next(self) -> Element:
        if self._left:
            return self._left.next()
        if self._is_over:
            raise End
        if self._iterator is None:
            try:
                self._opened()
            except CancelledError:
                raise
            except OpError:
                self._is_over = True
                raise
        return self._opened().next()

    def _opened(self) -> ElementIterator:
        if self._iterator is None:
            self._iterator = opened(self._call, self._element, self.place, self._number)
        return self._iterator

    def save(self, state: WorkerState, made: Sequence[Any] = ()) -> None:
        """With what was made of it and not taken."""
        left = Results()
        left.extend(made)
        left.extend(self._left)
        element = None if self._is_over else self._element
        state.save(element, left, self._iterator)

    def restore(self, state: WorkerState) -> None:
        self._element = state.element(self._left)
        self._is_over = self._element is None
        if state.has_iterator:
            state.restore(self._opened())


class _Failed:
    """In place of a worker whose element failed."""

    is_ready = True

    def __init__(self, error: OpError | None):
        self._error = error

    def next(self) -> Element:
        error, self._error = self._error, None
        if error is None:
            raise End
        raise error

    def save(self, state: WorkerState) -> None:
        left = Results()
        left.extend([] if self._error is None else [self._error])
        state.save(None, left, None)


class _Threaded:
    """A worker with a thread."""

    def __init__(self, worker: _Worker, size: int, changed: threading.Condition):
        self._worker = worker
        self._ahead = Ahead(worker.next, size, worker.place.pass_, changed)

    @property
    def is_ready(self) -> bool:
        return self._ahead.has_any()

    def next(self) -> Element:
        return self._ahead.next()

    def save(self, state: WorkerState) -> None:
        self._ahead.paused(lambda made: self._worker.save(state, made))


def _is_ready(worker: _Worker | _Threaded | _Failed | None) -> bool:
    return worker is not None and worker.is_ready


_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
    "calls": True,
}


def _interleaved(
    caller: Any, source: Any, arguments: Sequence[Any], lengths: Sequence[Any], f: Any, *rest: Any
) -> InterleaveDataset:
    cycle, block = (int(value) for value in lengths)
    if cycle == AUTOTUNE:
        cycle = os.cpu_count() or 1
    if cycle < 1:
        refuse("cycle_length must be greater than zero.")
    if block < 1:
        refuse("block_length must be greater than zero.")
    function = caller.function(f, arguments)
    return InterleaveDataset(dataset_of(source), function, cycle, block, *rest)


@op(
    "InterleaveDataset",
    "input_dataset: variant, other_arguments: [Targuments], cycle_length: int64, "
    "block_length: int64 -> handle: variant",
    **_OPTIONS,
)
def interleave_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements of the datasets that `f` gives, which take turns"""
    return _interleaved(
        caller, input_dataset, others[:-2], others[-2:], f, output_types, output_shapes
    )


@op(
    "ParallelInterleaveDatasetV2",
    "input_dataset: variant, other_arguments: [Targuments], cycle_length: int64, "
    "block_length: int64, num_parallel_calls: int64 -> handle: variant",
    **_OPTIONS,
)
def parallel_interleave_dataset_v2_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    sloppy: bool = False,
):
    """-> variant[], the elements of the datasets that `f` gives, which take turns"""
    *arguments, cycle_length, block_length, count = others
    lengths = cycle_length, block_length
    if int(count) < 1 and int(count) != AUTOTUNE:
        refuse("num_parallel_calls must be greater than zero.")
    if int(cycle_length) != AUTOTUNE and int(count) > int(cycle_length):
        refuse("num_parallel_calls must less than or equal to cycle_length.")
    structure = output_types, output_shapes
    dataset = _interleaved(caller, input_dataset, arguments, lengths, f, *structure)
    dataset.kind = "ParallelInterleaveV2"
    return dataset


@op(
    "ParallelInterleaveDataset",
    "input_dataset: variant, other_arguments: [Targuments], cycle_length: int64, "
    "block_length: int64, sloppy: bool, buffer_output_elements: int64, "
    "prefetch_input_elements: int64 -> handle: variant",
    **_OPTIONS,
)
def parallel_interleave_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> variant[], the elements of the datasets that `f` gives, which take turns"""
    *arguments, cycle_length, block_length, sloppy, buffered, prefetched = others
    for value, name in ((cycle_length, "cycle_length"), (block_length, "block_length")):
        if int(value) <= 0:
            refuse(f"`{name}` must be > 0")
    if int(buffered) <= 0:
        refuse("`buffer_output_elements` must be > 0")
    if int(prefetched) < 0:
        refuse("`prefetch_input_elements` must be >= 0")
    return StagedInterleaveDataset(
        dataset_of(input_dataset),
        caller.function(f, arguments),
        int(cycle_length),
        int(block_length),
        int(prefetched),
        int(buffered),
        bool(sloppy),
        output_types,
        output_shapes,
    )


for _declared in (interleave_dataset_op, parallel_interleave_dataset_op):
    _declared.not_differentiable()
parallel_interleave_dataset_v2_op.not_differentiable()
