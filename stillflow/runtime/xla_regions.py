"""Choices and loops, traced: `lax.cond` and `lax.while_loop` over what changes in them.

What goes through both are the region's values and cells, and besides: the state of the stacks and
arrays of tensors that are changed inside (see `runtime.xla_holders`), and what is checked inside,
for a check must be looked at where the compiled code ends. A first tracing of what is inside shows
all of that. What no compiled code can hold raises NotTraceable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.graph.errors import OpError
from stillflow.runtime.regions import Choice, Loop, Part, Region, check_scalar
from stillflow.runtime.steps import Step
from stillflow.runtime.trips import trips_of
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_holders import Holder, NotTraceable
from stillflow.runtime.xla_namespace import Check, JaxNamespace

# Evaluates steps over values by slot.
Walk = Callable[[Sequence[Step], dict[int, Any], JaxNamespace], None]


def traced(region: Region, namespace: JaxNamespace, inputs: Sequence[Any], walk: Walk) -> Any:
    """What the step of `region` gives for `inputs`, some of which are traced."""
    if isinstance(region, Choice):
        return _Choosing(region, namespace, inputs, walk).outputs()
    assert isinstance(region, Loop)
    return _Looping(region, namespace, inputs, walk).outputs()


class Inside(NamedTuple):
    """What a part comes to: what it gives, and what it has changed.

    cells: the new values of what the region writes, then the positions of its streams.
    drawn: how many blocks each of its streams gave.
    states: those of the holders that are changed inside.
    checks: of each check, whether it passed, and the values that its message tells of.
    """

    results: list[Any]
    cells: list[Any]
    drawn: list[Any]
    states: list[list[Any]]
    checks: list[tuple[Any, tuple[Any, ...]]]


class _Tracing:
    """What tracing a choice and tracing a loop have in common."""

    def __init__(self, region: Region, namespace: JaxNamespace, inputs: Sequence[Any], walk: Walk):
        self.region = region
        self.namespace = namespace
        self.inputs = inputs
        self.walk = walk
        self.carried = [*region.written, *region.streams]
        self.holders = list(_holders(inputs))
        self.saved: list[dict[str, Any]] = []
        self.changed: list[Holder] = []
        self.known: list[Any] = []  # what the last part gave, None where it was traced or dead

    def run(
        self,
        part: Part,
        bound: Sequence[Any],
        cells: list[Any],
        drawn: list[Any],
        namespace: JaxNamespace,
    ) -> list[Any]:
        slots = part.slots(bound, self.inputs, cells)
        if any(slots[slot] is None for *_, slot in part.required):
            raise NotTraceable("a variable has no value")
        values = {slot: value for slot, value in enumerate(slots) if value is not None}
        self.walk(part.plan.steps, values, namespace)
        return part.keep(values, cells, drawn, jnp)

    def inside(
        self, do: Callable[[list[Any], list[Any], JaxNamespace], list[Any]]
    ) -> tuple[Inside, list[Check]]:
        """What `do(cells, drawn, namespace)`, which gives results, comes to."""
        cells, drawn = self.region.start(self.inputs)
        namespace = self.namespace.inner()
        try:
            results = do(cells, drawn, namespace)
        except OpError as error:  # it may never be reached
            raise NotTraceable(str(error)) from error
        for value in results:
            if not (value is None or isinstance(value, (jax.Array, np.ndarray, np.generic))):
                raise NotTraceable("what a choice or loop gives is no array")
        self.known = [None if isinstance(value, jax.Array) else value for value in results]
        arrived = Inside(
            [None if value is None else _array(value) for value in results],
            [_array(cells[index]) for index in self.carried],
            [_array(drawn[index]) for index in self.region.streams],
            [[_array(value) for value in holder.state()] for holder in self.changed],
            [(check.ok, check.values) for check in namespace.checks],
        )
        return arrived, namespace.checks

    def restore(self) -> None:
        for holder, saved in zip(self.holders, self.saved, strict=True):
            holder.restore(saved)

    def finish(self, cells: Sequence[Any], drawn: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The region's cells, and what was drawn, with the values that came out."""
        own, counts = self.region.start(self.inputs)
        for index, value in zip(self.carried, cells, strict=True):
            own[index] = value
        for index, value in zip(self.region.streams, drawn, strict=True):
            counts[index] = value
        return own, counts

    def tell_checks(self, checks: Sequence[Check], outcomes: Sequence[tuple[Any, Any]]) -> None:
        for check, (ok, values) in zip(checks, outcomes, strict=True):
            self.namespace.checks.append(Check(check.op, ok, check.message, tuple(values)))


class Probe(NamedTuple):
    """What tracing a part for a look has shown.

    inside: shapes and types.
    checks: those of the part.
    known: of what it gives, the values that are known while tracing.
    layouts, gains: of each holder, its layout, and how many elements it has more than before.
    changed: the numbers of the holders that have another state than before.
    gradients: of each holder, the arrays of gradients that it has.
    """

    inside: Inside
    checks: list[Check]
    known: list[Any]
    layouts: list[Any]
    gains: list[int]
    changed: set[int]
    gradients: list[dict[str, Any]]


def _probe(tracing: _Tracing, do: Callable[..., tuple[Inside, list[Check]]], *args: Any) -> Probe:
    """Traces `do(*args)`, of which nothing stays."""
    holders = tracing.holders
    saved = [holder.saved() for holder in holders]
    before = [(holder.state(), getattr(holder, "at_most", 0)) for holder in holders]
    seen: dict[str, Any] = {}

    def look(*args: Any) -> Inside:
        inside, checks = do(*args)
        seen["checks"] = checks
        seen["known"] = tracing.known
        seen["layouts"] = [holder.layout for holder in holders]
        seen["gains"] = [
            getattr(holder, "at_most", 0) - count
            for holder, (_, count) in zip(holders, before, strict=True)
        ]
        seen["changed"] = {
            number
            for number, (holder, (state, _)) in enumerate(zip(holders, before, strict=True))
            if not _are_same(holder.state(), state)
        }
        seen["gradients"] = [dict(getattr(holder, "gradients", {})) for holder in holders]
        return inside

    try:
        return Probe(jax.eval_shape(look, *args), **seen)
    finally:
        for holder, state in zip(holders, saved, strict=True):
            holder.restore(state)


def _are_same(state: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(state) == len(other) and all(a is b for a, b in zip(state, other, strict=True))


def _prepare(tracing: _Tracing, probes: Sequence[Probe], most: int | None) -> None:
    """Gives the holders the form that they come to have inside, where `most` turns are made."""
    changed = set().union(*(probe.changed for probe in probes))
    added: list[Holder] = []
    for number, holder in enumerate(tracing.holders):
        for probe in probes:
            holder.lay_out(probe.layouts[number])
        gain = max(probe.gains[number] for probe in probes)
        if gain > 0:
            if most is None:
                raise NotTraceable("a stack grows in a loop of unknown length")
            # A body is traced, so there is room for one turn, also where none is made.
            holder.reserve(gain * max(most, 1))  # type: ignore[attr-defined]
        for probe in probes:
            added += _made_before(holder, probe.gradients[number])
    tracing.changed = [tracing.holders[number] for number in sorted(changed)] + added
    tracing.holders += added
    tracing.saved = [holder.saved() for holder in tracing.holders]


def _made_before(holder: Any, gradients: dict[str, Any]) -> list[Holder]:
    """The arrays of gradients that are made inside, made before it."""
    made = []
    for source, array in gradients.items():
        if source not in holder.gradients:
            own, theirs = holder.element_shape, array.element_shape
            before = () if None in (own, theirs) else theirs[: len(theirs) - len(own)]
            gradient = holder.grad(source, before)
            gradient.lay_out(array.layout)
            made.append(gradient)
    return made


def _holders(values: Iterable[Any]) -> Iterator[Holder]:
    """The stacks and arrays among `values`, and the arrays of their gradients, once each."""
    seen: dict[int, Holder] = {}
    waiting = [value for value in values if isinstance(value, Holder)]
    while waiting:
        holder = waiting.pop(0)
        if id(holder) not in seen:
            seen[id(holder)] = holder
            waiting += getattr(holder, "gradients", {}).values()
    return iter(seen.values())


def _array(value: Any) -> jax.Array:
    return value if isinstance(value, jax.Array) else jnp.asarray(value)


def _zeros(shape: Any) -> Any:
    return jnp.zeros(shape.shape, shape.dtype)


# What both sides of a choice may come to, for both to be computed.
_LIGHT_STEPS = 16
_LIGHT_ELEMENTS = 16_384


def _chosen(pred: Any, then: Any, otherwise: Any) -> Any:
    if then is None or otherwise is None:
        return otherwise if then is None else then
    return jnp.where(pred, _array(then), _array(otherwise))


def _are_alike(x: Any, y: Any) -> bool:
    return x.dtype == y.dtype and np.array_equal(x, y)


def _is_elementwise(step: Step) -> bool:
    return step.is_pure and step.region is None and step.flops is None


# Choices ------------------------------------------------------------------------------------------


class _Choosing(_Tracing):
    region: Choice

    def outputs(self) -> Any:
        pred = self.inputs[0]
        check_scalar(pred)
        if not isinstance(pred, jax.Array):
            cells, drawn = self.region.start(self.inputs)
            part = self.region.parts[bool(pred)]
            results = self.run(part, (), cells, drawn, self.namespace)
            return self.region.outputs(results, cells, drawn)
        probes = [_probe(self, lambda side=side: self.side(side)) for side in (0, 1)]
        if self._is_light(probes):
            return self._selected(pred)
        _prepare(self, probes, 1)
        if self.holders:
            probes = [_probe(self, lambda side=side: self.side(side)) for side in (0, 1)]
        sides = [faithful(lambda side=side: self.whole(side, probes)) for side in (0, 1)]
        arrived = lax.cond(pred, sides[1], sides[0])
        self.restore()
        for holder, state in zip(self.changed, arrived.states, strict=True):
            holder.set_state(state)
        for holder, *gains in zip(self.holders, *(p.gains for p in probes), strict=True):
            if max(gains) > 0:
                holder.at_most += max(gains)
        self.tell_checks([*probes[0].checks, *probes[1].checks], arrived.checks)
        results = [self._known(n, probes, value) for n, value in enumerate(arrived.results)]
        return self.region.outputs(results, *self.finish(arrived.cells, arrived.drawn))

    def _known(self, number: int, probes: Sequence[Probe], value: Any) -> Any:
        """A result, `value`, as far as it is known while tracing: a shape, say."""
        sides = zip(self.region.parts, probes, strict=True)
        known = [p.known[number] for part, p in sides if part.plan.fetches[number] is not None]
        if any(side is None for side in known):
            return value
        are_alike = len(known) == 1 or (len(known) == 2 and _are_alike(*known))
        return known[0] if are_alike else value

    def _is_light(self, probes: Sequence[Probe]) -> bool:
        """Whether computing both sides takes less time than branching does."""
        steps = [step for part in self.region.parts for step in part.plan.steps]
        does_more = self.carried or any(probe.checks or probe.changed for probe in probes)
        if does_more or len(steps) > _LIGHT_STEPS or not all(_is_elementwise(s) for s in steps):
            return False
        pairs = list(zip(*(probe.inside.results for probe in probes), strict=True))
        values = [value for pair in pairs for value in pair if value is not None]
        are_alike = all(None in pair or pair[0].shape == pair[1].shape for pair in pairs)
        return are_alike and sum(value.size for value in values) <= _LIGHT_ELEMENTS

    def _selected(self, pred: Any) -> Any:
        """What the choice gives, of what both sides give."""
        cells, drawn = self.region.start(self.inputs)
        both = [self.run(part, (), cells, drawn, self.namespace) for part in self.region.parts]
        results = [_chosen(pred, second, first) for first, second in zip(*both, strict=True)]
        return self.region.outputs(results, cells, drawn)

    def side(self, side: int) -> tuple[Inside, list[Check]]:
        part = self.region.parts[side]
        return self.inside(lambda cells, drawn, xp: self.run(part, (), cells, drawn, xp))

    def whole(self, side: int, probes: Sequence[Probe]) -> Inside:
        """What one side comes to, in the form that both have."""
        self.restore()
        arrived, _ = self.side(side)
        shapes = zip(probes[0].inside.results, probes[1].inside.results, strict=True)
        results = [
            self._joined(value, *both) for value, both in zip(arrived.results, shapes, strict=True)
        ]
        other = probes[1 - side].inside.checks
        passed = [(jnp.asarray(True), tuple(map(_zeros, values))) for _, values in other]
        checks = [*passed, *arrived.checks] if side else [*arrived.checks, *passed]
        return arrived._replace(results=results, checks=checks)

    def _joined(self, value: Any, first: Any, second: Any) -> Any:
        """`value`, or zeros in its place where it is dead but has a value on the other side."""
        if first is not None and second is not None:
            if (first.shape, first.dtype) != (second.shape, second.dtype):
                raise NotTraceable("the sides of a choice give values of different shapes")
            return value
        there = second if first is None else first
        return _zeros(there) if value is None and there is not None else value


# Loops --------------------------------------------------------------------------------------------


class _State(NamedTuple):
    """What goes round: how many turns have been made, and what they have come to."""

    turns: Any
    inside: Inside


class _Looping(_Tracing):
    region: Loop

    def outputs(self) -> Any:
        start = [self._checked(value) for value in self.inputs[: self.region.count]]
        cells = [self._checked(self.inputs[self.region.first_cell + i]) for i in self.carried]
        self._check_condition(start, cells)
        trips = trips_of(self.region, self.inputs)
        if trips.exact is None:
            trips = self.namespace.turns.get(self.region.op, trips)
        self.trips = trips
        seen = _probe(self, self.turn, start, cells)
        _prepare(self, [seen], trips.at_most)
        if self.holders:
            seen = _probe(self, self.turn, start, cells)
        self._check_shapes(start, seen.inside.results)
        end = lax.while_loop(self.goes_on, faithful(self.next), self._first(start, cells, seen))
        arrived = end.inside
        self._take(arrived.states)
        room = max(trips.at_most or 0, 1)  # see _prepare
        for holder, gain in zip(self.holders, seen.gains, strict=True):
            if gain > 0:
                holder.at_most += gain * room  # type: ignore[attr-defined]
        self.tell_checks(seen.checks, arrived.checks)
        return self.region.outputs(arrived.results, *self.finish(arrived.cells, arrived.drawn))

    @staticmethod
    def _checked(value: Any) -> jax.Array:
        if not isinstance(value, (jax.Array, np.ndarray, np.generic)):
            raise NotTraceable("what goes round a loop is no array")
        return _array(value)

    def _check_condition(self, start: Sequence[Any], cells: Sequence[Any]) -> None:
        """Raises NotTraceable when it matters how often the condition is looked at."""
        plan = self.region.condition.plan
        seen = _probe(self, self._look, start, cells)
        if plan.written or plan.streams or seen.changed or seen.checks:
            raise NotTraceable("the condition of a loop does more than compute a value")
        check_scalar(seen.inside.results[0])

    def _look(self, going: Sequence[Any], held: Sequence[Any]) -> tuple[Inside, list[Check]]:
        """The condition alone."""

        def do(cells: list[Any], drawn: list[Any], xp: JaxNamespace) -> list[Any]:
            self._hold(cells, held)
            return self.run(self.region.condition, going, cells, drawn, xp)

        return self.inside(do)

    def turn(self, going: Sequence[Any], held: Sequence[Any]) -> tuple[Inside, list[Check]]:
        """One iteration: the body, and of the condition what the body uses."""

        def do(cells: list[Any], drawn: list[Any], xp: JaxNamespace) -> list[Any]:
            self._hold(cells, held)
            own = {id(going[position]): ends for position, ends in self.trips.ranges.items()}
            xp.ranges = {**self.namespace.ranges, **own}
            xp.is_certain = self.namespace.is_certain and bool(self.trips.exact)
            _, *shared = self.run(self.region.condition, going, cells, drawn, xp)
            return self.run(self.region.body, [*going, *shared], cells, drawn, xp)

        return self.inside(do)

    def _hold(self, cells: list[Any], held: Sequence[Any]) -> None:
        for index, value in zip(self.carried, held, strict=True):
            cells[index] = value

    @staticmethod
    def _check_shapes(start: Sequence[Any], after: Sequence[Any]) -> None:
        for value, later in zip(start, after, strict=True):
            if (value.shape, value.dtype) != (later.shape, later.dtype):
                raise NotTraceable("what goes round a loop changes its shape")

    def _first(self, start: list[Any], cells: list[Any], seen: Probe) -> _State:
        checks = [(jnp.asarray(True), tuple(map(_zeros, v))) for _, v in seen.inside.checks]
        drawn = [jnp.asarray(np.uint64(0)) for _ in self.region.streams]
        states = [[_array(value) for value in holder.state()] for holder in self.changed]
        return _State(jnp.asarray(np.int32(0)), Inside(start, cells, drawn, states, checks))

    def _take(self, states: Sequence[list[Any]]) -> None:
        """Has the holders be in `states`."""
        self.restore()
        for holder, state in zip(self.changed, states, strict=True):
            holder.set_state(state)

    def goes_on(self, state: _State) -> Any:
        if self.trips.exact is not None:
            return state.turns < self.trips.exact
        self._take(state.inside.states)
        goes_on = self._look(state.inside.results, state.inside.cells)[0].results[0]
        for ok, _ in state.inside.checks:
            goes_on = goes_on & ok
        return goes_on

    def next(self, state: _State) -> _State:
        before = state.inside
        self._take(before.states)
        after, _ = self.turn(before.results, before.cells)
        drawn = [a + b for a, b in zip(before.drawn, after.drawn, strict=True)]
        pairs = zip(before.checks, after.checks, strict=True)
        checks = [_first_failure(*pair) for pair in pairs]
        return _State(state.turns + np.int32(1), after._replace(drawn=drawn, checks=checks))


def _first_failure(before: tuple[Any, Any], after: tuple[Any, Any]) -> tuple[Any, Any]:
    """Of a check, whether it has passed so far, and the values of when it first did not."""
    (passed, old), (passes, new) = before, after
    values = tuple(jnp.where(passed, b, a) for a, b in zip(old, new, strict=True))
    return passed & passes, values
