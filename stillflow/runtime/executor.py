"""Carries out one plan, run after run: chooses the tier, and keeps the results.

Nothing reaches the session's state before a run has succeeded, so one that fails changes nothing.
"""

from __future__ import annotations

import functools
import importlib
import os
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from stillflow.graph.errors import FailedPreconditionError, OpError
from stillflow.graph.operation import Operation
from stillflow.runtime.cost import RUNS_BEFORE_WRITING, runs_before_compiling
from stillflow.runtime.host import HostProgram, host_program, specialised_program
from stillflow.runtime.host_code import HostFunction
from stillflow.runtime.packing import ShapeChanged
from stillflow.runtime.plan import Plan, check_written_shapes
from stillflow.runtime.segments import split
from stillflow.runtime.sides import check_alive
from stillflow.runtime.streams import RandomStream

if TYPE_CHECKING:
    from stillflow.runtime.xla import XlaProgram

_MAX_SPECIALISATIONS = 64
_MAX_STATIC_VALUES = 8
_TIERS = ("auto", "host", "xla")


def _log() -> Any:
    import logging  # only a failure needs it

    return logging.getLogger("stillflow")


@functools.cache
def _xla() -> ModuleType:
    """The XLA tier's module, which imports jax.

    Importing jax draws numbers from NumPy's global stream. That stream is the program's: its
    batches must come in the same order whether or not we compile anything.
    """
    state = np.random.get_state()
    module = importlib.import_module("stillflow.runtime.xla")
    np.random.set_state(state)
    return module


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
    # The compiled program that wrote variables last and kept them as arguments of its next run.
    last_writer: Any = None

    def stream(self, op: Operation) -> RandomStream:
        if op not in self.streams:
            self.streams[op] = RandomStream(op)
        return self.streams[op]


@dataclass(slots=True)
class Specialisation:
    """What is known of a plan for feeds of certain shapes.

    host_runs_limit: after how many runs on the host it is compiled.
    fixed: whether a run could differ in nothing but its values.
    drawn: how many blocks of random numbers each random op uses in a run.
    passes_feeds: whether a variable gets the very array that is fed.
    function: the host program in its fastest form, once it is worth writing; only when `fixed`.
    """

    host: HostProgram
    host_runs_limit: float
    fixed: bool
    drawn: list[tuple[Operation, int]]
    passes_feeds: bool
    host_runs: int = 0
    function: HostFunction | None = None


class Executor:
    """Runs a plan against a session's state."""

    def __init__(self, plan: Plan, tier: str = "auto"):
        self.plan = plan
        self._tier = tier
        self._generic = host_program(plan.constants, plan.steps)
        self._specialised: dict[tuple, Specialisation] = {}
        self._split = None if tier == "host" else split(plan)
        if self._split is not None and not self._split.compiled_steps:
            self._split = None
        self._compiled: dict[tuple, XlaProgram] = {}
        # By the shapes of the feeds: the program of every further run with such feeds.
        self._certain: dict[tuple, XlaProgram] = {}
        self._packs = True
        self._random_steps = [s for s in plan.steps if s.op.defn.stream is not None]
        self._variables = list(plan.variables)
        self._written = list(plan.written)

    def run(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """Runs once. `feeds` are the values for the plan's feeds; returns those of its fetches."""
        shapes = tuple([value.shape for value in feeds])
        last_writer = state.last_writer
        if self._written:
            # Even a run that fails may replace the buffers that the last writer kept.
            state.last_writer = None
        program = self._certain.get(shapes)
        if program is not None:
            if last_writer is program:
                return self._run_again(program, state, feeds)
            return self._run_compiled(program, state, feeds)
        known = self._specialised.get(shapes)
        if known is not None and known.function and known.host_runs <= known.host_runs_limit:
            return self._run_function(known, state, feeds)
        for variable in self.plan.required:
            if variable not in state.variables:
                raise uninitialized(variable)
        program = None if self._split is None else self._compiled_program(shapes, state, feeds)
        if program is None:
            return self._run_on_host(shapes, state, feeds)
        return self._run_compiled(program, state, feeds)

    def _fill(self, slots: list, state: SessionState, feeds: list[np.ndarray]) -> None:
        plan = self.plan
        for slot, value in zip(plan.feeds, feeds, strict=True):
            slots[slot] = value
        for variable, slot in plan.variables.items():
            slots[slot] = state.variables.get(variable)
        for op, slot in plan.streams.items():
            slots[slot] = state.stream(op).words()

    def _advance_streams(
        self, state: SessionState, slots: list, drawn: dict[Operation, tuple[int, ...]]
    ) -> None:
        """Moves each stream on by what was drawn: arrays in `slots`, or shapes in `drawn`."""
        for step in self._random_steps:
            sizes = drawn[step.op] if step.op in drawn else np.shape(slots[step.outputs[0]])
            state.stream(step.op).advance(step.op.defn.stream(sizes))

    # The host tier --------------------------------------------------------------------------------

    def _run_function(
        self, known: Specialisation, state: SessionState, feeds: list[np.ndarray]
    ) -> list[Any]:
        """A run of which only the values are new."""
        variables = state.variables
        arguments: list[Any] = feeds.copy()
        for variable in self._variables:
            value = variables.get(variable)
            if type(value) is not np.ndarray:
                value = self._on_host(variable, value)
            arguments.append(value)
        for op in self.plan.streams:
            arguments.append(state.stream(op).words())
        function = known.function
        assert function is not None
        try:
            results = function.call(function.code, *arguments)
        except Exception as error:
            raise function.located(error) from error
        known.host_runs += 1
        for variable, value in zip(self._written, results, strict=False):
            if type(value) is not np.ndarray or value.base is not None or known.passes_feeds:
                value = _kept(value, feeds)
            variables[variable] = value
        for op, blocks in known.drawn:
            state.stream(op).advance(blocks)
        fetched = iter(results[len(self._written) :])
        return [None if slot is None else np.array(next(fetched))[()] for slot in self.plan.fetches]

    def _on_host(self, variable: Operation, value: Any) -> np.ndarray | None:
        if value is not None:
            return np.asarray(value)
        if variable in self.plan.required:
            raise uninitialized(variable)
        return None

    def _run_on_host(self, shapes: tuple, state: SessionState, feeds: list[np.ndarray]) -> list:
        plan, known = self.plan, self._specialised.get(shapes)
        program = self._generic if known is None else known.host
        slots = program.constants.copy()
        self._fill(slots, state, feeds)
        for slot in plan.variables.values():
            if slots[slot] is not None:
                slots[slot] = np.asarray(slots[slot])
        with np.errstate(all="ignore"):
            program.run(slots)
        if known is None:
            known = self._specialise(shapes, slots)
        known.host_runs += 1
        if known.fixed and not plan.sided and known.host_runs == RUNS_BEFORE_WRITING:
            known.function = self._function(known.host)
        check_written_shapes(plan.checked, slots)
        check_alive(plan.sided, slots)
        for variable, slot in plan.written.items():
            state.variables[variable] = _kept(slots[slot], feeds)
        if self._random_steps:
            self._advance_streams(state, slots, {})
        aliases = known.host.aliases
        return [
            None if slot is None else np.array(slots[aliases.get(slot, slot)])[()]
            for slot in plan.fetches
        ]

    def _function(self, program: HostProgram) -> HostFunction:
        plan = self.plan
        fetched = [slot for slot in plan.fetches if slot is not None]
        arguments = [*plan.feeds, *plan.variables.values(), *plan.streams.values()]
        return HostFunction(program, arguments, [*plan.written.values(), *fetched])

    def _specialise(self, shapes: tuple, slots: list) -> Specialisation:
        if len(self._specialised) >= _MAX_SPECIALISATIONS:
            self._specialised.clear()
        host, residual, fixed = specialised_program(self.plan, slots)
        compiled = set() if self._split is None else set(map(id, self._split.compiled_steps))
        limit = runs_before_compiling([s for s in residual if id(s) in compiled], slots)
        shaped = [step.outputs[0] for step in self._random_steps]
        shaped += [slot for _, slot, _ in self.plan.checked]
        drawn = [
            (step.op, step.op.defn.stream(np.shape(slots[step.outputs[0]])))
            for step in self._random_steps
        ]
        given = [slots[slot] for slot in self.plan.feeds]
        kept = [slots[slot] for slot in self.plan.written.values()]
        passes_feeds = any(value is feed for value in kept for feed in given)
        known = Specialisation(host, limit, fixed.issuperset(shaped), drawn, passes_feeds)
        self._specialised[shapes] = known
        return known

    # The XLA tier ---------------------------------------------------------------------------------

    def _compiled_program(
        self, shapes: tuple, state: SessionState, feeds: list[np.ndarray]
    ) -> XlaProgram | None:
        """The compiled program for these feeds; None while the host tier is to run them."""
        assert self._split is not None
        known = self._specialised.get(shapes)
        if self._tier == "auto" and (known is None or known.host_runs <= known.host_runs_limit):
            return None
        plan = self.plan
        by_slot = zip(plan.feeds, feeds, strict=True)
        static = {slot: value for slot, value in by_slot if slot in self._split.static_feeds}
        given = tuple([v for v in plan.variables if v in state.variables])
        key = (shapes, given, *[value.tobytes() for value in static.values()])
        program = self._compiled.get(key)
        if program is None:
            if static and len(self._compiled) >= _MAX_STATIC_VALUES:
                return None  # it would be compiled for ever new values
            fixed = {slot: value.copy() for slot, value in static.items()}
            program = _xla().XlaProgram(plan, self._split, fixed, given, self._packs)
            self._compiled[key] = program
            if not static and len(given) == len(plan.variables):
                self._certain[shapes] = program
        return program

    def _run_compiled(
        self, program: XlaProgram, state: SessionState, feeds: list[np.ndarray]
    ) -> list[Any]:
        plan = self.plan
        slots = plan.constants.copy()
        self._fill(slots, state, feeds)
        try:
            program.run(slots)
        except _xla().FailedCheck as failure:
            self._keep_replaced_buffers(state, slots)
            raise failure.error from None
        except ShapeChanged:
            self._packs = False
            self._forget_compiled()
            return self.run(state, feeds)
        except OpError:
            raise
        except Exception:
            if self._tier == "xla" or program.runs:
                raise
            # The program is right without a compiler; only its speed is lost.
            _log().warning("Compiling a run failed; it stays on the host tier.", exc_info=True)
            self._split = None
            self._forget_compiled()
            return self.run(state, feeds)
        check_written_shapes(program.checked, slots)
        check_alive(plan.sided, slots)
        for variable, slot in plan.written.items():
            state.variables[variable] = _kept(slots[slot], feeds)
        if plan.written:
            state.last_writer = program if program.can_repeat else None
        if self._random_steps:
            self._advance_streams(state, slots, program.drawn)
        return [None if slot is None else np.array(slots[slot])[()] for slot in plan.fetches]

    def _run_again(
        self, program: XlaProgram, state: SessionState, feeds: list[np.ndarray]
    ) -> list[Any]:
        """A compiled run that follows itself."""
        try:
            values = program.repeat(feeds, state.variables)
        except _xla().FailedCheck as failure:
            raise failure.error from None
        state.last_writer = program
        return [None if value is None else np.array(value)[()] for value in values]

    def _forget_compiled(self) -> None:
        self._compiled.clear()
        self._certain.clear()

    def _keep_replaced_buffers(self, state: SessionState, slots: list) -> None:
        """After a failed check the variables have their old values, but in new buffers."""
        for variable, slot in self.plan.written.items():
            if variable in state.variables and not isinstance(slots[slot], np.ndarray):
                state.variables[variable] = slots[slot]


def _kept(value: Any, feeds: list[np.ndarray]) -> Any:
    """`value` for the session to keep: what the caller fed stays the caller's to change."""
    if type(value) is not np.ndarray:
        return np.asarray(value) if isinstance(value, np.generic) else value
    for feed in feeds:
        if value is feed or (value.base is not None and np.may_share_memory(value, feed)):
            return value.copy()
    return value


def uninitialized(variable: Operation) -> FailedPreconditionError:
    return FailedPreconditionError(
        None,
        variable,
        f"Attempting to use uninitialized value {variable.name}\n"
        "  Run sess.run(tf.global_variables_initializer()) first, or restore a checkpoint.",
    )
