"""Some of a plan's steps as a plan of its own, which takes what earlier ones computed as feeds."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.runtime.stages import Stage
from stillflow.runtime.steps import Plan, Step


def subplan(
    plan: Plan,
    steps: Sequence[Step],
    fetches: Sequence[int | None],
    is_free: bool = False,
) -> Plan:
    """The plan that does `steps` of `plan` and gives `fetches`, slots of `plan`.

    Its slots are those of `plan`; its feeds are what steps outside of it compute. Of one that
    `is_free` they may be variables' values.
    """
    read = {slot for step in steps for slot in step.inputs}
    made = {slot for step in steps for slot in step.outputs}
    used = read | made | {slot for slot in fetches if slot is not None}
    states = {*plan.variables.values(), *plan.streams.values(), *plan.kept.values()}
    own = set(plan.streams.values()) | set(plan.kept.values()) if is_free else states
    given = {slot for slot in used - made - own if plan.constants[slot] is None}
    variables = {} if is_free else {v: s for v, s in plan.variables.items() if s in used}
    return Plan(
        constants=plan.constants,
        steps=list(steps),
        feeds=sorted(given),
        fetches=list(fetches),
        variables=variables,
        required={v: op for v, op in plan.required.items() if v in variables},
        written={v: slot for v, slot in plan.written.items() if slot in made},
        streams={op: slot for op, slot in plan.streams.items() if slot in read},
        kept={op: slot for op, slot in plan.kept.items() if slot in read},
        reshaped={v for v in plan.reshaped if plan.variables[v] in made},
        drawn=[(op, slot) for op, slot in plan.drawn if slot in made],
        sided=[(op, slot) for op, slot in plan.sided if slot in fetches],
        trusts_shapes=plan.trusts_shapes,
    )


def divided(plan: Plan, stages: Sequence[Stage]) -> list[tuple[Plan, list[int]]]:
    """A plan for each stage, one after another, and the places of its first fetches in `plan`'s.

    What it fetches besides is for later stages.
    """
    stages = _with_reads(plan, stages)
    variables = set(plan.variables.values())
    made_in = {slot: n for n, s in enumerate(stages) for step in s.steps for slot in step.outputs}
    last = max((n for n, s in enumerate(stages) if not s.is_free), default=len(stages) - 1)
    handed: list[dict[int, None]] = [{} for _ in stages]
    for index, stage in enumerate(stages):
        for slot in sorted({slot for step in stage.steps for slot in step.inputs}):
            if slot in variables:
                if stage.is_free:
                    handed[index - 1][slot] = None
            elif made_in.get(slot, index) < index:
                handed[made_in[slot]][slot] = None
    places: list[list[int]] = [[] for _ in stages]
    for place, fetched in enumerate(plan.fetches):
        if fetched is not None:
            places[last if fetched in variables else made_in.get(fetched, last)].append(place)
    return [
        (
            subplan(
                plan,
                stage.steps,
                [*(plan.fetches[place] for place in own), *given],
                stage.is_free,
            ),
            own,
        )
        for stage, own, given in zip(stages, places, handed, strict=True)
    ]


def _with_reads(plan: Plan, stages: Sequence[Stage]) -> list[Stage]:
    """`stages`, with one more before each free one that is given variables' values by none."""
    variables = set(plan.variables.values())
    found: list[Stage] = []
    for stage in stages:
        reads = any(not variables.isdisjoint(step.inputs) for step in stage.steps)
        if stage.is_free and reads and (not found or found[-1].is_free):
            found.append(Stage([], False))
        found.append(stage)
    return found
