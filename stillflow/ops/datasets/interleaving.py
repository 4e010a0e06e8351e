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
    InputIterator,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.mapping import opened


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
        self._call = place.instance(dataset.function)
        self._open: list[ElementIterator | None] = [None] * dataset.cycle_length
        self._arguments: list[Element | None] = [None] * dataset.cycle_length
        self._turn = 0
        self._given = 0  # in this turn
        self._is_over = False

    def next(self) -> Element:
        while not self._is_over or any(source is not None for source in self._open):
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

    def save(self) -> Any:
        return [
            self.input.save(),
            self._turn,
            self._given,
            self._is_over,
            [None if element is None else list(element) for element in self._arguments],
            [None if source is None else source.save() for source in self._open],
        ]

    def restore(self, state: Any) -> None:
        inner, turn, given, is_over, arguments, states = state
        self.input.restore(inner)
        self._turn, self._given, self._is_over = int(turn), int(given), bool(is_over)
        for number, (element, own) in enumerate(zip(arguments, states, strict=True)):
            self._arguments[number] = None if element is None else tuple(element)
            self._open[number] = None
            if element is not None:
                source = self._open[number] = self._opened(number)
                source.restore(own)


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
        self.staged = staged
        self.buffered = buffered
        self.sloppy = sloppy

    def iterator(self, place: Place) -> ElementIterator:
        return _Staged(self, place)


class _Staged(InputIterator):
    """A dataset that ends is followed, in its turn, by the first in line, and its turn is over."""

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

    def save(self) -> Any:
        return [
            self.input.save(),
            [self._turn, self._given, self._made, self._is_started, self._is_over],
            [None if worker is None else worker.save() for worker in self._turns],
            [worker.save() for worker in self._line],
        ]

    def restore(self, state: Any) -> None:
        inner, counts, turns, line = state
        self.input.restore(inner)
        self._turn, self._given, self._made = map(int, counts[:3])
        self._is_started, self._is_over = map(bool, counts[3:])
        self._turns = [None if own is None else self._restored(own) for own in turns]
        self._line = deque(map(self._restored, line))

    def _restored(self, state: Any) -> _Worker | _Threaded | _Failed:
        if not state:
            return _Failed(None)
        element, number, made, own = state
        worker = _Worker(tuple(element), int(number), self._call, self.place)
        worker.restore([tuple(one) for one in made], own)
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

    def __init__(self, element: Element, number: int, call: Instance, place: Place):
        self._element = element
        self._number = number
        self._call = call
        self.place = place
        self._iterator: ElementIterator | None = None
        self._is_refused = False  # by the function: that was its only element
        self._left: deque[Element] = deque()  # made before it was saved

    def next(self) -> Element:
        if self._left:
            return self._left.popleft()
        if self._is_refused:
            raise End
        if self._iterator is None:
            try:
                self._opened()
            except CancelledError:
                raise
            except OpError:
                self._is_refused = True
                raise
        return self._opened().next()

    def _opened(self) -> ElementIterator:
        if self._iterator is None:
            self._iterator = opened(self._call, self._element, self.place, self._number)
        return self._iterator

    def save(self, made: Sequence[Any] = ()) -> Any:
        """With the elements that were made of it and not taken."""
        left = [list(one) for one in [*made, *self._left] if isinstance(one, tuple)]
        own = None if self._iterator is None else [self._iterator.save()]
        return [list(self._element), self._number, left, own]

    def restore(self, made: list[Element], own: Any) -> None:
        self._left = deque(made)
        if own is not None:
            self._opened().restore(own[0])


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

    def save(self) -> Any:
        return []


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

    def save(self) -> Any:
        return self._ahead.paused(self._worker.save)


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
    return _interleaved(caller, input_dataset, arguments, lengths, f, output_types, output_shapes)


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
