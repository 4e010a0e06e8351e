"""Steps that wait and that nothing orders wait side by side: one may be what another waits for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

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
        ready = [index for index in left if before[index] <= done]
        chosen = [index for index in ready if not _begins(steps[index])]
        if chosen:
            ordered += [steps[index] for index in chosen]
        else:
            chosen = ready
            ordered.append(_in_one([steps[index] for index in chosen]))
        done.update(chosen)
        left = [index for index in left if index not in done]
    return ordered


def _begins(step: Step) -> bool:
    return step.region is None and step.op.defn.finish is not None


def _in_one(steps: Sequence[Step]) -> Step:
    """One step that does all of these: it begins them, then waits for one after another."""
    if len(steps) == 1:
        return steps[0]

    def run(xp: Any, *values: Any) -> Any:
        left = iter(values)
        given = [[next(left) for _ in step.inputs] for step in steps]
        begun: list[Any] = []
        results: list[Any] = []
        try:
            for step, own in zip(steps, given, strict=True):
                begun.append(step.op.defn.begin(xp, *own, **step.attrs))
            for step, waiting in zip(steps, begun, strict=True):
                result = step.op.defn.finish(waiting)
                results += [result] if len(step.outputs) == 1 else result
        except Exception as error:
            for waiting in begun:
                waiting.give_up()
            failure = step.failure(error, given[steps.index(step)])
            if failure is error:
                raise
            raise failure from error
        return results[0] if len(results) == 1 else tuple(results)

    return replace(
        steps[0],
        fn=run,
        attrs={},
        inputs=tuple(slot for step in steps for slot in step.inputs),
        outputs=tuple(slot for step in steps for slot in step.outputs),
        declared=tuple(dtype for step in steps for dtype in step.declared),
    )
