"""Several turns of a run at once: of one that takes an element somewhere and brings it elsewhere.

A thread that fills a queue runs one operation again and again. Where what lies between the two
resources can be computed for many rows at once (`runtime.rows`), a turn takes all elements that are
there, and brings them together. What it cannot bring goes back, so a turn that is refused or ended
is as if fewer had been made; where an element is refused, a turn of one tells which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.taking import whole
from stillflow.runtime.rows import RowProgram
from stillflow.runtime.state import SessionState
from stillflow.runtime.steps import Plan, Step

_MOST = 64  # elements of a turn


class Turns:
    """The turns of a plan; `is_possible` if they can be made several at a time."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._holders = [step for step in plan.steps if step.op.defn.resource is not None]
        takes = [step for step in plan.steps if step.op.defn.takes_many is not None]
        brings = [step for step in plan.steps if step.op.defn.brings_many is not None]
        changes = plan.variables or plan.streams or plan.feeds or plan.sided or plan.drawn
        fetches = [slot for slot in plan.fetches if slot is not None]
        self.is_possible = len(takes) == len(brings) == 1 and not changes and not fetches
        if not self.is_possible:
            return
        (self._take,), (self._bring,) = takes, brings
        own = [*self._holders, self._take, self._bring]
        between = [step for step in plan.steps if not any(step is other for other in own)]
        given = self._bring.inputs[1:]
        taken = list(self._take.outputs)
        middle = Plan(plan.constants, between, feeds=taken, fetches=list(given))
        self._rows = RowProgram(middle, taken)
        self.is_possible = self._rows.is_possible
        self.run = whole(self._run)

    def _run(self, state: SessionState, one: Callable[[], Any]) -> None:
        """Makes some turns; `one()` makes one."""
        held = {step.outputs[0]: self._held(step, state) for step in self._holders}
        take, bring = self._take.op.defn.takes_many, self._bring.op.defn.brings_many
        assert take is not None
        assert bring is not None
        taken = take(held[self._take.inputs[0]], _MOST)
        if taken is None:
            one()
            return
        columns, count = taken.finished()
        try:
            given = self._rows.run(columns, count)
        except Exception:
            taken.give_up()
            one()
            return
        bring(held[self._bring.inputs[0]], given, taken)

    def _held(self, step: Step, state: SessionState) -> Any:
        return step.fn(NUMPY, state.kept_for(step.op), **step.attrs)
