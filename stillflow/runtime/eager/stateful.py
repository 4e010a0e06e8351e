"""Carries out operations of any kind against the state of eager mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from stillflow.declare.calling import VariableName
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.shapes import fits, format_sizes
from stillflow.graph.context import graphs
from stillflow.graph.dtypes import resource
from stillflow.graph.eager_tensor import EagerOperation, eager_tensor
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.runtime.eager.failing import check_result, failure
from stillflow.runtime.eager.results import returned
from stillflow.runtime.eager.state import (
    EagerVariable,
    eager_state,
    keep_while,
    keeper_of,
    own_name,
)
from stillflow.runtime.quiet import quiet
from stillflow.runtime.state import new_for, uninitialized
from stillflow.runtime.variables import declared_shape

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

_state = eager_state()


class StatefulKernel:
    """Calls the function of an op that is not plain: with what it keeps, variables, lists."""

    def __init__(self, defn: OpDef, attrs: dict[str, Any]):
        _check_runs_eagerly(defn)
        self.defn = defn
        self._attrs = attrs
        self._types = [dtype for arg in defn.signature.outputs for dtype in arg.types(attrs)]
        self._results = len(self._types) + len(defn.writes)
        may_call = defn.host or defn.waits or defn.takes_state
        self._call: Callable[..., Any] | None = _called if may_call else None
        self._takes_names = defn.forwards or defn.calls
        self._is_checked = False
        has_lists = any(arg.is_list for arg in defn.signature.inputs)
        # Where among the inputs variables are written, and where handles are; None if that varies.
        self._written: list[int] | None = None
        self._handles: list[int] | None = None
        if not has_lists:
            names = [arg.name for arg in defn.signature.inputs]
            self._written = [names.index(name) for name in defn.writes]
            types = [arg.dtype for arg in defn.signature.inputs]
            self._handles = [place for place, dtype in enumerate(types) if dtype is resource]
        if not defn.is_variable:
            self._fn = partial(defn.fn, NUMPY, **defn.fn_attrs(attrs))

    def __call__(self, inputs: Sequence[Any], name: str | None = None) -> Any:
        """What a call gives: a tensor, a list, a named tuple, or None."""
        if self.defn.snapshots:
            name_of = inputs[0]._value
            if type(name_of) is VariableName:
                value = _state.variables.get(name_of.variable)
                if type(value) is np.ndarray:
                    output = eager_tensor(value, self._types[0])
                    if graphs.tapes:
                        _record(
                            EagerOperation(self.defn, tuple(inputs), self._attrs, [output], name)
                        )
                    return output
        return returned(self.carried_out(inputs, name))

    def carried_out(self, inputs: Sequence[Any], name: str | None = None) -> EagerOperation:
        """The operation with its outputs, of which tapes have been told."""
        op = EagerOperation(self.defn, tuple(inputs), self._attrs, [], name)
        if self.defn.is_variable:
            _make_variable(op)
        elif self.defn.writes:
            with _state.lock:
                self._run(op)
        else:
            self._run(op)
        _record(op)
        return op

    def _run(self, op: EagerOperation) -> None:
        defn = self.defn
        values = [tensor._value for tensor in op.inputs]  # type: ignore[attr-defined]
        written = self._written
        if written is None:
            written = defn.input_positions(op, defn.writes)
        if not self._takes_names:
            handles = range(len(values)) if self._handles is None else self._handles
            _put_variables(op, values, handles, written if defn.overwrites else ())
        kept: list[Any] = []
        if defn.takes_state:
            keeper = keeper_of(op)
            kept = _kept_for(keeper)
        call = self._call or quiet.call
        try:
            result = call(self._fn, *kept, *values)
        except Exception as error:
            found = failure(op, error, [*kept, *values], len(kept))
            if found is error:
                raise
            raise found from error
        results = _as_tuple(result, self._results)
        if defn.writes:
            _write(op, results, written)
            results = results[len(defn.writes) :]
        if not self._is_checked:
            check_result(op, results, self._types)
            self._is_checked = True
        if defn.stream is not None:
            _advance(keeper, np.shape(results[0]))
        op.outputs = [eager_tensor(*pair) for pair in zip(results, self._types, strict=True)]


def _record(op: EagerOperation) -> None:
    for tape in graphs.tapes:
        tape.record(op)


def _check_runs_eagerly(defn: OpDef) -> None:
    """RuntimeError for an op type that has no meaning outside of a graph."""
    if defn.is_placeholder:
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")
    for arg in (*defn.signature.inputs, *defn.signature.outputs):
        if arg.is_ref:
            raise RuntimeError(
                f"{defn.__name__} op does not support eager execution. Arg '{arg.name}' is a ref."
            )


def _make_variable(op: EagerOperation) -> None:
    """The handle of a new variable: eager variables share none by their names."""
    op.attrs = {**op.attrs, "shared_name": own_name(op.attrs.get("shared_name"))}
    variable = EagerVariable(op)
    handle = eager_tensor(VariableName(variable), resource)
    op.outputs = [handle]
    keep_while(handle, variable)


def _called(function: Callable[..., Any], *args: Any) -> Any:
    """A call of what may call the program's own code, which `quiet.call` must not."""
    with np.errstate(all="ignore"):
        return function(*args)


def _as_tuple(result: Any, count: int) -> Sequence[Any]:
    if count == 1:
        return (result,)
    return () if result is None else tuple(result)


# What is kept -----------------------------------------------------------------------------------


def _kept_for(keeper: EagerOperation) -> list[Any]:
    """What the op's function takes before its inputs."""
    defn = keeper.defn
    if not defn.takes_state:
        return []
    if defn.stream is not None:
        return [_state.stream(keeper).words()]
    if defn.resource is not None and not (defn.shared_as or keeper.attrs.get("shared_name")):
        # Nothing finds it by a name: it goes with its handle.
        return [defn.resource(own_name(keeper.name), keeper.attrs).for_node(keeper.name)]
    return [new_for(keeper, _state)]


def _advance(keeper: EagerOperation, sizes: tuple[int, ...]) -> None:
    stream = keeper.defn.stream
    blocks = keeper.attrs[stream] if isinstance(stream, str) else stream(sizes)
    _state.stream(keeper).advance(blocks)


# Variables --------------------------------------------------------------------------------------


def _put_variables(
    op: EagerOperation, values: list[Any], places: Iterable[int], overwritten: Sequence[int]
) -> None:
    """Puts, in place of the names of variables at `places` of `values`, what these hold."""
    for place in places:
        value = values[place]
        if type(value) is VariableName:
            held = _state.variables.get(value.variable)
            if type(held) is not np.ndarray:
                may_lack = op.defn.asks_state or place in overwritten
                held = variable_value(value.variable, op, may_lack)
            values[place] = held


def variable_value(variable: Operation, reader: Operation, may_lack: bool = False) -> Any:
    """What a variable holds; an error in TensorFlow's words, or None, where that is nothing."""
    value = _state.variables.get(variable)
    if value is None:
        if may_lack:
            return None
        raise uninitialized(variable, reader, _state)
    if type(value) is not np.ndarray and not isinstance(value, np.generic):
        value = _state.variables[variable] = np.asarray(value)  # a compiled run has left it
    return value


def _write(op: EagerOperation, results: Sequence[Any], positions: Sequence[int]) -> None:
    """Gives variables the values that the op's function returned for them."""
    variables = _state.variables
    for position, value in zip(positions, results, strict=False):
        handle = op.inputs[position]._value  # type: ignore[attr-defined]
        if type(handle) is not VariableName:
            raise InvalidArgumentError(None, None, f"{op.type} takes the handle of a variable.")
        variable = handle.variable
        if value is None:
            variables.pop(variable, None)
            continue
        old = variables.get(variable)
        if old is not None and old.shape == value.shape:
            variables[variable] = value
            continue
        sizes = declared_shape(variable).sizes if old is None else old.shape
        is_checked = op.attrs.get("validate_shape", not op.defn.reshapes)
        if is_checked and not fits(value.shape, sizes):
            raise InvalidArgumentError(
                None,
                None,
                "Assign requires shapes of both tensors to match. lhs shape= "
                f"{format_sizes(sizes)} rhs shape= {format_sizes(value.shape)}",
            )
        variables[variable] = value
