"""Carries out a plan that waits for other threads, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.interrupts import held_back
from stillflow.declare.taking import count_begun, keep_taken, whole
from stillflow.graph.operation import Tensor
from stillflow.runtime.executor import Executor
from stillflow.runtime.side_by_side import side_by_side
from stillflow.runtime.stages import Stage, stages
from stillflow.runtime.state import SessionState
from stillflow.runtime.steps import Plan
from stillflow.runtime.subplans import divided


def executor_of(
    plan: Plan, fed: Sequence[Tensor], tier: str, copies: bool = True
) -> Executor | StagedExecutor:
    """What runs `plan`, whose feeds are the tensors `fed`; who calls it gets copies, as a rule."""
    found = [Stage(side_by_side(stage.steps, fed), stage.is_free) for stage in stages(plan, fed)]
    if len(found) == 1:
        plan.steps = found[0].steps
        executor = Executor(plan, tier, None if copies else 0)
        if any(step.waits for step in plan.steps):
            executor.run = whole(executor.run)  # type: ignore[method-assign]
        return executor
    return StagedExecutor(plan, divided(plan, found), tier, copies)


class StagedExecutor:
    """Runs the stages of a plan one after another; each commits before the next one begins."""

    def __init__(
        self, plan: Plan, parts: Sequence[tuple[Plan, list[int]]], tier: str, copies: bool
    ):
        self.plan = plan
        self.parts = [Executor(part, tier, len(own) if copies else 0) for part, own in parts]
        self._places = [own for _, own in parts]
        # Runs once. Takes the values for the plan's feeds; returns those of its fetches.
        self.run: Callable[[SessionState, list[np.ndarray]], list[Any]] = whole(self._run)

    def compile_ahead(self) -> None:
        """As `Executor.compile_ahead`, of each stage."""
        for part in self.parts:
            part.compile_ahead()

    def _run(self, state: SessionState, feeds: list[np.ndarray]) -> list[Any]:
        begun = count_begun()
        values = dict(zip(self.plan.feeds, feeds, strict=True))
        results: list[Any] = [None] * len(self.plan.fetches)
        for executor, places in zip(self.parts, self._places, strict=True):
            part = executor.plan
            own_feeds = [values[slot] for slot in part.feeds]
            if part.written and not executor.waits:
                # Else an interrupt in between would have elements both used and given back.
                with held_back():
                    given = executor.run(state, own_feeds)
                    keep_taken(begun)
            else:
                given = executor.run(state, own_feeds)
                if part.written:
                    keep_taken(begun)
            for place, value in zip(places, given, strict=False):
                results[place] = value
            own = len(places)
            for slot, value in zip(part.fetches[own:], given[own:], strict=True):
                if slot is not None:
                    values[slot] = value
        return results
