"""Divides a run into stages, so that it waits for other threads while it holds nothing of theirs.

Some steps wait: what they wait for may be another run of the session. So a run that changes the
session's state goes from stage to stage. In one it has the state to itself, and commits at the end;
in the next it waits. What a wait needs goes before it, what needs it goes after it, and what
touches variables goes as late as that allows, so that as a rule a run waits, computes and commits
once, and waits again.

The exception is a wait on the way from a variable's value to its new value: the update is one, so
such a wait is part of the stage that computes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import predecessors
from stillflow.runtime.steps import Plan, Step


class Stage(NamedTuple):
    """Steps of a run. One that `is_free` touches no variable and no random stream."""

    steps: list[Step]
    is_free: bool


def stages(plan: Plan, fed: Collection[Tensor]) -> list[Stage]:
    """The steps of `plan`, of which tensors `fed` are fed, in stages that commit one by one."""
    if not any(step.waits for step in plan.steps):
        return [Stage(plan.steps, False)]
    states = {*plan.variables.values(), *plan.streams.values()}
    held = _held(plan)
    waits = [step.waits and index not in held for index, step in enumerate(plan.steps)]
    touches = [
        not wait and not states.isdisjoint((*step.inputs, *step.outputs))
        for wait, step in zip(waits, plan.steps, strict=True)
    ]
    before = list(predecessors_of(plan.steps, frozenset(fed)))
    if not plan.written and not plan.streams:
        return _waits_first(plan, waits, before)
    levels = _levels(waits, touches, before)
    found: list[Stage] = []
    for level in sorted(set(levels)):
        chosen = [index for index, own in enumerate(levels) if own == level]
        is_free = not any(touches[index] for index in chosen)
        if not (found and is_free and found[-1].is_free):
            found.append(Stage([], is_free))
        found[-1].steps.extend(plan.steps[index] for index in chosen)
    return found


def _held(plan: Plan) -> set[int]:
    """The waits that a variable's value goes through to become its new value."""
    bits = {slot: 1 << n for n, slot in enumerate(plan.variables.values())}
    # Of a slot: the variables and the waits that its value was computed from.
    variables: dict[int, int] = dict(bits)
    waits: dict[int, int] = {}
    reads: dict[int, int] = {}
    held: set[int] = set()
    for index, step in enumerate(plan.steps):
        read = through = 0
        for slot in step.inputs:
            read |= variables.get(slot, 0)
            through |= waits.get(slot, 0)
        if step.waits:
            reads[index] = read
            through |= 1 << index
        for slot in step.outputs:
            variables[slot] = read | bits.get(slot, 0)
            waits[slot] = through
            if slot in bits:
                held |= {n for n, seen in reads.items() if through >> n & 1 and seen & bits[slot]}
    return held


def predecessors_of(steps: Sequence[Step], fed: frozenset[Tensor]) -> Iterator[set[int]]:
    """Of each step the earlier ones that it must follow, by values of slots or by the graph."""
    number = {op: index for index, step in enumerate(steps) for op in step.ops}
    written: dict[int, int] = {}
    read: dict[int, set[int]] = {}
    for index, step in enumerate(steps):
        found = {written[slot] for slot in (*step.inputs, *step.outputs) if slot in written}
        for slot in step.outputs:
            found |= read.pop(slot, set())
            written[slot] = index
        for slot in step.inputs:
            read.setdefault(slot, set()).add(index)
        for own in step.ops:
            found.update(number[op] for op in _with_steps(own, number, fed))
        yield {earlier for earlier in found if earlier < index}


def _with_steps(
    op: Operation, number: dict[Operation, int], fed: frozenset[Tensor]
) -> Iterable[Operation]:
    """The nearest operations that have steps and that `op` waits for."""
    seen = set()
    waiting = predecessors(op, fed)
    while waiting:
        earlier = waiting.pop()
        if earlier in seen:
            continue
        seen.add(earlier)
        if earlier in number:
            yield earlier
        else:
            waiting += predecessors(earlier, fed)


def _waits_first(plan: Plan, waits: Sequence[bool], before: Sequence[set[int]]) -> list[Stage]:
    """The stages of a run that only reads: what it waits for before it looks at any variable.

    After that it holds up nobody: all values are those of one moment.
    """
    states = set(plan.variables.values())
    free = [True] * len(waits)
    for index, step in enumerate(plan.steps):
        free[index] = states.isdisjoint(step.inputs) and all(free[n] for n in before[index])
    first: set[int] = set()
    for index in reversed(range(len(waits))):
        if index in first or (waits[index] and free[index]):
            first |= {index, *before[index]}
    if not first or all(free):
        return [Stage(plan.steps, False)]
    steps = list(enumerate(plan.steps))
    return [
        Stage([step for index, step in steps if index in first], True),
        Stage([step for index, step in steps if index not in first], False),
    ]


def _levels(
    waits: Sequence[bool], touches: Sequence[bool], before: Sequence[set[int]]
) -> list[int]:
    """Of each step its stage: the state is touched in even ones, and waited for nothing there."""
    levels: list[int] = []
    bound = [False] * len(waits)  # whether it follows anything that waits or touches the state
    for index, earlier in enumerate(before):
        level = max((levels[n] for n in earlier), default=0)
        if waits[index]:
            level += not level % 2
        elif touches[index]:
            level += level % 2
        levels.append(level)
        bound[index] = waits[index] or touches[index] or any(bound[n] for n in earlier)
    last = max((level for level, own in zip(levels, touches, strict=True) if own), default=0)
    latest = [max(level, last) for level in levels]
    for index in reversed(range(len(levels))):
        if touches[index]:
            latest[index] -= latest[index] % 2
        own = levels[index] if waits[index] else latest[index]
        for n in before[index]:
            latest[n] = min(latest[n], own)
    for index, earlier in enumerate(before):
        if touches[index]:
            levels[index] = latest[index]
        elif bound[index] and not waits[index]:
            level = max(levels[n] for n in earlier)
            levels[index] = min(level + level % 2, latest[index])
    needed = [last] * len(levels)
    for index in reversed(range(len(levels))):
        if not bound[index]:
            levels[index] = needed[index]
        for n in before[index]:
            needed[n] = min(needed[n], levels[index])
    return levels
