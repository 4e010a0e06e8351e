"""Carries out one plan, run after run: fills the slots, goes through the steps, keeps the results.

Nothing reaches the session's state before every step is done, so a run that fails changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stillflow.graph.errors import FailedPreconditionError, InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.ops.shapes import format_sizes
from stillflow.runtime.host import HostProgram, generic_program, specialised_program
from stillflow.runtime.plan import Plan
from stillflow.runtime.streams import RandomStream

_MAX_SPECIALISATIONS = 64


@dataclass(slots=True)
class SessionState:
    """What a session remembers: the value of each variable, the position of each random stream."""

    variables: dict[Operation, Any] = field(default_factory=dict)
    streams: dict[Operation, RandomStream] = field(default_factory=dict)

    def stream(self, op: Operation) -> RandomStream:
        if op not in self.streams:
            self.streams[op] = RandomStream(op)
        return self.streams[op]


class Executor:
    """Runs a plan against a session's state."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._generic = generic_program(plan)
        self._specialised: dict[tuple, HostProgram] = {}

    def run(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """Runs once. `feeds` are the values for the plan's feeds; returns those of its fetches."""
        self._check_initialized(state)
        key = tuple(value.shape for value in feeds)
        program = self._specialised.get(key)
        slots = self._filled(state, feeds, program or self._generic)
        with np.errstate(all="ignore"):
            (program or self._generic).run(slots)
        if program is None:
            program = self._specialise(key, slots)
        self._commit(state, slots)
        return [self._fetched(slot, slots, program) for slot in self._plan.fetches]

    def _check_initialized(self, state: SessionState) -> None:
        for variable in self._plan.required:
            if variable not in state.variables:
                raise FailedPreconditionError(
                    None,
                    variable,
                    f"Attempting to use uninitialized value {variable.name}\n"
                    "  Run sess.run(tf.global_variables_initializer()) first, or restore a"
                    " checkpoint.",
                )

    def _filled(
        self, state: SessionState, feeds: list[np.ndarray], program: HostProgram
    ) -> list[Any]:
        slots = program.constants.copy()
        for slot, value in zip(self._plan.feeds, feeds, strict=True):
            slots[slot] = value
        for variable, slot in self._plan.variables.items():
            slots[slot] = state.variables.get(variable)
        for op, slot in self._plan.streams.items():
            slots[slot] = state.stream(op).words()
        return slots

    def _specialise(self, key: tuple, slots: list[Any]) -> HostProgram:
        if len(self._specialised) >= _MAX_SPECIALISATIONS:
            self._specialised.clear()
        program = self._specialised[key] = specialised_program(self._plan, slots)
        return program

    def _commit(self, state: SessionState, slots: list[Any]) -> None:
        for variable, slot in self._plan.written.items():
            _check_written(variable, slots[slot])
        for variable, slot in self._plan.written.items():
            state.variables[variable] = np.asarray(slots[slot])
        for step in self._plan.steps if self._plan.streams else ():
            if step.op.defn.stream is not None:
                blocks = step.op.defn.stream(np.shape(slots[step.outputs[0]]))
                state.stream(step.op).advance(blocks)

    def _fetched(self, slot: int | None, slots: list[Any], program: HostProgram) -> Any:
        if slot is None:
            return None
        value = slots[program.aliases.get(slot, slot)]
        # The caller may write to what it gets, and a scalar is a NumPy scalar as in TensorFlow.
        return np.array(value)[()]


def _check_written(variable: Operation, value: Any) -> None:
    """A variable keeps the shape that it was declared with."""
    sizes = variable.outputs[0].shape.sizes
    if sizes is not None and np.shape(value) != sizes:
        raise InvalidArgumentError(
            None,
            variable,
            "Assign requires shapes of both tensors to match. lhs shape= "
            f"{format_sizes(sizes)} rhs shape= {format_sizes(np.shape(value))}",
        )
