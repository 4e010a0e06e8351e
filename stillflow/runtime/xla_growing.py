"""Loops whose values grow: what a turn computes, over arrays that have room for the last turn.

A sampler that appends to what it has said goes round with another shape in every turn, which no
compiled loop can. Where it is known how many turns are made, the body is traced as it is in a few
of them. If these forms are the same but for sizes and numbers that rise evenly from turn to turn,
one form serves for all: arrays have the sizes of the last turn, of which a turn uses the beginning;
the rest holds anything. What adds up, compares or multiplies along such an axis leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend import core

from stillflow.runtime.growing import Uneven, begins_with, line
from stillflow.runtime.xla_equations import bound, inlined
from stillflow.runtime.xla_growing_rules import (
    RULES,
    Shape,
    Value,
    differ,
    ended,
    grow,
    keeps_ends,
    vary,
)
from stillflow.runtime.xla_holders import NotTraceable


class Growth(NamedTuple):
    """By how much an array grows along an axis in each turn."""

    axis: int
    size: int

    def after(self, shape: Shape, turns: int) -> Shape:
        """What `shape` is after so many turns."""
        own = shape[self.axis] + turns * self.size
        return (*shape[: self.axis], own, *shape[self.axis + 1 :])

    def before(self, array: Any) -> Any:
        """`array` without the elements of the last turn."""
        return lax.slice_in_dim(array, 0, array.shape[self.axis] - self.size, axis=self.axis)


def growth(before: Shape, after: Shape) -> Growth | None:
    """How what goes round grows in one turn; None where it keeps its shape.

    Raises:
      NotTraceable: it changes in another way.
    """
    if before == after:
        return None
    if len(before) == len(after):
        changed = [n for n, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) > 1]
        if len(changed) == 1 and after[changed[0]] > before[changed[0]]:
            return Growth(changed[0], after[changed[0]] - before[changed[0]])
    raise NotTraceable("what goes round a loop changes its shape")


class Turn:
    """One turn, for the arguments' sizes of the last one: `turn(number, arguments)`."""

    def __init__(
        self,
        body: Callable[[int, Sequence[Any]], Any],
        first: Sequence[Any],
        growths: Sequence[Growth | None],
        turns: int,
    ):
        """`body(number, arguments)` is a turn; `first` are arrays like the arguments of the first.

        Raises:
          NotTraceable: one form does not serve for all turns.
        """
        self._growths = growths
        self._seen = sorted({0, 1, turns // 2, turns - 1})
        forms = []
        for turn in self._seen:
            shapes = [
                jax.ShapeDtypeStruct(g.after(x.shape, turn) if g else x.shape, x.dtype)
                for x, g in zip(first, growths, strict=True)
            ]
            own = partial(body, turn)
            forms.append(jax.make_jaxpr(own, return_shape=True)(shapes))
        self._closed = [closed for closed, _ in forms]
        self._tree = jax.tree.structure(forms[-1][1])

    def __call__(self, number: Any, arguments: Sequence[Any]) -> Any:
        """`arguments` that grow have room for the results of the last turn; the rest is zeros."""
        walk = _Walk(self._seen, number)
        jaxprs = [closed.jaxpr for closed in self._closed]
        variables = _together(jaxpr.invars for jaxpr in jaxprs)
        given = [
            Value(grown.before(array), _shapes(own), array, True)
            if grown
            else Value(array, _shapes(own))
            for array, own, grown in zip(arguments, variables, self._growths, strict=True)
        ]
        results = walk.results(jaxprs, [closed.consts for closed in self._closed], given)
        arrays = [ended(walk, value) if value.growing else value.array for value in results]
        return jax.tree.unflatten(self._tree, arrays)


class _Walk:
    """Goes over the equations of all forms at once, with the values of the turn `now`."""

    def __init__(self, seen: Sequence[int], now: Any):
        self._seen = seen
        self._now = now

    def results(
        self, jaxprs: Sequence[Any], consts: Sequence[Sequence[Any]], given: Sequence[Value]
    ) -> list[Value]:
        values: dict[tuple[Any, ...], Value] = {}
        values.update(zip(_together(j.invars for j in jaxprs), given, strict=True))
        for variables, held in zip(
            _together(j.constvars for j in jaxprs), _together(consts), strict=True
        ):
            values[variables] = self._constant(held)

        def read(atoms: tuple[Any, ...]) -> Value:
            literal = [isinstance(atom, core.Literal) for atom in atoms]
            if all(literal):
                return self._constant([atom.val for atom in atoms])
            if any(literal) or atoms not in values:
                raise NotTraceable("turns of a loop that grows differ")
            return values[atoms]

        for eqns in _together(jaxpr.eqns for jaxpr in jaxprs):
            if len({eqn.primitive for eqn in eqns}) > 1:
                raise NotTraceable("turns of a loop that grows differ")
            inputs = [read(atoms) for atoms in _together(eqn.invars for eqn in eqns)]
            results = self._equation(eqns, inputs)
            values.update(zip(_together(eqn.outvars for eqn in eqns), results, strict=True))
        return [read(atoms) for atoms in _together(jaxpr.outvars for jaxpr in jaxprs)]

    def _equation(self, eqns: Sequence[Any], inputs: list[Value]) -> list[Value]:
        eqn = eqns[-1]
        name = eqn.primitive.name
        bodies = [body for each in eqns if (body := inlined(each)) is not None]
        if bodies:  # of all, for they are of one primitive
            return self.results([one for one, _ in bodies], [own for _, own in bodies], inputs)
        shapes = [_shapes(variables) for variables in _together(eqn.outvars for eqn in eqns)]
        grows = any(value.growing for value in inputs) or any(grow(shape) for shape in shapes)
        params = _params(eqns)
        if grows or any(differ(values) for values in params.values()):
            rule = RULES.get(name)
            if rule is None:
                raise NotTraceable(f"{name} of what grows in a loop")
            arrays = rule(self, eqn, params, inputs, shapes)
        else:
            arrays = bound(eqn, [value.array for value in inputs])
        ends = keeps_ends(name, params, inputs)
        pairs = zip(arrays, shapes, strict=True)
        return [Value(array, shape, ends_in_zeros=ends) for array, shape in pairs]

    # Numbers that rise from turn to turn --------------------------------------------------------

    def at(self, numbers: Sequence[Any]) -> Any:
        """What is `numbers` in the turns that were traced, now; int32[] if it differs."""
        if not vary(numbers):
            return numbers[0]
        first, step = self._line(numbers)
        return np.int32(first) + np.int32(step) * self._now

    def _line(self, values: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        try:
            return line(values, self._seen)
        except Uneven:
            raise NotTraceable("a loop grows unevenly") from None

    def _constant(self, held: Sequence[Any]) -> Value:
        """What is known while tracing, as it is now."""
        last = held[-1]
        if all(value is last for value in held):
            return Value(last, (np.shape(last),) * len(held))
        if any(isinstance(value, jax.core.Tracer) for value in held):
            raise NotTraceable("turns of a loop that grows differ")
        arrays = [np.asarray(value) for value in held]
        shapes = tuple(array.shape for array in arrays)
        if all(begins_with(arrays[-1], array) for array in arrays):
            return Value(last, shapes)
        if len(set(shapes)) > 1 or arrays[0].dtype.kind not in "iuf":
            raise NotTraceable("what is known of a loop that grows differs from turn to turn")
        first, step = self._line(arrays)
        risen = jnp.asarray(first) + jnp.asarray(step) * self._now
        return Value(risen.astype(arrays[0].dtype), shapes)


def _together(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """What stands at one place in each of the forms, place by place."""
    rows = list(rows)
    if len({len(row) for row in rows}) > 1:
        raise NotTraceable("turns of a loop that grows differ")
    return list(zip(*rows, strict=True))


def _shapes(variables: Sequence[Any]) -> tuple[Shape, ...]:
    if len({variable.aval.dtype for variable in variables}) > 1:
        raise NotTraceable("turns of a loop that grows differ")
    shapes = tuple(variable.aval.shape for variable in variables)
    if len({len(shape) for shape in shapes}) > 1:
        raise NotTraceable("turns of a loop that grows differ")
    return shapes


def _params(eqns: Sequence[Any]) -> dict[str, list[Any]]:
    return {name: [eqn.params[name] for eqn in eqns] for name in eqns[-1].params}
