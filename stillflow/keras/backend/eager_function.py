"""`K.function` in eager mode: a part of Keras' graph, run with the variables of eager mode."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import graphs
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.layers.keras_graph import get_graph
from stillflow.ops.control import ordering
from stillflow.ops.math import casts
from stillflow.ops.variables import state
from stillflow.ops.variables.variable import Variable

# By graph, the initializers of tables that have run.
_filled: weakref.WeakKeyDictionary[Any, set[Operation]] = weakref.WeakKeyDictionary()


class EagerExecutionFunction:
    """Runs outputs, and what changes variables after the first output is known.

    It is called with values for `inputs`, in their structure, and returns those of `outputs` as
    arrays, SparseTensors and RaggedTensors. A placeholder that is given None has its default value.

    Args:
      inputs, outputs: tensors of Keras' graph, in nests.
      updates: operations, or pairs of a variable and its new value, run with each call.
      name: of the function, in messages.

    Raises:
      ValueError: there are other keywords, or a placeholder without default is given None.
      TypeError: `updates` is no list or tuple.
    """

    def __init__(
        self, inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any
    ):
        if kwargs:
            raise ValueError(
                f"Session keyword arguments are not support during eager execution. You passed: "
                f"{kwargs}"
            )
        updates = updates or []
        if not isinstance(updates, (list, tuple)):
            raise TypeError(
                "`updates` in a Keras backend function should be a list or tuple.\n"
                f"  It is a {type(updates).__name__}: put it into a list."
            )
        self.name = name
        self.inputs = nest.flatten(inputs, expand_composites=True)
        self._outputs_structure = outputs
        flat = nest.flatten(outputs, expand_composites=True)
        self._graph = self._graph_of([*self.inputs, *flat])
        with self._graph.as_default():
            self.outputs = [self._inside(each) for each in flat]
            with control_dependencies(self.outputs):  # which read the values of before
                given = [_update(each) for each in updates]
            with control_dependencies(self.outputs[:1]):
                self.updates_op = ordering.group(*(each for each in given if not _is_done(each)))
        #: Values for placeholders that callers know nothing of.
        self.fed_always: dict[Tensor, Any] = {}
        self._levels: dict[tuple[bool, ...], tuple[Any, list[Tensor]]] = {}

    def _graph_of(self, elements: list[Any]) -> Any:
        for each in elements:
            if isinstance(each, Tensor) and not each._is_eager:
                return each.graph
        return get_graph()

    def _inside(self, output: Any) -> Tensor:
        if isinstance(output, Variable):
            return ordering.identity(output)
        return self._graph.capture(output) if output._is_eager else output

    def __call__(self, inputs: Any) -> Any:
        values = nest.flatten(inputs, expand_composites=True)
        given = tuple(value is not None for value in values)
        pairs = [*zip(self.inputs, values, strict=False), *self.fed_always.items()]
        if given not in self._levels:
            self._levels[given] = self._level([t for t, value in pairs if value is not None])
        level, captured = self._levels[given]
        fed = [_fed(tensor, value) for tensor, value in pairs if value is not None]
        before, graphs.tapes = graphs.tapes, []
        try:
            results = level.call([*fed, *captured], None)
        finally:
            graphs.tapes = before
        found = results[: len(self.outputs)]
        packed = nest.pack_sequence_as(self._outputs_structure, found, expand_composites=True)
        return nest.map_structure(value_of, packed)

    def _level(self, fed: list[Tensor]) -> tuple[Any, list[Tensor]]:
        """What runs when these are fed, and the eager tensors that it takes behind them."""
        needed = _needed([*(t.op for t in self.outputs), self.updates_op], {t.op for t in fed})
        self._fill_tables(needed)
        return self._level_of(self.outputs, self.updates_op, fed, needed)

    def _fill_tables(self, needed: set[Operation]) -> None:
        """Fills tables that are needed, once for each."""
        filled = _filled.setdefault(self._graph, set())
        for op in self._graph.get_collection(GraphKeys.TABLE_INITIALIZERS):
            own = _needed([op], set())
            is_wanted = any(t.op in needed and t.dtype == dtypes.resource for t in op.inputs)
            if is_wanted and op not in filled:
                filled.add(op)
                level, captured = self._level_of([], op, [], own)
                level.call(captured, None)

    def _level_of(
        self, outputs: list[Tensor], effect: Operation, fed: list[Tensor], needed: set[Operation]
    ) -> tuple[Any, list[Tensor]]:
        # They need what runs plans.
        from stillflow.functions.call_time import at_call_time
        from stillflow.functions.running import Level

        graph = self._graph
        taken = [
            (inside, outside)
            for inside, outside in zip(graph.extra_args, graph.extra_inputs, strict=True)
            if inside.op in needed
        ]
        missing = [op for op in needed if op.type == "Placeholder"]
        own = {inside.op for inside, _ in taken} | {tensor.op for tensor in fed}
        for op in missing:
            if op not in own:
                raise ValueError(f"You must feed a value for placeholder {op.outputs[0]}")
        level = Level(
            self.name or "function",
            [*fed, *(inside for inside, _ in taken)],
            outputs,
            [effect],
        )
        # What may be asked at each call is asked once: `compile` makes functions anew.
        return level, at_call_time(outside for _, outside in taken)


def _needed(operations: Iterable[Operation], known: set[Operation]) -> set[Operation]:
    """What operations depend on, themselves among it; nothing is asked of what is known."""
    needed: set[Operation] = set()
    waiting = list(operations)
    while waiting:
        op = waiting.pop()
        if op in needed:
            continue
        needed.add(op)
        if op not in known:
            waiting += [tensor.op for tensor in op.inputs]
            waiting += op.control_inputs
    return needed


def _fed(tensor: Tensor, value: Any) -> Any:
    """A value as an eager tensor of the placeholder's type."""
    dtype = tensor.dtype.base_dtype
    if isinstance(value, Tensor):
        return value if value.dtype == dtype else casts.cast(value, dtype)
    return convert_to_tensor(np.asarray(value, dtype=dtype.as_numpy_dtype), dtype)


def value_of(result: Any) -> Any:
    """A tensor's value as an array; a sparse or a ragged one as it is."""
    return result if isinstance(result, CompositeTensor) else result.numpy()


def _is_done(update: Any) -> bool:
    """Whether it ran when it was written, as of a variable and a value of eager mode."""
    return isinstance(update, Variable) and update.op is None


def _update(update: Any) -> Any:
    return state.assign(*update) if isinstance(update, tuple) else update
