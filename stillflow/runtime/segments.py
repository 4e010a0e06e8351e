"""Splits a plan's steps into those that XLA compiles and those that stay on the host.

XLA needs shapes, axes and permutations while it compiles. Where such a value comes from a feed, the
plan is compiled anew for each value of it. Where it comes from a variable or a random number, where
an op works on the host alone, and where a shape depends on data, the step stays on the host.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.regions import Choice
from stillflow.runtime.steps import Plan, Step
from stillflow.runtime.variables import declared_shape

_NOTHING: frozenset[int] = frozenset()


@dataclass(slots=True)
class Segment:
    """Steps that run one after another on one tier."""

    on_host: bool
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class _Tiers:
    """Of a plan: whether each step stays on the host, and which feeds are static.

    `sources`, of a slot: the feeds, variables, streams and host results that its value depends on.
    """

    on_host: list[bool]
    static_feeds: frozenset[int]
    sources: dict[int, frozenset[int]]


@dataclass(slots=True)
class Split:
    """A plan's segments, and the slots of the feeds whose values compiled code depends on."""

    segments: list[Segment]
    static_feeds: frozenset[int]

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
    return Split([segments[level] for level in sorted(segments)], tiers.static_feeds)


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
    static_feeds: set[int] = set()
    for step in plan.steps:
        inside = _inside(step, reshaped)
        in_region = _known_inside(step, inside)
        if isinstance(step.region, Choice) and not sources.get(step.inputs[0]):
            in_region = ()  # one side is all that is traced
        needed = (*step.static, *(in_region or ()))
        static = _NOTHING.union(*(sources.get(slot, _NOTHING) for slot in needed))
        values = () if step.of_shape else step.inputs
        mixed = _NOTHING.union(*(sources.get(slot, _NOTHING) for slot in values))
        # What constants and shapes decide is computed while tracing.
        is_known = step.folds and not mixed
        stays = (
            (step.on_host and not is_known)
            or in_region is None
            or step.op in refused
            or not static <= feeds
            or not unshaped.isdisjoint(step.inputs)
        )
        on_host.append(stays)
        if stays:
            sources.update({slot: frozenset({slot}) for slot in step.outputs})
            is_steady = step.is_steady and unshaped.isdisjoint(step.inputs)
            if not is_steady and not _are_known(step.op.outputs):
                unshaped.update(step.outputs)
            continue
        static_feeds |= static
        sources.update(dict.fromkeys(step.outputs, mixed))
        if isinstance(step.region, Choice) and step.inputs[0] in feeds:
            sources.update(_of_results(step, step.region, inside, sources))
    return _Tiers(on_host, frozenset(static_feeds), sources)


def _are_known(outputs: Iterable[Tensor]) -> bool:
    return all(tensor.shape.is_fully_defined() for tensor in outputs)


def _inside(step: Step, reshaped: Collection[Operation]) -> list[_Tiers]:
    """The tiers of each part of a choice or a loop."""
    parts = step.region.parts if step.region is not None else ()
    return [_assign_tiers(part.plan, reshaped, ()) for part in parts]


def _known_inside(step: Step, inside: Sequence[_Tiers]) -> tuple[int, ...] | None:
    """The slots that what is in a choice or loop must know while compiling.

    None when something in it stays on the host.
    """
    known: list[int] = []
    parts = step.region.parts if step.region is not None else ()
    for part, tiers in zip(parts, inside, strict=True):
        captured = {own: step.inputs[position] for position, own in part.captures}
        if any(tiers.on_host) or not tiers.static_feeds <= captured.keys():
            return None
        known += [captured[slot] for slot in tiers.static_feeds]
    return tuple(known)


def _of_results(
    step: Step, choice: Choice, inside: Sequence[_Tiers], sources: dict[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """The sources of each result of a choice that a feed decides.

    What a side computes of shapes alone, for its gradient say, is known once the feed's value is.
    """
    results = choice.results_of(step.outputs)
    found = {slot: sources[step.inputs[0]] for slot in results}
    for part, tiers in zip(choice.parts, inside, strict=True):
        around = {own: step.inputs[position] for position, own in part.captures}
        around |= {own: step.inputs[choice.first_cell + cell] for cell, own in part.held}
        for slot, own in zip(results, part.plan.fetches, strict=True):
            for source in tiers.sources.get(own, _NOTHING) if own is not None else ():
                found[slot] |= sources.get(around[source], _NOTHING)
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
