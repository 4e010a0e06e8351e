"""Calls of eager tensors alone, which no tape watches: the shortest way from a call to its plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.calling import VariableName
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly, graphs
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor

Call = Callable[[Sequence[Any]], Any]


def key_of(args: Sequence[Any]) -> Any:
    """What decides which trace serves; None where an argument is no eager tensor."""
    key = []
    for arg in args:
        if type(arg) is not EagerTensor:
            return None
        key.append(arg._dtype)
        key.append(arg._value.shape)
    return tuple(key)


class QuickCalls:
    """The traces that have served such calls of a function, by their key."""

    def __init__(self) -> None:
        self._calls: dict[tuple, Call] = {}

    def find(self, args: Sequence[Any], kwargs: Any) -> Call | None:
        """What carries out a call of these arguments, if it is known; it takes them."""
        if kwargs or graphs.tapes or not executing_eagerly():
            return None
        key = key_of(args)
        return None if key is None else self._calls.get(key)

    def note(self, args: Sequence[Any], kwargs: Any, function: Any) -> None:
        """Tells which trace has served a call."""
        if kwargs or graphs.tapes or not executing_eagerly():
            return
        key = key_of(args)
        is_whole = len(function.inputs) == len(args) + len(function.captured_inputs)
        if key is None or not is_whole or any(arg._dtype is dtypes.resource for arg in args):
            return
        call = _call_of(function)
        if call is not None:
            self._calls[key] = call


def _call_of(function: Any) -> Call | None:
    """The call of a trace whose plan is made; None where there is none yet."""
    level = function._level
    if function.graph.asks_at_call_time:
        return None
    captured = [tensor._value for tensor in function.captured_inputs]
    named = tuple([value.variable for value in captured if type(value) is VariableName])
    program = None if level is None else level.program(named)
    if program is None:
        return None
    fed = [value for value in captured if type(value) is not VariableName]
    fed = [np.asarray(value) if isinstance(value, np.generic) else value for value in fed]
    types = [output.dtype for output in function.outputs]
    state, returned = level.state, function._as_returned
    is_single = function.returns_one_tensor

    def call(args: Sequence[Any]) -> Any:
        feeds = [arg._value for arg in args]
        for place, value in enumerate(feeds):
            if type(value) is not np.ndarray:
                feeds[place] = np.asarray(value)
        results = program.run(state, feeds + fed)
        if is_single:
            return eager_tensor(results[0], types[0])
        return returned([eager_tensor(*pair) for pair in zip(results, types, strict=False)])

    return call
