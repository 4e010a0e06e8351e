"""Loops, traced: `lax.while_loop` over what goes round them.

What goes round keeps its shape, or grows evenly (see `runtime.xla_growing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.runtime.growing import MAX_TURNS, Uneven, check_turns
from stillflow.runtime.regions import Loop, Part, check_scalar
from stillflow.runtime.trips import trips_of
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_growing import Growth, Turn, growth
from stillflow.runtime.xla_holders import NotTraceable
from stillflow.runtime.xla_namespace import Check, JaxNamespace
from stillflow.runtime.xla_tracing import Inside, Probe, Tracing, array_of, prepare, probe, zeros_of


class _State(NamedTuple):
    """What goes round: how many turns have been made, and what they have come to."""

    turns: Any
    inside: Inside


class Looping(Tracing):
    region: Loop

    def outputs(self) -> Any:
        start = [self._checked(value) for value in self.inputs[: self.region.count]]
        cells = [self._checked(self.inputs[self.region.first_cell + i]) for i in self.carried]
        self._check_condition(start, cells)
        trips = trips_of(self.region, self.inputs)
        if trips.exact is None:
            trips = self.namespace.turns.get(self.region.op, trips)
        self.trips = trips
        seen = probe(self, self.turn, start, cells)
        prepare(self, [seen], trips.at_most)
        if self.holders:
            seen = probe(self, self.turn, start, cells)
        self._turn_of = self._as_ever
        state = self._first(start, cells, seen)
        growths = self._growths(start, seen.inside.results)
        if any(growths):
            state = self._grown(state, growths)
        end = lax.while_loop(self.goes_on, faithful(self.next), state)
        arrived = end.inside
        self._take(arrived.states)
        room = max(trips.at_most or 0, 1)  # see prepare
        for holder, gain in zip(self.holders, seen.gains, strict=True):
            if gain > 0:
                holder.at_most += gain * room  # type: ignore[attr-defined]
        self.tell_checks(seen.checks, arrived.checks)
        results = list(arrived.results)
        for position, value in trips.ends.items():
            results[position] = np.asarray(value)  # known while tracing
        return self.region.outputs(results, *self.finish(arrived.cells, arrived.drawn))

    @staticmethod
    def _checked(value: Any) -> jax.Array:
        if not isinstance(value, (jax.Array, np.ndarray, np.generic)):
            raise NotTraceable("what goes round a loop is no array")
        return array_of(value)

    def _check_condition(self, start: Sequence[Any], cells: Sequence[Any]) -> None:
        """Raises NotTraceable when it matters how often the condition is looked at."""
        plan = self.region.condition.plan
        seen = probe(self, self._look, start, cells)
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
    def _growths(start: Sequence[Any], after: Sequence[Any]) -> list[Growth | None]:
        """How what goes round grows in a turn; None for what keeps its shape."""
        found = []
        for value, later in zip(start, after, strict=True):
            if value.dtype != later.dtype:
                raise NotTraceable("what goes round a loop changes its type")
            found.append(growth(value.shape, later.shape))
        return found

    def _grown(self, state: _State, growths: Sequence[Growth | None]) -> _State:
        """`state`, with room for the last turn; has turns be made within it."""
        turns = self.trips.exact
        if turns is None or not 2 <= turns <= MAX_TURNS:
            raise NotTraceable("what goes round a loop changes its shape")
        try:
            return self._with_room(state, growths, turns)
        except NotTraceable:
            # Where something is of size 1, say, the first turn may differ from the others.
            if turns < 3:
                raise
        return self._with_room(self.next(state), growths, turns - 1)

    def _with_room(self, state: _State, growths: Sequence[Growth | None], turns: int) -> _State:
        start, before = state.inside.results, state.turns
        arguments, tree = jax.tree.flatten(_going(state))
        seen: dict[Part, dict[int, Any]] = {part: {} for part in self.region.parts}

        def body(number: int, going: Sequence[Any]) -> Inside:
            values, cells, states = jax.tree.unflatten(tree, going)
            self._take(states)
            inside, _ = self.turn(values, cells)
            for value, first, g in zip(inside.results, start, growths, strict=True):
                if value.shape != (g.after(first.shape, number + 1) if g else first.shape):
                    raise NotTraceable("what goes round a loop grows unevenly")
            for part, found in seen.items():
                found[number] = {slot: _shown(value) for slot, value in self.seen[part].items()}
            return inside

        others = [None] * (len(arguments) - len(start))
        turn = Turn(body, arguments, [*growths, *others], turns)
        try:
            for part, found in seen.items():
                check_turns(part, found, turns)
        except Uneven:
            raise NotTraceable("a loop grows unevenly") from None

        def made(state: _State) -> Inside:
            return turn(state.turns - before, jax.tree.leaves(_going(state)))

        results = [
            _with_room(value, g.after(value.shape, turns)) if g else value
            for value, g in zip(start, growths, strict=True)
        ]
        inside = state.inside._replace(results=results)
        after = jax.eval_shape(made, _State(before, inside))  # here it shows if one form serves
        self._turn_of = made
        pairs = zip(inside.checks, after.checks, strict=True)
        checks = [(ok, _with_rooms(own, later)) for (ok, own), (_, later) in pairs]
        return _State(before, inside._replace(checks=checks))

    def _first(self, start: list[Any], cells: list[Any], seen: Probe) -> _State:
        checks = [(jnp.asarray(True), tuple(map(zeros_of, v))) for _, v in seen.inside.checks]
        drawn = [jnp.asarray(np.uint64(0)) for _ in self.region.streams]
        states = [[array_of(value) for value in holder.state()] for holder in self.changed]
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

    def _as_ever(self, state: _State) -> Inside:
        return self.turn(state.inside.results, state.inside.cells)[0]

    def next(self, state: _State) -> _State:
        before = state.inside
        self._take(before.states)
        after = self._turn_of(state)
        drawn = [a + b for a, b in zip(before.drawn, after.drawn, strict=True)]
        pairs = zip(before.checks, after.checks, strict=True)
        checks = [_first_failure(*pair) for pair in pairs]
        return _State(state.turns + np.int32(1), after._replace(drawn=drawn, checks=checks))


def _going(state: _State) -> tuple[list[Any], list[Any], list[list[Any]]]:
    """What a turn is given."""
    return state.inside.results, state.inside.cells, state.inside.states


def _shown(value: Any) -> Any:
    """`value`, or its shape and type where only a run has it."""
    return jax.ShapeDtypeStruct(value.shape, value.dtype) if isinstance(value, jax.Array) else value


def _with_room(value: Any, shape: tuple[int, ...]) -> Any:
    return lax.dynamic_update_slice(jnp.zeros(shape, value.dtype), value, [0] * len(shape))


def _with_rooms(values: Sequence[Any], later: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_with_room(own, to.shape) for own, to in zip(values, later, strict=True))


def _first_failure(before: tuple[Any, Any], after: tuple[Any, Any]) -> tuple[Any, Any]:
    """Of a check, whether it has passed so far, and the values of when it first did not."""
    (passed, old), (passes, new) = before, after
    values = tuple(jnp.where(passed, b, a) for a, b in zip(old, new, strict=True))
    return passed & passes, values
