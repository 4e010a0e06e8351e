"""What eager operations of a process remember, and which operations share what they remember."""

from __future__ import annotations

import itertools
import weakref
from typing import Any

from stillflow.declare.calling import VariableName
from stillflow.graph.dtypes import resource
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor, eager_tensor
from stillflow.graph.operation import Operation
from stillflow.runtime.state import SessionState

_state = SessionState()
_numbers = itertools.count()
# The operations that keep something from call to call, by what they were called with.
_keepers: dict[tuple, EagerOperation] = {}
# A program that sets a seed draws another one for each random op without its own.
_MOST_KEEPERS = 4096


def eager_state() -> SessionState:
    """The variables, random streams and resources of all eager operations."""
    return _state


def keeper_of(op: EagerOperation) -> EagerOperation:
    """The operation in whose name a call keeps its random stream, or the like.

    Calls of the same attributes and types of inputs continue each other's stream.
    """
    if op.defn.stream is None:
        return op
    _forget_before(op.graph.seeds_set)
    types = tuple([tensor.dtype for tensor in op.inputs])
    key = (op.type, types, *((name, _hashable(value)) for name, value in op.attrs.items()))
    # Back to the end: those that were used last are kept.
    keeper = _keepers.pop(key, None) or EagerOperation(op.defn, (), op.attrs, [])
    _keepers[key] = keeper
    if len(_keepers) > _MOST_KEEPERS:
        oldest = _keepers.pop(next(iter(_keepers)))
        _state.streams.pop(oldest, None)
    return keeper


def _forget_before(seeds_set: int) -> None:
    """Has random streams start anew where a seed was set since the last call."""
    if seeds_set != _Seen.seeds_set:
        _Seen.seeds_set = seeds_set
        for keeper in _keepers.values():
            _state.streams.pop(keeper, None)
        _keepers.clear()


class _Seen:
    seeds_set = 0


def _hashable(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def own_name(name: str | None) -> str:
    """A name that nothing else has, for what eager operations make."""
    return f"{name or 'anonymous'}_{next(_numbers)}"


class EagerVariable(EagerOperation):
    """Stands for a variable, as the operation of its handle does in a graph: the key of its value.

    It does not hold the handle, with which the value goes.
    """

    __slots__ = ()

    def __init__(self, made_by: EagerOperation):
        self.defn, self.type = made_by.defn, made_by.type
        self.attrs, self.name = made_by.attrs, made_by.name
        self.inputs = ()
        self._expansion = None

    @property
    def outputs(self) -> list[EagerTensor]:  # type: ignore[override]
        return [eager_tensor(VariableName(self), resource)]


def keep_while(handle: EagerTensor, variable: Operation) -> None:
    """Has the state forget a variable's value once its handle is gone."""
    weakref.finalize(handle, _forget, variable).atexit = False


def _forget(variable: Operation) -> None:
    _state.variables.pop(variable, None)
    _state.reshaped.discard(variable)
