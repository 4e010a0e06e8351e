"""Choices, traced: `lax.cond`, or both sides and a selection where both are light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.runtime import platforms
from stillflow.runtime.regions import Choice, check_scalar
from stillflow.runtime.steps import Step
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_holders import NotTraceable
from stillflow.runtime.xla_namespace import Check
from stillflow.runtime.xla_tracing import Inside, Probe, Tracing, array_of, prepare, probe, zeros_of


def _chosen(pred: Any, then: Any, otherwise: Any) -> Any:
    if then is None or otherwise is None:
        return otherwise if then is None else then
    return jnp.where(pred, array_of(then), array_of(otherwise))


def _are_alike(x: Any, y: Any) -> bool:
    return x.dtype == y.dtype and np.array_equal(x, y)


def _is_elementwise(step: Step) -> bool:
    return step.is_pure and step.region is None and step.flops is None


class Choosing(Tracing):
    region: Choice

    def outputs(self) -> Any:
        pred = self.inputs[0]
        check_scalar(pred)
        if not isinstance(pred, jax.Array):
            cells, drawn = self.region.start(self.inputs)
            part = self.region.parts[bool(pred)]
            results = self.run(part, (), cells, drawn, self.namespace)
            return self.region.outputs(results, cells, drawn)
        probes = [probe(self, lambda side=side: self.side(side)) for side in (0, 1)]
        if self._is_light(probes):
            return self._selected(pred)
        prepare(self, probes, 1)
        if self.holders:
            probes = [probe(self, lambda side=side: self.side(side)) for side in (0, 1)]
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
        platform = platforms.current()
        does_more = self.carried or any(probe.checks or probe.changed for probe in probes)
        if does_more or len(steps) > platform.light_steps:
            return False
        if not all(_is_elementwise(step) for step in steps):
            return False
        pairs = list(zip(*(probe.inside.results for probe in probes), strict=True))
        values = [value for pair in pairs for value in pair if value is not None]
        are_alike = all(None in pair or pair[0].shape == pair[1].shape for pair in pairs)
        return are_alike and sum(value.size for value in values) <= platform.light_elements

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
        passed = [(jnp.asarray(True), tuple(map(zeros_of, values))) for _, values in other]
        checks = [*passed, *arrived.checks] if side else [*arrived.checks, *passed]
        return arrived._replace(results=results, checks=checks)

    def _joined(self, value: Any, first: Any, second: Any) -> Any:
        """`value`, or zeros in its place where it is dead but has a value on the other side."""
        if first is not None and second is not None:
            if (first.shape, first.dtype) != (second.shape, second.dtype):
                raise NotTraceable("the sides of a choice give values of different shapes")
            return value
        there = second if first is None else first
        return zeros_of(there) if value is None and there is not None else value
