"""`while` and `for` of converted code: Python's, or loops of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from stillflow.autograph.operators.builtins import len_
from stillflow.autograph.operators.checking import check_loop
from stillflow.autograph.operators.choices import GetState, SetState
from stillflow.autograph.operators.undefined import is_undefined, is_undefined_return
from stillflow.declare.convert import is_tensor
from stillflow.declare.static import constant_value
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.ops.control.cond import cond
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.math import comparison
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.platform import logging

_ITERATIONS_BEFORE_LOOKING = 3000
_ITERATIONS_LOOKED_AT = 3
_MOST_ITERATIONS = 100_000_000


def while_stmt(
    test: Callable[[], Any],
    body: Callable[[], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    options: dict[str, Any] | None = None,
) -> None:
    """Runs `body` as long as `test()` holds; in a run of the graph where that is a tensor.

    Args:
      get_state, set_state: read and set what an iteration hands to the next and to what is behind.
      symbol_names: the names of this state.
      options: for `tf.while_loop`.

    Raises:
      ValueError: in a graph, a name has no value before the loop, or the body returns.
      TypeError: an iteration gives a name a value of another structure or type.
    """
    before = get_state()
    # What the test is decides; what it builds here is for that alone.
    with FuncGraph("tmp").as_default():
        first = test()
    set_state(before)
    if is_tensor(first):
        graph_loop(test, body, get_state, set_state, symbol_names, options)
    elif first:
        body()
        watch = _Watch()
        while test():
            watch.before()
            body()
            watch.after()


class _Watch:
    """Looks at a Python loop of very many iterations: a warning where each builds operations."""

    def __init__(self) -> None:
        self._count = 0
        self._operations: int | None = None

    def before(self) -> None:
        if 0 < self._count - _ITERATIONS_BEFORE_LOOKING <= _ITERATIONS_LOOKED_AT:
            self._operations = get_default_graph().version

    def after(self) -> None:
        self._count += 1
        if self._count > _MOST_ITERATIONS:
            raise ValueError("iteration limit exceeded")
        if self._operations is None:
            return
        if get_default_graph().version > self._operations:
            logging.warning(
                "TensorFlow ops are being created in a Python loop with large number of "
                "iterations. This can lead to slow startup. Did you mean to use a TensorFlow "
                "loop? For example, `while True:` is a Python loop, and `while "
                "tf.constant(True):` is a TensorFlow loop. The following ops were created after "
                f"iteration {self._count}: see the last of the graph's operations."
            )
            self._count = -_MOST_ITERATIONS  # once is enough
        self._operations = None


class ForLoop(NamedTuple):
    """What a `for` of converted code does, as `for_stmt` is given it.

    It goes on as long as `extra_test()` holds, if there is one. `get_state` and `set_state` read
    and set what an iteration hands on, of which `symbol_names` are the names; `options` are for
    `tf.while_loop`.
    """

    extra_test: Callable[[], Any] | None
    body: Callable[[Any], Any]
    get_state: GetState
    set_state: SetState
    symbol_names: Sequence[str]
    options: dict[str, Any] | None = None


def for_stmt(
    iterated: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    options: dict[str, Any] | None = None,
) -> None:
    """Runs `body` for each element, as long as `extra_test()` holds.

    A tensor is gone through along axis 0, in a run of the graph; so are datasets and what else has
    `_autograph_for_loop`, a method that takes a ForLoop. Raises as `while_stmt` does.
    """
    loop = ForLoop(extra_test, body, get_state, set_state, symbol_names, options)
    if isinstance(iterated, Tensor) and not getattr(iterated, "_is_eager", False):
        run = _range_loop if iterated.op.type == "Range" else _rows_loop
        run(iterated, loop)
    elif hasattr(iterated, "_autograph_for_loop"):
        iterated._autograph_for_loop(loop)
    else:
        for element in iterated:
            body(element)
            if extra_test is not None and not extra_test():
                break


def _rows_loop(iterated: Tensor, loop: ForLoop) -> None:
    """A loop over the rows of a tensor."""
    check_before(loop.get_state(), loop.symbol_names)
    count = len_(iterated)
    rows = TensorArray(iterated.dtype, size=count).unstack(iterated)
    of_row = loop._replace(body=lambda i: loop.body(rows.read(i)))
    _counted(0, lambda i: i < count, lambda i: i + 1, of_row)


def _range_loop(iterated: Tensor, loop: ForLoop) -> None:
    """A loop over a `tf.range`, which itself is left out."""
    check_before(loop.get_state(), loop.symbol_names)
    start, limit, delta = iterated.op.inputs
    step = constant_value(delta)

    def goes_on(i: Any) -> Any:
        if step is not None:
            return i < limit if step.item() >= 0 else i > limit
        up = comparison.logical_and(delta >= 0, i < limit)
        return comparison.logical_or(up, comparison.logical_and(delta < 0, i > limit))

    _counted(start, goes_on, lambda i: i + delta, loop)


def _counted(
    start: Any, goes_on: Callable[[Any], Any], following: Callable[[Any], Any], loop: ForLoop
) -> None:
    """A loop with a counter of its own, which its body takes."""
    counter: list[Any] = [start]

    def step() -> None:
        at = counter[0]
        loop.body(at)
        counter[0] = following(at)

    loop_beside(counter, lambda: goes_on(counter[0]), step, loop)


def loop_beside(
    own: list[Any], goes_on: Callable[[], Any], step: Callable[[], Any], loop: ForLoop
) -> None:
    """A `tf.while_loop` of `step` over the state and what is in `own`, a list of one value.

    It ends when `goes_on()` or, after that, the loop's `extra_test()` does not hold.
    """
    extra_test = loop.extra_test

    def test() -> Any:
        plain = goes_on()
        return plain if extra_test is None else cond(plain, extra_test, lambda: False)

    def set_all(values: tuple) -> None:
        own[0] = values[0]
        loop.set_state(tuple(values[1:]))

    names = ("", *loop.symbol_names)
    graph_loop(test, step, lambda: (own[0], *loop.get_state()), set_all, names, loop.options)


def graph_loop(
    test: Callable[[], Any],
    body: Callable[[], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    options: dict[str, Any] | None = None,
) -> None:
    """A `tf.while_loop` over the state."""
    before = get_state()
    check_before(before, symbol_names)
    carried = before or (0,)

    def goes_on(*values: Any) -> Any:
        set_state(values if before else ())
        return test()

    def iteration(*values: Any) -> tuple:
        set_state(values if before else ())
        body()
        if not before:
            return values
        after = get_state()
        check_loop(symbol_names, values, after)
        return tuple(after)

    after = while_loop(goes_on, iteration, carried, return_same_structure=True, **(options or {}))
    set_state(tuple(after) if before else ())


def check_before(values: tuple, symbol_names: Sequence[str]) -> None:
    """ValueError where a name that a loop changes has no value before it."""
    undefined = tuple(value.symbol_name for value in values if is_undefined(value))
    if undefined:
        raise ValueError(
            "TensorFlow requires that the following symbols must be defined before the loop: "
            f"{undefined}"
        )
    if any(is_undefined_return(value) for value in values):
        raise ValueError("return statements are not supported within a TensorFlow loop.")
