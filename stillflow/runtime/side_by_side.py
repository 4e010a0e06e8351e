"""Steps that wait and that nothing orders wait side by side: one may be what another waits for.

So may what follows one of them. An effect that follows some of the waits alone is done as soon as
they have ended, with what leads to it; the rest of a run goes on when all have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from stillflow.declare.waiting import Waiting, first_ready
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.runtime.stages import predecessors_of
from stillflow.runtime.steps import Step


def side_by_side(steps: Sequence[Step], fed: Collection[Tensor]) -> list[Step]:
    """`steps`, of which those that can wait side by side are one, behind what need not wait."""
    if not any(map(_begins, steps)):
        return list(steps)
    before = [set(earlier) for earlier in predecessors_of(steps, frozenset(fed))]
    done: set[int] = set()
    ordered: list[Step] = []
    left = list(range(len(steps)))
    while left:
        waits: list[int] = []
        for index in left:
            if not before[index] <= done:
                continue
            if _begins(steps[index]):
                waits.append(index)
            else:
                ordered.append(steps[index])
                done.add(index)
        if len(waits) == 1:
            ordered.append(steps[waits[0]])
        elif waits:
            waits = _with_effects(steps, before, waits, [n for n in left if n not in done])
            place = {index: number for number, index in enumerate(waits)}
            follow = [{place[n] for n in before[index] - done} for index in waits]
            ordered.append(_in_one([steps[index] for index in waits], follow))
        done.update(waits)
        left = [index for index in left if index not in done]
    return ordered


def _begins(step: Step) -> bool:
    return step.region is None and step.op.defn.finish is not None


def _with_effects(
    steps: Sequence[Step], before: Sequence[set[int]], waits: Sequence[int], left: Sequence[int]
) -> list[int]:
    """`waits`, and of what is `left` that to which one of them may come to look forward.

    That is what may have an effect and follows some of them, but not all, and what leads there.
    What touches a run's own state is not: no other step sees that before its end.
    """
    chosen, unordered = set(waits), set(left)
    while True:
        all_waits = [index for index in sorted(chosen) if _begins(steps[index])]
        bits = {index: 1 << number for number, index in enumerate(all_waits)}
        behind: dict[int, int] = {}  # of what can be done here: the waits that it follows, as bits
        effects: list[int] = []
        for index in left:
            earlier = before[index] & unordered
            can_go = index in chosen or _can_go_beside(steps[index])
            if not (can_go and earlier <= behind.keys()):
                continue
            behind[index] = bits.get(index, 0)
            for n in earlier:
                behind[index] |= behind[n]
            if not steps[index].is_pure and behind[index] != (1 << len(bits)) - 1:
                effects.append(index)
        found = set(chosen)
        while effects:
            index = effects.pop()
            if index not in found:
                found.add(index)
                effects += before[index] & unordered
        if found == chosen:
            return sorted(found)
        chosen = found


def _can_go_beside(step: Step) -> bool:
    if step.region is not None:
        return not step.region.cells
    return not step.writes and step.blocks is None


def _in_one(steps: Sequence[Step], before: Sequence[Collection[int]]) -> Step:
    """One step that does all of these, each once those among them that it follows are done.

    `steps` are in such an order, and `before` are the numbers of the steps that each follows.
    """
    made = {slot for step in steps for slot in step.outputs}
    inputs = tuple(dict.fromkeys(s for step in steps for s in step.inputs if s not in made))
    outputs = tuple(slot for step in steps for slot in step.outputs)
    members = list(map(_Member, steps, before))

    def run(xp: Any, *values: Any) -> Any:
        slots = dict(zip(inputs, values, strict=True))
        _do(xp, members, slots)
        return slots[outputs[0]] if len(outputs) == 1 else tuple(map(slots.__getitem__, outputs))

    return replace(
        next(step for step in steps if _begins(step)),
        fn=run,
        attrs={},
        inputs=inputs,
        outputs=outputs,
        declared=tuple(dtype for step in steps for dtype in _types(step)),
    )


def _types(step: Step) -> Iterable[DType]:
    return step.declared if step.region is None else step.region.types


class _Member:
    """A step among those that wait side by side, and the numbers of those that it follows."""

    def __init__(self, step: Step, before: Collection[int]):
        self.step = step
        self.before = before
        self.single = step.outputs[0] if len(step.outputs) == 1 else None
        self.begin = partial(step.op.defn.begin, **step.attrs) if _begins(step) else None
        self.do = partial(step.fn, **step.attrs)
        self.finish = step.op.defn.finish

    def keep(self, slots: dict[int, Any], result: Any) -> None:
        if self.single is None:
            slots.update(zip(self.step.outputs, result, strict=True))
        else:
            slots[self.single] = result


def _do(xp: Any, members: Sequence[_Member], slots: dict[int, Any]) -> None:
    """Does all of them, and fills `slots`: begins what it can, then waits for the first to end."""
    begun: dict[int, Waiting] = {}
    done: set[int] = set()
    left: Sequence[int] = range(len(members))
    value_of = slots.__getitem__
    try:
        while left or begun:
            later = []
            for number in left:
                member = members[number]
                if member.before and not done.issuperset(member.before):
                    later.append(number)
                elif member.begin is not None:
                    begun[number] = member.begin(xp, *map(value_of, member.step.inputs))
                else:
                    member.keep(slots, member.do(xp, *map(value_of, member.step.inputs)))
                    done.add(number)
            left = later
            while begun:
                number = first_ready(begun)
                member = members[number]
                member.keep(slots, member.finish(begun[number]))
                del begun[number]
                done.add(number)
                if left:
                    break
    except Exception as error:
        for waiting in begun.values():
            waiting.give_up()
        failure = member.step.failure(error, list(map(value_of, member.step.inputs)))
        if failure is error:
            raise
        raise failure from error
