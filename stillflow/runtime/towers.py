"""The towers of a program: what it puts on one GPU and on another, that could run side by side.

A run's steps are put into three groups, one after another: what towers need, the towers, and what
follows from them. A tower is what lies on one GPU and depends on no other tower; what writes is no
part of one, nor what follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from stillflow.graph.device import DeviceSpec
from stillflow.graph.operation import Operation
from stillflow.runtime.steps import Step

_BEFORE, _AFTER = -1, -2  # where others have the numbers of towers
_ALIKE = 0.5  # how many steps the smallest tower has of the largest one's


@dataclass(slots=True)
class Towers:
    """Towers as one step, the `region` of it.

    Attributes:
      parts: the steps of each.
      reads: the slots that each takes from outside.
      gives: the slots of each that others take.
      drawn: of the random ops in them the shapes drawn, once they were traced.
    """

    parts: list[list[Step]]
    reads: list[list[int]]
    gives: list[list[int]]
    drawn: dict[Operation, tuple[int, ...]] = field(default_factory=dict)

    @property
    def ops(self) -> Iterable[Operation]:
        return (op for part in self.parts for step in part for op in step.ops)

    @property
    def inputs(self) -> tuple[int, ...]:
        """The slots that any of them takes from outside."""
        return tuple(sorted({slot for slots in self.reads for slot in slots}))

    @property
    def handles(self) -> list[int]:
        return []


def with_towers(steps: Sequence[Step], kept: Collection[int]) -> Sequence[Step]:
    """`steps` with their towers as one, if there are several; `kept` are slots that others read."""
    places = _places(steps)
    numbers = sorted({place for place in places if place >= 0})
    placed = list(zip(steps, places, strict=True))
    parts = [[step for step, place in placed if place == number] for number in numbers]
    if len(parts) < 2 or min(map(len, parts)) < _ALIKE * max(map(len, parts)):
        return steps
    before = [step for step, place in placed if place == _BEFORE]
    after = [step for step, place in placed if place == _AFTER]
    wanted = {*kept, *(slot for step in after for slot in step.inputs)}
    reads, gives = zip(*(_ends(part, wanted) for part in parts), strict=True)
    return [*before, _as_step(Towers(parts, list(reads), list(gives))), *after]


def _places(steps: Sequence[Step]) -> list[int]:
    """Of each step the number of its tower, or whether it goes before or after them."""
    origins: dict[int, int] = {}  # of a slot: where its value was made
    used: set[int] = set()  # the slots that are read or written in towers or after them
    places = []
    for step in steps:
        place = _place(step, {origins.get(slot, _BEFORE) for slot in step.inputs}, used)
        places.append(place)
        origins.update(dict.fromkeys(step.outputs, place))
        if place != _BEFORE:
            used.update(step.inputs, step.outputs)
    return places


def _place(step: Step, sources: set[int], used: set[int]) -> int:
    number = _number(step.op._device)
    is_movable = not step.writes and not step.on_host and (step.is_pure or step.blocks is not None)
    if number is not None and is_movable and sources <= {_BEFORE, number}:
        return number
    # What others have read before it is written must not be written earlier.
    is_early = sources <= {_BEFORE} and used.isdisjoint(step.outputs)
    return _BEFORE if is_early else _AFTER


@cache
def _number(device: str) -> int | None:
    """Which GPU a device's name means; None for another device."""
    spec = DeviceSpec.from_string(device)
    return (spec.device_index or 0) if spec.device_type == "GPU" else None


def _ends(part: Sequence[Step], wanted: set[int]) -> tuple[list[int], list[int]]:
    """The slots that steps take from outside, and of their own those that are wanted there."""
    made = {slot for step in part for slot in step.outputs}
    read = {slot for step in part for slot in step.inputs}
    return sorted(read - made), sorted(made & wanted)


def _as_step(towers: Towers) -> Step:
    outputs = [slot for slots in towers.gives for slot in slots]
    return Step(
        op=towers.parts[0][0].op,
        fn=_unreachable,
        attrs={},
        inputs=towers.inputs,
        outputs=tuple(outputs),
        declared=(),
        writes=(),
        static=(),
        near_zero=(),
        on_host=False,
        steady=(),
        waits=False,
        folds=False,
        is_pure=False,
        is_total=False,
        of_shape=False,
        may_pass_input=False,
        blocks=None,
        flops=None,
        explain=lambda error, _: str(error),
        region=towers,
    )


def _unreachable(*_: object) -> object:
    raise AssertionError("towers are traced, never called")
