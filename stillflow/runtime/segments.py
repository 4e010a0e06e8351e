"""Splits a plan's steps into those that XLA compiles and those that stay on the host.

XLA needs shapes, axes and permutations while it compiles. Where such a value comes from a feed, the
plan is compiled anew for each value of it; so it is where a fed value decides the shape of what the
host gives, as the size of a sparse matrix does. Where it comes from a variable or a random number,
where an op works on the host alone, and where a shape depends on data, the step stays on the host.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.regions import Choice, Part
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.variables import declared_shape

_NOTHING: frozenset[int] = frozenset()


class Why(enum.Enum):
    """Why a step stays on the host, as is said to people."""

    HOST_ONLY = "it works on the host only"
    INSIDE = "it has steps that stay on the host"
    REFUSED = "tracing it has failed, or it works on what another step on the host works on"
    NEEDS_VALUE = "compiling needs an input's value, which only a run knows"
    OPEN_SHAPE = "the shape of an input depends on values that only a run knows"


@dataclass(slots=True)
class Segment:
    """Steps that run one after another on one tier."""

    on_host: bool
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class Split:
    """A plan's segments, and the slots of the feeds whose values compiled code depends on.

    `stays` tells of the operations that stay on the host, those within regions too, why they do.
    """

    segments: list[Segment]
    static_feeds: frozenset[int]
    stays: dict[Operation, Why]

    @property
    def compiled_steps(self) -> list[Step]:
        return [step for s in self.segments if not s.on_host for step in s.steps]


def split(
    plan: Plan, reshaped: Collection[Operation] = (), refused: Collection[Operation] = ()
) -> Split:
    """Sorts the plan's steps into as few segments as their dependences allow.

    `reshaped` are the variables whose values may have other shapes than they were declared with.
    The steps of the operations `refused` stay on the host.
    """
    sided = {slot for _, slot in plan.sided}  # compiled code has no dead values
    refused = {*refused, *(s.op for s in plan.steps if not sided.isdisjoint(s.outputs))}
    while True:
        tiers = _assign_tiers(plan, reshaped, refused)
        levels = _levels(plan.steps, tiers.on_host)
        parted = _parted_by_handles(plan.steps, levels)
        if parted <= refused:
            break
        refused |= parted
    segments: dict[int, Segment] = {}
    for step, level in zip(plan.steps, levels, strict=True):
        segments.setdefault(level, Segment(on_host=bool(level % 2))).steps.append(step)
    ordered = [segments[level] for level in sorted(segments)]
    return Split(ordered, tiers.static_feeds, tiers.stays)


def _parted_by_handles(steps: Sequence[Step], levels: Sequence[int]) -> set[Operation]:
    """The operations that work on one object, of which not all are compiled in one segment.

    What a handle stands for is made and changed on one tier.
    """
    users: dict[int, list[int]] = {}
    for index, step in enumerate(steps):
        for slot in step.handles:
            users[slot] = [index]
        for slot in step.inputs:
            if slot in users:
                users[slot].append(index)
    return {
        steps[index].op
        for together in users.values()
        if len({levels[index] for index in together}) > 1
        for index in together
    }


class _Tiers(NamedTuple):
    """Of each step of a plan, whether it stays on the host; and what must be known of its feeds.

    `stays` are the operations that do, and why. `sources` are, of a slot, the feeds, variables,
    streams and results of the host that its value depends on.
    """

    on_host: list[bool]
    static_feeds: frozenset[int]
    stays: dict[Operation, Why]
    sources: dict[int, frozenset[int]]


def _assign_tiers(
    plan: Plan, reshaped: Collection[Operation], refused: Collection[Operation]
) -> _Tiers:
    feeds = set(plan.feeds)
    sources: dict[int, frozenset[int]] = {
        slot: frozenset({slot})
        for slot in (*plan.feeds, *plan.variables.values(), *plan.streams.values())
    }
    unshaped = {
        slot
        for variable, slot in plan.variables.items()
        if variable in reshaped or not declared_shape(variable).is_fully_defined()
    }
    on_host: list[bool] = []
    stays: dict[Operation, Why] = {}
    static_feeds: set[int] = set()
    for step in plan.steps:
        parts = [_assign_tiers(part.plan, reshaped, ()) for part in _parts(step)]
        in_region = _of_region(step, parts)
        if isinstance(step.region, Choice) and not sources.get(step.inputs[0]):
            in_region = ()  # one side is all that is traced
        needed = (*step.static, *(in_region or ()))
        static = _NOTHING.union(*(sources.get(slot, _NOTHING) for slot in needed))
        values = () if step.of_shape else step.inputs
        mixed = _NOTHING.union(*(sources.get(slot, _NOTHING) for slot in values))
        # What constants and shapes decide is computed while tracing.
        is_known = step.folds and not mixed
        why = None
        if step.on_host and not is_known:
            why = Why.HOST_ONLY
        elif in_region is None:
            why = Why.INSIDE
        elif step.op in refused:
            why = Why.REFUSED
        elif not static <= feeds:
            why = Why.NEEDS_VALUE
        elif not unshaped.isdisjoint(step.inputs):
            why = Why.OPEN_SHAPE
        on_host.append(why is not None)
        if why is not None:
            stays[step.op] = why
            for part in parts:
                stays.update(part.stays)
            sources.update({slot: frozenset({slot}) for slot in step.outputs})
            asked = _asked(step, sources)
            if plan.trusts_shapes and _are_known(step.op.outputs):
                continue
            if step.steady and asked <= feeds and unshaped.isdisjoint(step.steady):
                static_feeds |= asked
            else:
                unshaped.update(step.outputs)
            continue
        static_feeds |= static
        sources.update(dict.fromkeys(step.outputs, mixed))
        if isinstance(step.region, Choice):
            sources.update(_of_results(step, parts, sources))
    return _Tiers(on_host, frozenset(static_feeds), stays, sources)


def _parts(step: Step) -> Sequence[Part]:
    return () if step.region is None else step.region.parts


def _asked(step: Step, sources: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """What the values depend on that decide the shapes of a steady step's outputs."""
    read = (slot for slot in step.steady if slot in step.static)
    return _NOTHING.union(*(sources.get(slot, _NOTHING) for slot in read))


def _are_known(outputs: Iterable[Tensor]) -> bool:
    return all(tensor.shape.is_fully_defined() for tensor in outputs)


def _of_region(step: Step, parts: Sequence[_Tiers]) -> tuple[int, ...] | None:
    """The slots that what is in a choice or loop must know while compiling.

    None when something in it stays on the host.
    """
    known: list[int] = []
    for part, tiers in zip(_parts(step), parts, strict=True):
        captured = {own: step.inputs[position] for position, own in part.captures}
        if any(tiers.on_host) or not tiers.static_feeds <= captured.keys():
            return None
        known += [captured[slot] for slot in tiers.static_feeds]
    return tuple(known)


def _of_results(
    step: Step, parts: Sequence[_Tiers], sources: Mapping[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """The sources of what a choice gives: none, if it is a shape that one side asks for."""
    region: Choice = step.region
    found: dict[int, frozenset[int]] = {}
    for number, slot in enumerate(region.results_of(step.outputs)):
        sides = [
            (part, tiers.sources.get(fetch, _NOTHING))
            for part, tiers in zip(region.parts, parts, strict=True)
            if (fetch := part.plan.fetches[number]) is not None
        ]
        around = [
            step.inputs[position]
            for part, own in sides
            for position, inner in region.places(part)
            if inner in own
        ]
        if len(sides) > 1:
            around.append(step.inputs[0])
        found[slot] = _NOTHING.union(*(sources.get(outer, _NOTHING) for outer in around))
    return found


def _levels(steps: Iterable[Step], on_host: list[bool]) -> list[int]:
    """Even levels are compiled, odd ones run on the host; each step goes as early as it may.

    It waits for what wrote its inputs, and a writer waits for the readers of the old value. Steps
    on the host keep their order, for what they do outside (printing, files) can be seen.
    """
    written: dict[int, int] = {}
    read: dict[int, int] = {}
    levels: list[int] = []
    last_host = 1
    for step, host in zip(steps, on_host, strict=True):
        after = [written[slot] for slot in (*step.inputs, *step.outputs) if slot in written]
        after += [read[slot] for slot in step.outputs if slot in read]
        level = max(after, default=0)
        level += (level % 2) != host
        if host:
            level = last_host = max(level, last_host)
        levels.append(level)
        for slot in step.inputs:
            read[slot] = max(read.get(slot, 0), level)
        for slot in step.outputs:
            written[slot] = level
    return levels
