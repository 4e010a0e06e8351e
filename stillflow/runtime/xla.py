"""The XLA tier: segments of a plan, each compiled into one function by `jax.jit`.

What is compiled is the walk over the steps, traced with jax.numpy (`runtime.xla_walk`). Only the
modules `xla*` import jax, and only a run that is worth compiling imports them.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from stillflow.declare.numpy.denormals import flushed
from stillflow.graph.errors import InvalidArgumentError, OpError, ResourceExhaustedError
from stillflow.graph.operation import Operation
from stillflow.runtime import collecting, ending, xla_cache
from stillflow.runtime.host import HostProgram, host_program
from stillflow.runtime.last_writes import with_last_writes_put_off
from stillflow.runtime.memory import keep_freed
from stillflow.runtime.packing import Pack, PackedValue, packs
from stillflow.runtime.recording.current import current
from stillflow.runtime.regions import Loop
from stillflow.runtime.segments import Split
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.tiers import tier_setting
from stillflow.runtime.trips import Trips
from stillflow.runtime.xla_compiling import compiling, recorded
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_holders import NotTraceable
from stillflow.runtime.xla_namespace import Message
from stillflow.runtime.xla_placement import gpus as gpus
from stillflow.runtime.xla_placement import placement
from stillflow.runtime.xla_walk import trace

keep_freed()
xla_cache.start()
ending.wait_at_the_end()

_COMPILING = threading.RLock()  # what is traced and compiled, one thing at a time


class XlaProgram:
    """A plan compiled for feeds of certain shapes.

    `static` maps the slots of feeds that must be known while compiling to their values. `given`
    are the variables that have a value when the run starts. `reshaped` are those whose values may
    have other shapes than they were declared with. `turns` are those of loops that were measured.
    """

    def __init__(
        self,
        plan: Plan,
        split: Split,
        static: dict[int, np.ndarray],
        given: Sequence[Operation],
        reshaped: Collection[Operation],
        turns: Mapping[Operation, Trips],
    ):
        known = dict(static)
        known.update((s, value) for s, value in enumerate(plan.constants) if value is not None)
        available = {plan.variables[v] for v in given} | set(plan.streams.values())
        available |= set(plan.feeds) - set(static)
        wanted = {slot for slot in plan.fetches if slot is not None} | set(plan.written.values())
        self._told = [slot for slot in plan.fetches if slot is not None]
        self._told += [slot for _, slot in plan.drawn]
        wanted |= {slot for _, slot in plan.drawn}
        self.constants = plan.constants
        self.aliases: dict[int, int] = {}
        self._parts: list[HostProgram | _Compiled] = []
        self.runs = 0  # tests read it
        # The operations that have turned out to need the host, for another split of the plan.
        self.refused: set[Operation] = set()
        putting_off = {s.op: s for s in with_last_writes_put_off(plan.steps, plan.fetches)}
        for index, segment in enumerate(split.segments):
            later = [step for s in split.segments[index + 1 :] for step in s.steps]
            if segment.on_host:
                steps = [putting_off.get(step.op, step) for step in segment.steps]
                self._parts.append(host_program(plan.constants, steps))
            else:
                kept = wanted | {slot for step in later for slot in step.inputs}
                updated = () if later else tuple(plan.written.values())
                part = _Compiled(
                    segment.steps, known, available, kept, updated, plan, reshaped, turns
                )
                self._parts.append(part)
            available |= {slot for step in segment.steps for slot in step.outputs}

    @property
    def traces(self) -> int:
        """How often a segment was traced: once each, however many runs."""
        return sum(part.traces for part in self._parts if isinstance(part, _Compiled))

    @property
    def drawn(self) -> dict[Operation, tuple[int, ...]]:
        """The shapes of what random ops draw in compiled segments, which `slots` may not show."""
        parts = [part.drawn for part in self._parts if isinstance(part, _Compiled)]
        return {op: sizes for drawn in parts for op, sizes in drawn.items()}

    def run(self, slots: list[Any]) -> None:
        """Fills `slots`, in which feeds, variables and kept state are set already.

        Raises:
          FailedCheck: a run-time check of compiled code failed; `slots` hold the variables.
        """
        outcomes: list[Outcome] = []
        with jax.enable_x64(True):
            for index, part in enumerate(self._parts):
                if isinstance(part, _Compiled):
                    try:
                        outcome = part.run(slots)
                        if outcome is not None:
                            outcomes.append(outcome)
                        continue
                    except NotCompiled as failure:
                        # The part is right without a compiler; only its speed is lost. What ran
                        # before it is not done again.
                        self._note(failure)
                        part = self._parts[index] = host_program(self.constants, part.steps)
                _arrive(slots, part.inputs, outcomes)
                _to_host(slots, part.inputs)
                with flushed(), np.errstate(all="ignore"):
                    part.run(slots)
            _arrive(slots, self._told, outcomes)
        self.runs += 1

    def _note(self, failure: NotCompiled) -> None:
        cause = failure.__cause__
        recorder = current.recorder
        if isinstance(cause, NotTraceable):
            assert cause.op is not None
            self.refused.add(cause.op)
            if recorder is not None:
                recorder.refusals[cause.op] = str(cause)
        else:
            if recorder is not None:
                recorder.failures.append(f"{type(cause).__name__}: {cause}".splitlines()[0])
            _log_failure(failure)

    def repeat(self, feeds: Sequence[np.ndarray], variables: dict[Operation, Any]) -> list[Any]:
        """A run when nothing has written a variable since the last one; returns what is fetched.

        Puts the new values into `variables`. Only for a program that `can_repeat`.
        """
        (part,) = self._parts
        assert isinstance(part, _Compiled)
        with jax.enable_x64(True):
            values, outcome = part.repeat(feeds, variables)
            if outcome is not None or placement.is_away:
                _arrive(values, range(len(values)), [] if outcome is None else [outcome])
        self.runs += 1
        return values

    @property
    def can_repeat(self) -> bool:
        """Whether every argument of the last run but the feeds is there for the next one."""
        only = self._parts[0]
        return len(self._parts) == 1 and isinstance(only, _Compiled) and only.can_repeat


class NotCompiled(Exception):
    """A segment could not be compiled; nothing of it ran."""


def _log_failure(failure: NotCompiled) -> None:
    import logging  # only a failure needs it

    logging.getLogger("stillflow").warning(
        "Compiling a run failed; it stays on the host tier.", exc_info=failure.__cause__
    )


class FailedCheck(Exception):
    """Carries the error of a check in compiled code; the variables' buffers were replaced."""

    def __init__(self, error: Exception):
        super().__init__(error)
        self.error = error


class Outcome(NamedTuple):
    """What is to be looked at of a compiled run: whether its checks passed, and what they saw."""

    messages: list[tuple[Operation | None, Message]]
    flags: Any
    seen: Any

    def check(self) -> None:
        """Raises FailedCheck, with the failure of the first check that is false."""
        flags = np.asarray(self.flags)
        if flags.all():
            return
        failed = int(np.argmin(flags))
        op, message = self.messages[failed]
        text = message(*map(placement.read, self.seen[failed]))
        raise FailedCheck(InvalidArgumentError(None, op, text))


def _arrive(slots: Sequence[Any], wanted: Iterable[int], outcomes: list[Outcome]) -> None:
    """Begins to copy what is wanted to the host and looks at `outcomes`, all at once."""
    if placement.is_away:
        placement.begin([*(slots[slot] for slot in wanted), *(o.flags for o in outcomes)])
    while outcomes:
        outcomes.pop(0).check()


class _Compiled:
    """One segment as a function of the slots that it reads to those that others read.

    It wraps the traced walk: small variables share a buffer (see `runtime.packing`), and those that
    it updates give theirs up, so that XLA updates them in place.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        known: dict[int, Any],
        available: set[int],
        kept: set[int],
        updated: Sequence[int],
        plan: Plan,
        reshaped: Collection[Operation],
        turns: Mapping[Operation, Trips],
    ):
        self.steps = steps
        self._known = known
        self._turns = turns
        read = {slot for step in steps for slot in step.inputs}
        made = {slot for step in steps for slot in step.outputs}
        updates = [slot for slot in updated if slot in available and slot in made]
        variables = {slot: variable for variable, slot in plan.variables.items()}
        self._packs = packs((s, variables[s]) for s in updates if variables[s] not in reshaped)
        packed = {slot for pack in self._packs for slot in pack.slots}
        self._donated = [slot for slot in updates if slot not in packed]
        self._inputs = sorted((read & available) - set(updates))
        self._outputs = [*self._donated, *sorted((made & kept) - set(updates))]
        self._walked = placement.arranged(steps, {*self._outputs, *updates})
        self._messages: list[tuple[Operation | None, Message]] = []
        self._name = f"a run up to {steps[-1].op.name}"
        self._function: Any = placement.compiled(faithful(self._traced), self._name)
        if current.recorder is not None:
            recorder, call = current.recorder, self._call
            named = recorder.new_segment(self._name, len(steps))
            self._call = recorded(recorder, named, call, lambda: self._function)  # type: ignore[method-assign]
        self.traces = 0
        self.drawn: dict[Operation, tuple[int, ...]] = {}
        self._is_compiled = False
        self._left: tuple[list, list, list] = ([], [], [])
        self._read = [slot for slot in self._inputs if slot in variables]
        self._updated = [variables[slot] for slot in self._donated]
        inputs = self._inputs
        self._fed = [(inputs.index(slot), n) for n, slot in enumerate(plan.feeds) if slot in inputs]
        # Of a slot: the place of its value in the results, or the value in a pack.
        places: dict[int | None, Any] = {slot: n for n, slot in enumerate(self._outputs)}
        for pack in self._packs:
            places.update(zip(pack.slots, pack.values, strict=True))
        self._fetches = [places.get(slot) for slot in plan.fetches]
        own = {*variables, *plan.streams.values()}
        self._given = [slot for slot in inputs if slot not in own]
        self._gives = any(found is not None for found in self._fetches)
        fetched = {slot for slot in plan.fetches if slot is not None}
        # Only what writes holds the session's lock, so that nobody else comes between two runs.
        self.can_repeat = bool(
            plan.written
            and not plan.streams
            and fetched <= places.keys()
            and set(plan.written.values()) <= set(updates)
        )

    @property
    def _is_awaited(self) -> bool:
        """Whether a run does not return before the device has seen what it was fed."""
        return self._gives or bool(self._messages)

    def run(self, slots: list[Any]) -> Outcome | None:
        ending.check()
        arguments = placement.arguments(
            slots,
            self._packs,
            self._donated,
            self._inputs,
            self._read,
            self._given,
            self._is_awaited,
        )
        buffers, results, checked = self._call(*arguments)
        for pack, buffer in zip(self._packs, buffers, strict=True):
            pack.keep(buffer, slots)
        for slot, value in zip(self._outputs, results, strict=True):
            slots[slot] = value
        return self._outcome(*checked)

    def _outcome(self, flags: Any, seen: Any) -> Outcome | None:
        return None if flags is None else Outcome(self._messages, flags, seen)

    def repeat(
        self, feeds: Sequence[np.ndarray], variables: dict[Operation, Any]
    ) -> tuple[list[Any], Outcome | None]:
        """`run`, with what the last run left as the arguments."""
        ending.check()
        buffers, donated, inputs = self._left
        if placement.is_away:
            feeds = placement.lent(feeds, self._is_awaited)
        for position, feed in self._fed:
            inputs[position] = feeds[feed]
        buffers, results, checked = self._call(buffers, donated, inputs)
        for pack, buffer in zip(self._packs, buffers, strict=True):
            pack.buffer = buffer
        variables.update(zip(self._updated, results, strict=False))
        values = [results[found] if type(found) is int else found for found in self._fetches]
        return values, self._outcome(*checked)

    def _call(self, buffers: list, donated: list, inputs: list) -> tuple[list, list, list]:
        """Calls the compiled function, and waits where the caller may change what it fed.

        Raises:
          NotCompiled: it is the first call, and it failed by no fault of the program.
          ResourceExhaustedError: there is not the memory for it.
        """
        call = self._function if self._is_compiled else self._first_call
        try:
            buffers, results, *checked = call(buffers, donated, inputs)
            placement.wait(buffers or results)
        except jax.errors.JaxRuntimeError as error:
            what, _, which = str(error).partition(":")
            if what != "RESOURCE_EXHAUSTED":
                raise
            raise ResourceExhaustedError(
                None, None, f"OOM when allocating tensor:{which}"
            ) from error
        if self.can_repeat:
            for position, _ in self._fed:
                inputs[position] = None  # the caller's
            self._left = buffers, results[: len(self._donated)], inputs
        return buffers, results, checked

    def _first_call(self, *arguments: list) -> tuple:
        compiling_this = compiling(self._name, len(self.steps))
        with _COMPILING, xla_cache.harmless(), collecting.put_off(), compiling_this:
            try:
                loops = sum(isinstance(step.region, Loop) for step in self.steps)
                if loops > 1 and placement.is_one_device:
                    self._run_loops_side_by_side(arguments)
                results = self._function(*arguments)
                self._is_compiled = True
                return results
            except OpError:
                raise
            except NotTraceable as error:
                raise NotCompiled from error
            except Exception as error:
                if tier_setting() == "xla":
                    raise
                raise NotCompiled from error

    def _run_loops_side_by_side(self, arguments: tuple) -> None:
        from stillflow.runtime.xla_parallel import parallel  # few runs need it

        self._function = parallel(self._function.trace(*arguments)) or self._function

    def _traced(self, buffers: list, donated: list, inputs: list) -> tuple:
        self.traces += 1  # reached only while tracing; tests read it
        updated = dict(zip(self._donated, donated, strict=True))
        for pack, buffer in zip(self._packs, buffers, strict=True):
            updated.update(_unpacked(pack, buffer))
        # A feed that is known while tracing arrives too.
        given = {**dict(zip(self._inputs, inputs, strict=True)), **self._known, **updated}
        kept = {*self._outputs, *updated}
        for_here = placement.is_one_device and not placement.is_away
        walked = trace(self._walked, given, updated, self._turns, kept, for_here)
        self._known.update(walked.folded)  # later segments may need it so
        self._messages = [(check.op, check.message) for check in walked.checks]
        self.drawn = walked.drawn
        values, checks = walked.values, walked.checks
        flags = jnp.stack([check.ok for check in checks]) if checks else None
        arguments = {id(value) for value in (*donated, *inputs)}
        results = [_result(values[slot], arguments) for slot in self._outputs]
        packed = [_packed(pack, values) for pack in self._packs]
        return packed, results, flags, [check.values for check in checks]


def _unpacked(pack: Pack, buffer: jax.Array) -> Iterator[tuple[int, jax.Array]]:
    """The variables in `buffer`, by slot."""
    for slot, value in zip(pack.slots, pack.values, strict=True):
        yield slot, buffer[value.start : value.stop].reshape(value.shape)


def _packed(pack: Pack, slots: dict[int, Any]) -> jax.Array:
    return jnp.concatenate([jnp.ravel(slots[slot]) for slot in pack.slots])


def _result(value: Any, arguments: set[int]) -> Any:
    # jit would hand an argument straight through, and with it memory that is the caller's.
    return jnp.copy(value) if id(value) in arguments else value


def _to_host(slots: list[Any], used: Sequence[int]) -> None:
    for slot in used:
        if isinstance(slots[slot], (jax.Array, PackedValue)):
            slots[slot] = np.asarray(slots[slot])
