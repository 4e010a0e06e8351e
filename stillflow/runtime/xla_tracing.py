"""What is inside of a choice or a loop, traced.

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

from stillflow.graph.errors import OpError
from stillflow.runtime.regions import Part, Region
from stillflow.runtime.steps import Step
from stillflow.runtime.xla_holders import Holder, NotTraceable
from stillflow.runtime.xla_namespace import Check, JaxNamespace

# Evaluates steps over values by slot.
Walk = Callable[[Sequence[Step], dict[int, Any], JaxNamespace], None]


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


class Tracing:
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
        self.seen: dict[Part, dict[int, Any]] = {}  # the slots of the parts, as traced last
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
        self.seen[part] = values
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
            [None if value is None else array_of(value) for value in results],
            [array_of(cells[index]) for index in self.carried],
            [array_of(drawn[index]) for index in self.region.streams],
            [[array_of(value) for value in holder.state()] for holder in self.changed],
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


def probe(tracing: Tracing, do: Callable[..., tuple[Inside, list[Check]]], *args: Any) -> Probe:
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


def prepare(tracing: Tracing, probes: Sequence[Probe], most: int | None) -> None:
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


def array_of(value: Any) -> jax.Array:
    return value if isinstance(value, jax.Array) else jnp.asarray(value)


def zeros_of(shape: Any) -> Any:
    return jnp.zeros(shape.shape, shape.dtype)
