"""Carries out one plan, run after run: chooses the tier, and keeps the results.

Nothing reaches the session's state before a run has succeeded, so one that fails changes nothing.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from stillflow.graph.errors import FailedPreconditionError, OpError
from stillflow.graph.operation import Operation
from stillflow.runtime.compilable import static_feeds
from stillflow.runtime.cost import CostModel
from stillflow.runtime.host import HostProgram, generic_program, specialised_program
from stillflow.runtime.plan import Plan, check_written_shapes
from stillflow.runtime.streams import RandomStream

if TYPE_CHECKING:
    from stillflow.runtime.xla import XlaProgram

_MAX_SPECIALISATIONS = 64
_MAX_STATIC_VALUES = 8
_TIERS = ("auto", "host", "xla")
_log = logging.getLogger("stillflow")


def tier_setting() -> str:
    """The tier that STILLFLOW_TIER forces, or 'auto'.

    Raises:
      ValueError: it names no tier.
    """
    tier = os.environ.get("STILLFLOW_TIER", "auto")
    if tier not in _TIERS:
        raise ValueError(f"STILLFLOW_TIER is {tier!r}; it may be {', '.join(_TIERS)}.")
    return tier


@dataclass(slots=True)
class SessionState:
    """What a session remembers: the value of each variable, the position of each random stream."""

    variables: dict[Operation, Any] = field(default_factory=dict)
    streams: dict[Operation, RandomStream] = field(default_factory=dict)

    def stream(self, op: Operation) -> RandomStream:
        if op not in self.streams:
            self.streams[op] = RandomStream(op)
        return self.streams[op]


@dataclass(slots=True)
class Specialisation:
    """What is known of a plan for feeds of certain shapes."""

    host: HostProgram
    cost: CostModel


class Executor:
    """Runs a plan against a session's state."""

    def __init__(self, plan: Plan, tier: str = "auto"):
        self.plan = plan
        self._tier = tier
        self._generic = generic_program(plan)
        self._specialised: dict[tuple, Specialisation] = {}
        self._static_feeds = None if tier == "host" else static_feeds(plan)
        self._compiled: dict[tuple, XlaProgram] = {}

    def run(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """Runs once. `feeds` are the values for the plan's feeds; returns those of its fetches."""
        self._check_initialized(state)
        shapes = tuple(value.shape for value in feeds)
        program = self._compiled_program(shapes, state, feeds)
        if program is None:
            return self._run_on_host(shapes, state, feeds)
        try:
            return self._run_compiled(program, state, feeds)
        except OpError:
            raise
        except Exception:
            if self._tier == "xla" or program.runs:
                raise
            # The program is right without a compiler; only its speed is lost.
            _log.warning("Compiling a run failed; it stays on the host tier.", exc_info=True)
            self._static_feeds = None
            return self._run_on_host(shapes, state, feeds)

    def _check_initialized(self, state: SessionState) -> None:
        for variable in self.plan.required:
            if variable not in state.variables:
                raise uninitialized(variable)

    # The host tier --------------------------------------------------------------------------------

    def _run_on_host(self, shapes: tuple, state: SessionState, feeds: list[np.ndarray]) -> list:
        known = self._specialised.get(shapes)
        program = self._generic if known is None else known.host
        slots = self._filled(program.constants.copy(), state, feeds)
        with np.errstate(all="ignore"):
            program.run(slots)
        if known is None:
            known = self._specialise(shapes, slots)
        known.cost.count_host_run()
        self._commit(state, slots, feeds)
        aliases = known.host.aliases
        return [
            None if slot is None else np.array(slots[aliases.get(slot, slot)])[()]
            for slot in self.plan.fetches
        ]

    def _filled(self, slots: list, state: SessionState, feeds: list[np.ndarray]) -> list:
        plan = self.plan
        for slot, value in zip(plan.feeds, feeds, strict=True):
            slots[slot] = value
        for variable, slot in plan.variables.items():
            value = state.variables.get(variable)
            slots[slot] = value if value is None else np.asarray(value)
        for op, slot in plan.streams.items():
            slots[slot] = state.stream(op).words()
        return slots

    def _specialise(self, shapes: tuple, slots: list) -> Specialisation:
        if len(self._specialised) >= _MAX_SPECIALISATIONS:
            self._specialised.clear()
        host, residual = specialised_program(self.plan, slots)
        known = self._specialised[shapes] = Specialisation(host, CostModel(residual, slots))
        return known

    def _commit(self, state: SessionState, slots: list, feeds: list[np.ndarray]) -> None:
        plan = self.plan
        check_written_shapes(plan, slots)
        for variable, slot in plan.written.items():
            value = np.asarray(slots[slot])
            # What the caller fed stays the caller's: a later change of it must not reach us.
            shared = any(np.may_share_memory(value, feed) for feed in feeds)
            state.variables[variable] = value.copy() if shared else value
        for step in plan.steps if plan.streams else ():
            if step.op.defn.stream is not None:
                blocks = step.op.defn.stream(np.shape(slots[step.outputs[0]]))
                state.stream(step.op).advance(blocks)

    # The XLA tier ---------------------------------------------------------------------------------

    def _compiled_program(
        self, shapes: tuple, state: SessionState, feeds: list[np.ndarray]
    ) -> XlaProgram | None:
        """The compiled program for these feeds; None while the host tier is to run them."""
        if self._static_feeds is None:
            return None
        if self._tier == "auto":
            known = self._specialised.get(shapes)
            if known is None or not known.cost.worth_compiling:
                return None
        by_slot = dict(zip(self.plan.feeds, feeds, strict=True))
        static = {slot: by_slot[slot] for slot in sorted(self._static_feeds)}
        given = tuple(v for v in self.plan.variables if v in state.variables)
        key = (shapes, given, *(value.tobytes() for value in static.values()))
        program = self._compiled.get(key)
        if program is None:
            program = self._compile(static, given)
            if program is not None:
                self._compiled[key] = program
        return program

    def _compile(
        self, static: dict[int, np.ndarray], given: tuple[Operation, ...]
    ) -> XlaProgram | None:
        if static and len(self._compiled) >= _MAX_STATIC_VALUES:
            return None  # it would be compiled for ever new values
        from stillflow.runtime.xla import XlaProgram

        return XlaProgram(self.plan, {slot: value.copy() for slot, value in static.items()}, given)

    def _run_compiled(
        self, program: XlaProgram, state: SessionState, feeds: list[np.ndarray]
    ) -> list[Any]:
        plan = self.plan
        by_slot = dict(zip(plan.feeds, feeds, strict=True))
        streams = [state.stream(op).words() for op in plan.streams]
        fetched, new, error = program.run(state.variables, by_slot, streams)
        state.variables.update(new)
        if error is not None:
            raise error
        for op, blocks in program.blocks.items():
            state.stream(op).advance(blocks)
        values = iter(fetched)
        return [None if slot is None else next(values)[()] for slot in plan.fetches]


def uninitialized(variable: Operation) -> FailedPreconditionError:
    return FailedPreconditionError(
        None,
        variable,
        f"Attempting to use uninitialized value {variable.name}\n"
        "  Run sess.run(tf.global_variables_initializer()) first, or restore a checkpoint.",
    )
