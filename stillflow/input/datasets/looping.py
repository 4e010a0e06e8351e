"""`for element in dataset`, or in an iterator, in functions that AutoGraph converts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.autograph.operators.checking import check_loop
from stillflow.autograph.operators.choices import if_stmt
from stillflow.autograph.operators.loops import ForLoop, check_before, loop_beside
from stillflow.declare.constants import constant
from stillflow.declare.convert import to_tensor
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.input.datasets.experimental.optionals import get_next_as_optional
from stillflow.input.datasets.experimental.scanning import scan, take_while
from stillflow.ops.control.cond import cond


def dataset_loop(dataset: Any, loop: ForLoop) -> None:
    """Runs a loop for the elements of a dataset.

    `stillflow.autograph.operators.loops.for_stmt` has errors for the state. The options, which are
    those of a `tf.while_loop`, mean nothing here.
    """
    over = _DatasetLoop(loop)
    if loop.extra_test is None:
        after = dataset.reduce(over.before, over.step)
    else:
        after = _until(dataset, loop.extra_test, over)
    over.leave(after)


def iterator_loop(iterator: Any, loop: ForLoop) -> None:
    """`dataset_loop` for the elements that an iterator has left."""

    def next_one() -> tuple[Any, Callable[[], Any]]:
        optional = get_next_as_optional(iterator)
        return optional.has_value(), optional.get_value

    optional_loop(iterator, next_one, loop)


def optional_loop(
    iterator: Any, next_one: Callable[[], tuple[Any, Callable[[], Any]]], loop: ForLoop
) -> None:
    """`iterator_loop`, where `next_one()` says whether an element is left, and what gives it."""
    if executing_eagerly():
        for element in iterator:
            loop.body(element)
            if loop.extra_test is not None and not to_tensor(loop.extra_test()):
                break
        return
    goes_on: list[Any] = [True]

    def step() -> None:
        goes_on[0], value = next_one()
        if_stmt(
            goes_on[0],
            lambda: loop.body(value()),
            lambda: None,
            loop.get_state,
            loop.set_state,
            loop.symbol_names,
            len(loop.symbol_names),
        )

    check_before(loop.get_state(), loop.symbol_names)
    loop_beside(goes_on, lambda: to_tensor(goes_on[0]), step, loop)


class _DatasetLoop:
    """The state of a loop as one tuple of tensors, which is never empty."""

    def __init__(self, loop: ForLoop):
        self._loop = loop
        state = loop.get_state()
        check_before(state, loop.symbol_names)
        self._is_empty = not state
        self.before = (constant(0),) if self._is_empty else nest.map_structure(to_tensor, state)

    def enter(self, state: tuple) -> None:
        if not self._is_empty:
            self._loop.set_state(tuple(state))

    def step(self, state: tuple, element: Any) -> tuple:
        """The state after an element."""
        self.enter(state)
        self._loop.body(element)
        if self._is_empty:
            return state
        after = self._loop.get_state()
        check_loop(self._loop.symbol_names, state, after, include_shapes=False)
        return tuple(after)

    def leave(self, state: tuple) -> None:
        self.enter(state)


def _until(dataset: Any, extra_test: Callable[[], Any], loop: _DatasetLoop) -> tuple:
    """The state once a test failed before an element, or the elements are at their end."""

    def step(state: tuple, element: Any) -> tuple:
        loop.enter(state)
        goes_on = to_tensor(extra_test())
        after = cond(goes_on, lambda: loop.step(state, element), lambda: state, strict=True)
        return after, (after, goes_on)

    states = dataset.apply(scan(loop.before, step)).apply(
        take_while(lambda state, goes_on: goes_on)
    )
    return states.reduce(loop.before, lambda state, element: element[0])
