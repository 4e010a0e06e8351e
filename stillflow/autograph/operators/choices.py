"""`if` of converted code: Python's, or a `tf.cond` where the test is a tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.autograph.operators.checking import check_choice
from stillflow.autograph.operators.undefined import is_undefined, is_undefined_return
from stillflow.declare.constants import constant
from stillflow.declare.convert import is_tensor
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.ops.control.cond import cond

GetState = Callable[[], tuple]
SetState = Callable[[tuple], None]


def no_state() -> tuple:
    """The state of what changes nothing."""
    return ()


def set_no_state(values: tuple) -> None:
    """Sets the state of what changes nothing."""


def if_stmt(
    test: Any,
    body: Callable[[], Any],
    orelse: Callable[[], Any],
    get_state: GetState,
    set_state: SetState,
    symbol_names: Sequence[str],
    given: int,
) -> None:
    """Runs `body` where `test` holds, else `orelse`; in a run of the graph where it is a tensor.

    Args:
      get_state, set_state: read and set what the sides may change.
      symbol_names: the names of this state.
      given: how many of them, the first, are read afterwards.

    Raises:
      ValueError: in a graph, a side leaves a name without a value, or returns none.
      TypeError: the sides give a name other structures or types.
    """
    if not is_tensor(test) or isinstance(test, CompositeTensor):
        body() if test else orelse()
        return
    before = get_state()
    sides = [
        _Side(side, word, before, get_state, set_state, symbol_names[:given])
        for side, word in ((body, "if"), (orelse, "else"))
    ]

    def built(side: _Side) -> Any:
        outputs = side.build()
        if all(other.values is not None for other in sides):
            check_choice(symbol_names[:given], *(other.values or () for other in sides))
        return outputs

    outputs = cond(test, lambda: built(sides[0]), lambda: built(sides[1]), strict=True)
    # Eagerly one side alone is taken, and has values.
    values = next((side.values for side in sides if side.values is not None), ())
    set_state((*_with_nothing(values, outputs), *before[given:]))


class _Side:
    """One side of a choice in a graph: built from the state before, to which it leads back."""

    def __init__(
        self,
        side: Callable[[], Any],
        word: str,
        before: tuple,
        get_state: GetState,
        set_state: SetState,
        names: Sequence[str],
    ):
        self._side, self._word, self._before = side, word, before
        self._get_state, self._set_state, self._names = get_state, set_state, names
        self.values: tuple | None = None

    def build(self) -> list:
        """The tensors of the values that it gives, of which there is at least one."""
        self._set_state(self._before)
        try:
            self._side()
            values = self._get_state()[: len(self._names)]
        finally:
            self._set_state(self._before)
        self._check(values)
        self.values = values
        return [value for value in _leaves(values) if value is not None] or [constant(1)]

    def _check(self, values: tuple) -> None:
        missing = tuple(
            name for name, value in zip(self._names, values, strict=True) if is_undefined(value)
        )
        if missing:
            raise ValueError(
                f"The following symbols must also be initialized in the {self._word} branch: "
                f"{missing}. Alternatively, you may initialize them before the if statement."
            )
        if any(is_undefined_return(value) for value in values):
            raise ValueError(
                f"A value must also be returned from the {self._word} branch. If a value is "
                "returned from one branch of a conditional a value must be returned from all "
                "branches."
            )


def _leaves(values: Any) -> list:
    return nest.flatten(list(values))


def _with_nothing(values: tuple, outputs: Sequence[Any]) -> list:
    """The structure of `values`, with `outputs` for what is in it, but for None."""
    left = iter(outputs)
    leaves = [None if value is None else next(left) for value in _leaves(values)]
    return nest.pack_sequence_as(list(values), leaves)
