"""Calls of traced functions in eager mode: plans against eager mode's state, and their gradients.

A call is of a level: the body is level 0, the gradients of a level's outputs are the next level,
behind it in one graph. Where a tape watches, a run of a level also gives what the next one takes
from before it, and the next one's run is fed that. Of choices and loops nothing can be kept: what a
gradient needs of them is computed once more from what is around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from stillflow.declare.calling import VariableName
from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.derivative import Derivative
from stillflow.functions.keeping import keeper_of
from stillflow.graph import dtypes
from stillflow.graph.context import graphs
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation
from stillflow.ops.array import filling
from stillflow.ops.control.effects import context_of, is_flow
from stillflow.runtime import session  # says how kernels call functions
from stillflow.runtime.eager.state import eager_state
from stillflow.runtime.plan import make_plan
from stillflow.runtime.staged import executor_of
from stillflow.runtime.tiers import tier_of_functions

assert session
_state = eager_state()


class Level:
    """A body, or the gradients of one, as what eager mode runs."""

    def __init__(
        self,
        name: str,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        effects: Sequence[Operation],
        before: Level | None = None,
    ):
        self.name = name
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self._effects = list(effects)
        self._is_first = before is None
        self._keeper = keeper_of(self.outputs[0].graph) if self.outputs else None
        #: What is fed from runs of the levels before.
        self.taken: list[Tensor] = [] if before is None else before.kept
        self._kept: list[Tensor] | None = None
        self._next: Level | None = None
        self._derivative: Derivative | None = None
        self._programs: dict[tuple, Any] = {}
        #: {place among the outputs: that of the input} of handles that come out as they went in.
        self._handed_on = {
            place: source
            for place, output in enumerate(self.outputs)
            if (source := _source_of(output, self.inputs)) is not None
        }

    def differentiated(self, derivative: Derivative) -> None:
        """Says what the gradients are, before they are asked for."""
        self._derivative = derivative

    @property
    def kept(self) -> list[Tensor]:
        """What the next level takes of this one, and of those before."""
        if self._kept is None:
            assert self._derivative is not None
            own = dict.fromkeys(_needed_from_before(self._derivative, self.inputs))
            self._kept = [*self.taken, *(t for t in own if t not in set(self.taken))]
        return self._kept

    @property
    def next(self) -> Level:
        if self._next is None:
            derivative = self._derivative
            assert derivative is not None
            name = f"gradient of {self.name}"
            self._next = Level(name, derivative.inputs, derivative.outputs, (), self)
        return self._next

    state = _state

    def program(self, named: tuple) -> Any:
        """The program of runs for these variables that keep nothing, once there was one."""
        return self._programs.get((False, named))

    # Runs -----------------------------------------------------------------------------------------

    def call(
        self, tensors: Sequence[EagerTensor], derivative: Any, before: Sequence[Any] = ()
    ) -> list[EagerTensor]:
        """The outputs for these inputs; a tape that watches one of them is told.

        Args:
          derivative: gives the Derivative, when it is needed.
          before: values for `taken`.
        """
        values = [tensor._value for tensor in tensors]
        if not graphs.tapes:
            return self.run(values, before)
        if not _is_watched(tensors):
            outputs = self.run(values, before)
            record_operation(self.name, outputs, tensors, _unwanted)  # for callbacks
            return outputs
        if self._derivative is None:
            self.differentiated(derivative())
        results = self._run(values, before, True)
        count = len(self.outputs)
        outputs = self._as_tensors(results[:count], values)
        further = len(self.kept) - len(self.taken)
        kept = [*before, *results[count : count + further]]
        record_operation(self.name, outputs, tensors, self._backward(tensors, outputs, kept))
        return outputs

    def run(self, values: list[Any], before: Sequence[Any] = ()) -> list[EagerTensor]:
        """The outputs for these values; no tape is told."""
        return self._as_tensors(self._run(values, before, False), values)

    def _as_tensors(self, results: Sequence[Any], values: Sequence[Any]) -> list[EagerTensor]:
        tensors = [
            eager_tensor(result, output.dtype)
            for result, output in zip(results, self.outputs, strict=False)
        ]
        for place, source in self._handed_on.items():
            tensors[place]._value = values[source]
        return tensors

    def _run(self, values: list[Any], before: Sequence[Any], keeps: bool) -> list[Any]:
        named = tuple([v.variable for v in values if type(v) is VariableName])
        program = self._programs.get((keeps, named))
        if program is None:
            program = self._programs[keeps, named] = self._planned(values, keeps)
        feeds = [v for v in values if type(v) is not VariableName] if named else values
        return program.run(_state, [*map(_as_array, feeds), *before])

    def _planned(self, values: Sequence[Any], keeps: bool) -> Any:
        pairs = list(zip(self.inputs, values, strict=True))
        named = {tensor: v.variable for tensor, v in pairs if type(v) is VariableName}
        feeds = [tensor for tensor in self.inputs if tensor not in named] + self.taken
        further = [t for t in self.kept if t not in set(self.taken)] if keeps else []
        plan = make_plan([*self.outputs, *further, *self._effects], feeds, named)
        if not self._is_first:
            _check_repeatable(plan, self.name)
        return executor_of(plan, [*feeds, *named], tier_of_functions())

    def _backward(
        self, tensors: Sequence[EagerTensor], outputs: Sequence[EagerTensor], kept: Sequence[Any]
    ) -> Any:
        """What a tape calls with the gradients of the outputs."""
        derivative = self._derivative
        assert derivative is not None

        def backward(*grads: Any) -> list[Any]:
            if not derivative.outputs:
                return [None] * len(tensors)
            dys = [
                filling.zeros_like(outputs[place])
                if grads[place] is None
                else convert_to_tensor(grads[place])
                for place in derivative.of
            ]
            given = [*tensors, *dys]
            results = self.next.call(given, lambda: derivative.following, kept)  # type: ignore
            return derivative.packed(results)

        return backward


def _unwanted(*grads: Any) -> NoReturn:
    raise AssertionError("no tape watches what the function was called with")


def _is_watched(tensors: Sequence[EagerTensor]) -> bool:
    return any(id(tensor) in tape.producers for tape in graphs.tapes for tensor in tensors)


def _as_array(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, np.generic) else value


def _source_of(output: Tensor, inputs: Sequence[Tensor]) -> int | None:
    """The place of the handle among the inputs that an output is."""
    if output.dtype is not dtypes.resource:
        return None
    while output.op.defn.forwards:
        output = output.op.inputs[0]
    return next((place for place, tensor in enumerate(inputs) if tensor is output), None)


def _needed_from_before(derivative: Derivative, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The tensors that gradients take from before them, as far as a run can give them."""
    if not derivative.body.ops:
        return []
    own = set(derivative.body.ops)
    operations = derivative.body.ops[0].graph.get_operations()
    inside = _inside_of_flow(operations)
    given = set(inputs)
    found = [t for op in derivative.body.ops for t in op.inputs if t.op not in own]
    if any(tensor.op in inside or tensor.op.type == "Exit" for tensor in found):
        # Choices or loops are gone through once more: with what was read and drawn then.
        others = (op for op in operations if op not in own)
        found += [t for op in others if _depends_on_state(op) for t in op.outputs]
    return [t for t in found if t not in given and t.op not in inside and _can_be_kept(t)]


def _inside_of_flow(operations: Sequence[Operation]) -> set[Operation]:
    """The operations that run only sometimes, or several times, in a run."""
    inside: set[Operation] = set()
    for op in operations:
        is_sided = op.defn.splits or (
            not op.defn.joins and any(tensor.op in inside for tensor in op.inputs)
        )
        if context_of(op) is not None or (is_sided and op._control_flow_context is None):
            inside.add(op)
    return inside


def _depends_on_state(op: Operation) -> bool:
    return op.defn.stateful or any(tensor.dtype is dtypes.resource for tensor in op.inputs)


def _can_be_kept(tensor: Tensor) -> bool:
    """Whether a tensor has a value, which is worth keeping."""
    op = tensor.op
    is_value = tensor.dtype.base_dtype not in (dtypes.resource, dtypes.variant)
    has_value = is_value and not op.defn.is_constant and bool(op.inputs or op.defn.stateful)
    return has_value and not is_flow(tensor)


def _check_repeatable(plan: Any, name: str) -> None:
    """UnimplementedError where a gradient would carry out once more what has effects."""
    if plan.written or plan.streams:
        raise UnimplementedError(
            None,
            None,
            f"The {name} goes once more through a choice or loop that draws random numbers or "
            "writes variables, which is not yet in Stillflow.\n  Open the tf.GradientTape inside "
            "of the tf.function: then nothing is gone through twice.",
        )
