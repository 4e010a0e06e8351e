"""`for element in dataset`, or in an iterator, in functions that AutoGraph converts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.autograph.operators.checking import check_loop
from stillflow.autograph.operators.choices import GetState, SetState, if_stmt
from stillflow.autograph.operators.loops import check_before, loop_beside
from stillflow.declare.constants import constant
from stillflow.declare.convert import to_tensor
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.input.datasets.experimental.optionals import get_next_as_optional
from stillflow.input.datasets.experimental.scanning import scan, take_while
from stillflow.ops.control.cond import cond


def dataset_loop(
    dataset: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    options: dict[str, Any] | None = None,
) -> None:
    """Runs `body` for the elements of a dataset, as long as `extra_test()` holds.

    The arguments are those of `stillflow.autograph.operators.loops.for_stmt`, which has errors for
    the state; `options` are those of a `tf.while_loop`, and mean nothing here.
    """
    loop = _DatasetLoop(body, get_state, set_state, symbol_names)
    if extra_test is None:
        after = dataset.reduce(loop.before, loop.step)
    else:
        after = _until(dataset, extra_test, loop)
    loop.leave(after)


def iterator_loop(
    iterator: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    options: dict[str, Any] | None = None,
) -> None:
    """`dataset_loop` for the elements that an iterator has left."""
    if executing_eagerly():
        for element in iterator:
            body(element)
            if extra_test is not None and not to_tensor(extra_test()):
                break
        return
    goes_on: list[Any] = [True]

    def step() -> None:
        optional = get_next_as_optional(iterator)
        goes_on[0] = optional.has_value()
        if_stmt(
            goes_on[0],
            lambda: body(optional.get_value()),
            lambda: None,
            get_state,
            set_state,
            symbol_names,
            len(symbol_names),
        )

    check_before(get_state(), symbol_names)
    loop_beside(
        goes_on,
        lambda: to_tensor(goes_on[0]),
        step,
        extra_test,
        get_state,
        set_state,
        symbol_names,
        options,
    )


class _DatasetLoop:
    """The state of a loop as one tuple of tensors, which is never empty."""

    def __init__(
        self,
        body: Callable[[Any], Any],
        get_state: GetState,
        set_state: SetState,
        symbol_names: Sequence[str],
    ):
        self._body, self._get, self._set, self._names = body, get_state, set_state, symbol_names
        state = get_state()
        check_before(state, symbol_names)
        self._is_empty = not state
        self.before = (constant(0),) if self._is_empty else nest.map_structure(to_tensor, state)

    def enter(self, state: tuple) -> None:
        if not self._is_empty:
            self._set(tuple(state))

    def step(self, state: tuple, element: Any) -> tuple:
        """The state after an element."""
        self.enter(state)
        self._body(element)
        if self._is_empty:
            return state
        after = self._get()
        check_loop(self._names, state, after, include_shapes=False)
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
