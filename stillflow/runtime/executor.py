"""Carries out one plan, run after run: chooses the tier, and keeps the results.

A run goes over slots, on either tier. Where it could differ from an earlier one in nothing but its
values it takes a short form: one Python function, or a compiled program that follows itself. What a
plan's steps check is part of the steps, so that every form checks it.

Nothing reaches the session's state before a run has succeeded, so one that fails changes nothing;
nor is anything learned from it.

Threads share executors. A run that changes the state has it to itself from the first value that it
takes to the last that it keeps. One that only reads takes all values at one moment and goes on
beside other runs; meanwhile those copy the buffers that they would have given up. A run that
touches no variable waits for nobody.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from stillflow.declare.numpy.denormals import flushed
from stillflow.declare.numpy.putting_off import PutOff
from stillflow.declare.resources import Handle
from stillflow.graph.operation import Operation
from stillflow.runtime.cost import RUNS_BEFORE_WRITING, moving, switch
from stillflow.runtime.expecting import expected_runs
from stillflow.runtime.host import HostProgram, host_program
from stillflow.runtime.host_code import HostFunction
from stillflow.runtime.joint_updates import written_jointly
from stillflow.runtime.last_writes import carried_out, with_last_writes_put_off
from stillflow.runtime.memory import give_back, keep_freed
from stillflow.runtime.packing import PackedValue
from stillflow.runtime.quiet import quiet
from stillflow.runtime.recording.current import current
from stillflow.runtime.regions import Part, watching
from stillflow.runtime.repeats import rolled
from stillflow.runtime.segments import Split, split
from stillflow.runtime.sides import check_alive
from stillflow.runtime.specialising import specialised
from stillflow.runtime.state import SessionState, uninitialized
from stillflow.runtime.steps import Plan
from stillflow.runtime.tiers import xla

if TYPE_CHECKING:
    from stillflow.runtime.measuring import Measures
    from stillflow.runtime.trips import Trips
    from stillflow.runtime.xla import XlaProgram

_MAX_SPECIALISATIONS = 64
_MAX_STATIC_VALUES = 8
_LARGE = 16 << 20  # bytes that a run touches, from which on the memory of its arrays is kept
# For a number of turns that loops make, a plan is compiled once it was seen so often, and not for
# more such numbers than that.
_TIMES_MEASURED = 3
_MAX_MEASURED = 64


@dataclass(slots=True)
class Specialisation:
    """What is known of a plan for feeds of certain shapes.

    host_runs_limit: after how many runs on the host it is compiled.
    compiling: what that costs.
    moved: what fetching variables from a device for runs on the host has cost so far.
    drawn: how many blocks of random numbers each random op uses in a run; None when that may vary.
    passes_feeds: whether a variable may get the very array that is fed, or a view of it.
    jointly: of each variable that is written, whether a joint update makes its value.
    function: the host program in its fastest form, once it is worth writing.
    """

    host: HostProgram
    host_runs_limit: float
    drawn: list[tuple[Operation, int]] | None
    passes_feeds: bool
    jointly: list[bool]
    compiling: float = 0.0
    moved: float = 0.0
    host_runs: int = 0
    function: HostFunction | None = None


@dataclass
class Learned:
    """What earlier runs have shown, which holds while no variable but `reshaped` is of a new shape.

    find_split: finds what of the plan can be compiled.
    passed: the shapes of the feeds of runs from which nothing was learned yet.
    certain: by the shapes of the feeds, the program of every further run with such feeds.
    """

    reshaped: set[Operation]
    find_split: Callable[[], Split | None]
    passed: set[tuple] = field(default_factory=set)
    specialised: dict[tuple, Specialisation] = field(default_factory=dict)
    compiled: dict[tuple, XlaProgram] = field(default_factory=dict)
    certain: dict[tuple, XlaProgram] = field(default_factory=dict)

    @cached_property
    def split(self) -> Split | None:
        """What of the plan can be compiled; None when there is nothing."""
        found = self.find_split()
        return found if found is not None and found.compiled_steps else None

    @property
    def host_runs(self) -> int:
        runs = sum(known.host_runs for known in self.specialised.values())
        return runs + len(self.passed - self.specialised.keys())


class Executor:
    """Runs a plan against a session's state.

    What it fetches is copied for the caller, or where `copied` is given the first ones so many; the
    others are for runs of other executors, and are not to be changed.
    """

    def __init__(self, plan: Plan, tier: str = "auto", copied: int | None = None):
        self.plan = plan
        self._fetches = plan.fetches[:copied]
        self._handed = [s for s in plan.fetches[len(self._fetches) :] if s is not None]
        self._gives_nothing = all(slot is None for slot in plan.fetches)
        self.tier = tier
        self._may_write = current.recorder is None  # steps that are timed stay apart
        last = with_last_writes_put_off(plan.steps, plan.fetches)
        self._generic = host_program(plan.constants, last)
        self.refused: set[Operation] = set()  # what compiled code cannot do
        self._measures: Measures | None = None
        self.learned = self._nothing_learned(set(plan.reshaped))
        self._random_steps = plan.random_steps
        self._variables = list(plan.variables)
        self._written = list(plan.written)
        self._changes_state = bool(plan.written or plan.streams)
        self._takes_state = bool(plan.streams or plan.kept)
        self.waits = any(step.waits for step in plan.steps)
        # The function, and not the method: an executor is freed with the last that has it.
        self._way: Callable[[Executor, SessionState, list[np.ndarray]], list[Any]]
        if self._changes_state:
            self._way = Executor._run_alone
        elif plan.variables:
            self._way = Executor._run_beside_others
        else:
            self._way = Executor._run_freely

    def run(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """Runs once, with the values for the plan's feeds; returns those of its fetches."""
        return self._way(self, state, feeds)

    def trace(self, into: list[Any]) -> None:
        """Has its first run add the times of all steps to `into`."""
        from stillflow.runtime.tracing import traced  # few programs trace

        self._generic = traced(self._generic, into)

    def compile_ahead(self) -> None:
        """Has what has run so far, and is worth compiling at all, compiled in its next run."""
        for known in list(self.learned.specialised.values()):
            if known.host_runs_limit < math.inf:
                known.host_runs_limit = -1

    def _nothing_learned(self, reshaped: set[Operation]) -> Learned:
        if self.tier == "host":
            return Learned(reshaped, lambda: None)
        plan, refused = self.plan, self.refused
        return Learned(reshaped, lambda: split(plan, reshaped, refused))

    def _run_freely(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """A run that touches no variable."""
        return self._run(self.learned, state, feeds, [])

    def _run_alone(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """A run that changes the state."""
        with state.lock:
            last_writer = state.last_writer
            # Even a run that fails may replace the buffers that the last writer kept.
            state.last_writer = None
            learned = self._learned_for(state) if state.reshaped else self.learned
            if last_writer is not None and not state.readers:
                compiled = learned.certain.get(tuple([value.shape for value in feeds]))
                if last_writer is compiled:
                    return self._run_again(compiled, state, feeds)
            values = list(map(state.variables.get, self._variables))
            if not self.waits:
                return self._run(learned, state, feeds, values)
            # The program's own code may run other things in this session, in this thread.
            values = [_settled(value) for value in values]
            with state.read():
                return self._run(learned, state, feeds, values)

    def _run_beside_others(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        """A run that reads."""
        with state.lock:
            learned = self._learned_for(state) if state.reshaped else self.learned
            values = list(map(state.variables.get, self._variables))
            needs_buffers = state.has_buffers
            if needs_buffers:
                values = [_settled(value) for value in values]
                state.readers.append(None)
        if not needs_buffers:
            return self._run(learned, state, feeds, values)
        try:
            return self._run(learned, state, feeds, values)
        finally:
            state.readers.pop()

    def _learned_for(self, state: SessionState) -> Learned:
        """What holds for variables of the shapes that they have now."""
        if not state.reshaped <= self.learned.reshaped:
            self.learned = self._nothing_learned(self.learned.reshaped | state.reshaped)
        return self.learned

    def _run(
        self, learned: Learned, state: SessionState, feeds: list[np.ndarray], values: list[Any]
    ) -> list[Any]:
        """Runs with these values of the variables, None where there is none."""
        shapes = tuple([value.shape for value in feeds])
        compiled = learned.certain.get(shapes)
        if compiled is not None:
            return self._run_slots(compiled, state, feeds, values)
        known = learned.specialised.get(shapes)
        if known is not None and known.function and known.host_runs <= known.host_runs_limit:
            return self._run_function(known, state, feeds, values)
        given = self._given(values, state)
        compiled = self._compiled_program(learned, shapes, known, given, feeds)
        if compiled is not None:
            return self._run_slots(compiled, state, feeds, values)
        if known is None:
            with watching() as seen:
                slots = self._done(self._generic, state, feeds, values)
            if self._may_be_the_only_one(feeds) and shapes not in learned.passed:
                learned.passed.add(shapes)
                return self._commit(self._generic, state, feeds, slots)
            known = self._specialise(learned, shapes, slots, seen)
            known.host_runs += shapes in learned.passed
        else:
            if state.has_buffers:
                self._count_moved(known, values)
            slots = self._done(known.host, state, feeds, values)
        known.host_runs += 1
        is_short = known.drawn is not None and not self.plan.sided
        if is_short and self._may_write and known.host_runs == RUNS_BEFORE_WRITING:
            known.function = self._function(known.host)
        return self._commit(known.host, state, feeds, slots)

    def _may_be_the_only_one(self, feeds: list[np.ndarray]) -> bool:
        """Whether a run takes no numbers, as one that initialises or restores variables.

        Few programs do that twice, so that what it would teach is learned from a second run.
        """
        strings = (type(value) is np.ndarray and value.dtype.kind == "O" for value in feeds)
        return self._gives_nothing and not self.plan.required and all(strings)

    def _given(self, values: list[Any], state: SessionState) -> tuple[Operation, ...]:
        """The variables that have a value; FailedPreconditionError when a required one has none."""
        pairs = zip(self._variables, values, strict=True)
        given = {variable: None for variable, value in pairs if value is not None}
        for variable in self.plan.required:
            if variable not in given:
                raise uninitialized(variable, self.plan.required[variable], state)
        return tuple(given)

    # Over slots -----------------------------------------------------------------------------------

    def _run_slots(
        self,
        program: HostProgram | XlaProgram,
        state: SessionState,
        feeds: list[np.ndarray],
        values: list[Any],
    ) -> list[Any]:
        is_moving = not isinstance(program, HostProgram) and xla().placement.is_away
        may_move = self._only_read(values) if is_moving else None
        slots = self._done(program, state, feeds, values)
        fetched = self._commit(program, state, feeds, slots)
        if may_move:
            self._keep_moved(state, may_move, slots)
        return fetched

    def _done(
        self,
        program: HostProgram | XlaProgram,
        state: SessionState,
        feeds: list[np.ndarray],
        values: list[Any],
    ) -> list[Any]:
        """The slots after a run of `program`, of which nothing is kept yet.

        `values` is empty then: what is written in place must have no other holders.
        """
        plan = self.plan
        slots = program.constants.copy()
        for slot, value in zip(plan.feeds, feeds, strict=True):
            slots[slot] = value
        for slot in reversed(plan.variables.values()):
            slots[slot] = values.pop()
        for op, slot in plan.streams.items():
            slots[slot] = state.stream(op).words()
        for op, slot in plan.kept.items():
            slots[slot] = state.kept_for(op)
        self._do(program, state, slots)
        return slots

    def _do(self, program: HostProgram | XlaProgram, state: SessionState, slots: list) -> None:
        if isinstance(program, HostProgram):
            places = self.plan.variables.values()
            values = _on_host([slots[slot] for slot in places])
            for slot, value in zip(places, values, strict=True):
                slots[slot] = value
            with flushed(), np.errstate(all="ignore"):
                program.run(slots)
        else:
            if self.plan.written:
                state.has_buffers = True
            if state.readers:
                for slot in self.plan.written.values():
                    slots[slot] = xla().placement.copied(slots[slot])
            try:
                program.run(slots)
            except xla().FailedCheck as failure:
                self._keep_replaced_buffers(state, slots)
                raise failure.error from None
        check_alive(self.plan.sided, slots)

    def _commit(
        self,
        program: HostProgram | XlaProgram,
        state: SessionState,
        feeds: list[np.ndarray],
        slots: list,
    ) -> list[Any]:
        """Keeps the results of a run in `state`, and returns what is fetched."""
        plan = self.plan
        if plan.written:
            self._keep(slots, state, feeds)
            repeats = not isinstance(program, HostProgram) and program.can_repeat
            state.last_writer = program if repeats else None
        drawn = {} if isinstance(program, HostProgram) else program.drawn
        if not isinstance(program, HostProgram) and program.refused:
            self._note_refused(program.refused, feeds)
        for step in self._random_steps:
            sizes = drawn[step.op] if step.op in drawn else np.shape(slots[step.outputs[0]])
            state.stream(step.op).advance(step.blocks(sizes))  # type: ignore[misc]
        for op, slot in plan.drawn:
            state.stream(op).advance(int(slots[slot]))
        aliases = program.aliases
        fetched = [
            None if slot is None else np.array(slots[aliases.get(slot, slot)])[()]
            for slot in self._fetches
        ]
        if self._handed:
            fetched += [_handed(slots[aliases.get(slot, slot)]) for slot in self._handed]
        return fetched

    def _keep(self, slots: list, state: SessionState, feeds: list[np.ndarray]) -> None:
        for variable, slot in self.plan.written.items():
            value = slots[slot]
            if type(value) is PutOff:
                slots[slot] = value = carried_out(value, variable, state.variables)
            state.variables[variable] = _kept(value, feeds)
        state.note_shapes(self.plan.reshaped)

    def _keep_replaced_buffers(self, state: SessionState, slots: list) -> None:
        """After a failed check the variables have their old values, but in new buffers."""
        for variable, slot in self.plan.written.items():
            if variable in state.variables and not isinstance(slots[slot], np.ndarray):
                state.variables[variable] = slots[slot]

    def _only_read(self, values: list[Any]) -> dict[Operation, np.ndarray]:
        """The variables on the host that the run does not write."""
        pairs = zip(self._variables, values, strict=True)
        written = self.plan.written
        return {v: x for v, x in pairs if type(x) is np.ndarray and v not in written}

    def _keep_moved(
        self, state: SessionState, before: dict[Operation, np.ndarray], slots: list
    ) -> None:
        """Has the session keep the variables that a compiled run has brought to its device."""
        with state.lock:
            for variable, value in before.items():
                moved = slots[self.plan.variables[variable]]
                if not isinstance(moved, np.ndarray) and state.variables.get(variable) is value:
                    state.variables[variable] = moved
                    state.has_buffers = True

    # The host tier --------------------------------------------------------------------------------

    def _specialise(
        self, learned: Learned, shapes: tuple, slots: list, seen: dict[Part, list[Any]]
    ) -> Specialisation:
        if len(learned.specialised) >= _MAX_SPECIALISATIONS:
            learned.specialised.clear()
        found = specialised(self.plan, slots, learned.reshaped, seen)
        compiled = set() if learned.split is None else {s.op for s in learned.split.compiled_steps}
        given = [slots[slot] for slot in self.plan.feeds]
        moved = [*given, *(slots[slot] for slot in self.plan.fetches if slot is not None)]
        steps = [s for s in found.steps if s.op in compiled]
        done = [s for s in found.program.steps if s.op in compiled]
        read = {slot for slot in self.plan.fetches if slot is not None}
        read.update(self.plan.written.values())
        pieces = rolled(steps, read, found.program.constants.__getitem__)
        after = switch(done, slots, moved, pieces)
        if after.bytes > _LARGE:
            keep_freed()
        kept = [slots[slot] for slot in self.plan.written.values()]
        may_differ = any(step.region is not None for step in found.steps)
        passes_feeds = may_differ or any(_is_fed(value, given) for value in kept)
        drawn = self._drawn(found.fixed, slots)
        joint = written_jointly(found.program.steps)
        jointly = [slot in joint for slot in self.plan.written.values()]
        pays = not learned.specialised and expected_runs() > after.runs
        runs = 0 if pays else after.runs
        known = Specialisation(found.program, runs, drawn, passes_feeds, jointly, after.compiling)
        learned.specialised[shapes] = known
        return known

    def _drawn(self, fixed: set[int], slots: list) -> list[tuple[Operation, int]] | None:
        is_certain = fixed.issuperset(step.outputs[0] for step in self._random_steps)
        if not is_certain or self.plan.drawn:
            return None
        return [
            (step.op, step.blocks(np.shape(slots[step.outputs[0]])))  # type: ignore[misc]
            for step in self._random_steps
        ]

    def _function(self, program: HostProgram) -> HostFunction:
        plan = self.plan
        fetched = [slot for slot in plan.fetches if slot is not None]
        return HostFunction(program, plan.arguments, [*plan.written.values(), *fetched])

    def _run_function(
        self,
        known: Specialisation,
        state: SessionState,
        feeds: list[np.ndarray],
        values: list[Any],
    ) -> list[Any]:
        """A run on the host of which only the values are new."""
        variables = state.variables
        arguments: list[Any] = feeds + values
        for value in values:
            if type(value) is not np.ndarray:
                arguments = feeds + self._brought(known, values, state)
                break
        if self._takes_state:
            arguments += [state.stream(op).words() for op in self.plan.streams]
            arguments += [state.kept_for(op) for op in self.plan.kept]
        function = known.function
        assert function is not None
        try:
            results = (function.call or quiet.call)(function.code, *arguments)
        except Exception as error:
            located = function.located(error)
            if located is error:
                raise
            raise located from error
        known.host_runs += 1
        if self._changes_state:
            values.clear()  # what is written in place must have no other holders
            arguments.clear()
            for variable, value, jointly in zip(
                self._written, results, known.jointly, strict=False
            ):
                is_own = jointly or (type(value) is np.ndarray and value.base is None)
                if is_own and not known.passes_feeds:
                    variables[variable] = value
                elif type(value) is PutOff:
                    variables[variable] = carried_out(value, variable, variables)
                else:
                    variables[variable] = _kept(value, feeds)
            if self.plan.reshaped:
                state.note_shapes(self.plan.reshaped)
            if self.waits:
                state.last_writer = None  # the program's own code may have run one
            for op, blocks in known.drawn or ():
                state.stream(op).advance(blocks)
        if self._gives_nothing:
            return [None] * len(self._fetches)
        given = iter(results[len(self._written) :])
        fetched = [None if slot is None else np.array(next(given))[()] for slot in self._fetches]
        if self._handed:
            fetched += map(_handed, given)
        return fetched

    def _brought(self, known: Specialisation, values: list[Any], state: SessionState) -> list[Any]:
        """The values of the variables as arrays of the host, None where there is none.

        Raises:
          FailedPreconditionError: one that must have a value has none.
        """
        for variable, value in zip(self._variables, values, strict=True):
            if value is None and variable in self.plan.required:
                raise uninitialized(variable, self.plan.required[variable], state)
        self._count_moved(known, values)
        return _on_host(values)

    def _count_moved(self, known: Specialisation, values: list[Any]) -> None:
        """What it takes to fetch variables from a device is lost by not compiling."""
        if self.tier == "auto" and self.learned.split is not None:
            known.moved += moving([v for v in values if not isinstance(v, np.ndarray)])
            if known.moved > known.compiling:
                known.host_runs_limit = -1

    # The XLA tier ---------------------------------------------------------------------------------

    def _compiled_program(
        self,
        learned: Learned,
        shapes: tuple,
        known: Specialisation | None,
        given: tuple[Operation, ...],
        feeds: list[np.ndarray],
    ) -> XlaProgram | None:
        """The compiled program for these feeds; None while the host tier is to run them."""
        if self.tier == "auto" and (known is None or known.host_runs <= known.host_runs_limit):
            return None
        found = learned.split
        if found is None:
            return None
        plan = self.plan
        by_slot = zip(plan.feeds, feeds, strict=True)
        static = {slot: value for slot, value in by_slot if slot in found.static_feeds}
        turns: dict[Operation, Trips] | None = {}
        if self._measures is not None:
            turns = self._measures.turns(feeds, self._constants(known))
        if turns is None:
            return None
        values = [value.tobytes() for value in static.values()]
        key = (shapes, given, *values, *[trips.key for trips in turns.values()])
        program = learned.compiled.get(key)
        if program is None:
            if static and len(learned.compiled) >= _MAX_STATIC_VALUES:
                return None  # it would be compiled for ever new values
            if turns and not self._is_frequent(key):
                return None
            fixed = {slot: value.copy() for slot, value in static.items()}
            give_back()
            made = xla().XlaProgram(plan, found, fixed, given, learned.reshaped, turns)
            program = learned.compiled.setdefault(key, made)
            if not static and not turns and len(given) == len(plan.variables):
                learned.certain[shapes] = program
        return program

    def _constants(self, known: Specialisation | None) -> list[Any]:
        """The values that are known, by slot, for feeds of these shapes."""
        return self.plan.constants if known is None else known.host.constants

    def _is_frequent(self, key: Hashable) -> bool:
        assert self._measures is not None
        return self._measures.is_frequent(key) or self.tier != "auto"

    def _note_refused(self, refused: Collection[Operation], feeds: list[np.ndarray]) -> None:
        """Has compiled code do without these operations, or with the loops among them measured."""
        learned = self.learned
        known = learned.specialised.get(tuple([value.shape for value in feeds]))
        if self._measures is None:
            from stillflow.runtime.measuring import Measures  # few programs need it

            self._measures = Measures(self.plan)
        still_refused = set(refused) - self._measures.added(refused, feeds, self._constants(known))
        learned.compiled.clear()
        learned.certain.clear()
        if still_refused:
            self.refused |= still_refused
            self.learned = self._nothing_learned(learned.reshaped)

    def _run_again(
        self, program: XlaProgram, state: SessionState, feeds: list[np.ndarray]
    ) -> list[Any]:
        """A compiled run that follows itself."""
        try:
            values = program.repeat(feeds, state.variables)
        except xla().FailedCheck as failure:
            raise failure.error from None
        state.last_writer = program
        own = len(self._fetches)
        fetched = [None if value is None else np.array(value)[()] for value in values[:own]]
        if self._handed:
            fetched += map(_handed, values[own:])
        return fetched


def _settled(value: Any) -> Any:
    """A variable's value, in memory that stays as it is while the state has readers."""
    return xla().placement.settled(value) if type(value) is PackedValue else value


def _on_host(values: list[Any]) -> list[Any]:
    """`values` as arrays of the host, None where there is none; all are fetched at once."""
    away = [v for v in values if v is not None and not isinstance(v, (np.ndarray, np.generic))]
    if away:
        xla().placement.begin(away)  # compiled code has made them
    return [None if value is None else np.asarray(value) for value in values]


def _handed(value: Any) -> Any:
    """`value` as later runs take it: an array of the host, or what a handle refers to."""
    return value if isinstance(value, Handle) else np.asanyarray(value)


def _kept(value: Any, feeds: list[np.ndarray]) -> Any:
    """`value` for the session to keep: what the caller fed stays the caller's to change."""
    if type(value) is not np.ndarray:
        return np.asarray(value) if isinstance(value, np.generic) else value
    return value.copy() if _is_fed(value, feeds) else value


def _is_fed(value: Any, feeds: list[np.ndarray]) -> bool:
    """Whether `value` is what the caller fed, or a view of it."""
    return type(value) is np.ndarray and any(
        value is feed or (value.base is not None and np.may_share_memory(value, feed))
        for feed in feeds
    )
