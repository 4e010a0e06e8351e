"""A run in several calls: each feeds some tensors, and gives what can be computed by then.

Whatever the feeds of so far allow is computed at once, and once; later calls go on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.executor import Executor
from stillflow.runtime.order import predecessors
from stillflow.runtime.plan import make_plan
from stillflow.runtime.staged import StagedExecutor, executor_of
from stillflow.runtime.stages import predecessors_of
from stillflow.runtime.state import SessionState
from stillflow.runtime.subplans import subplan

Element = Tensor | Operation


class PartialPlan:
    """What is to be fetched and fed in all calls together, and the executors of its parts."""

    def __init__(self, elements: Sequence[Element], feeds: Sequence[Tensor], tier: str):
        """Raises InvalidArgumentError: a placeholder is needed that is not among `feeds`."""
        self.elements = list(elements)
        self.feeds = list(feeds)
        self.plan = make_plan(elements, feeds)
        self.before = list(predecessors_of(self.plan.steps, frozenset(feeds)))
        self._tier = tier
        self._executors: dict[tuple, Executor | StagedExecutor] = {}

    def executor(
        self, steps: tuple[int, ...], fetches: tuple[int | None, ...]
    ) -> Executor | StagedExecutor:
        """What does these of the plan's steps and gives `fetches`."""
        key = steps, fetches
        if key not in self._executors:
            chosen = [self.plan.steps[index] for index in steps]
            part = subplan(self.plan, chosen, fetches)
            self._executors[key] = executor_of(part, self.feeds, self._tier)
        return self._executors[key]


class PartialRun:
    """One sequence of calls."""

    def __init__(self, whole: PartialPlan):
        self._whole = whole
        self._values: dict[int, Any] = {}  # of slots: what was fed, and what was computed
        self._done: set[int] = set()
        self._fed: set[Tensor] = set()
        self._fetched: set[Element] = set()

    @property
    def is_over(self) -> bool:
        """Whether everything has been fetched."""
        return self._fetched.issuperset(self._whole.elements)

    def run(
        self, state: SessionState, elements: Sequence[Element], fed: Mapping[Tensor, np.ndarray]
    ) -> list[Any]:
        """One call; returns a value for each of `elements`.

        Raises:
          InvalidArgumentError: something is fed or fetched twice, or was not set up, or is fetched
            before what it needs is fed.
        """
        whole, plan = self._whole, self._whole.plan
        self._check("feed", fed, self._fed, whole.feeds, "fed")
        self._check("fetch", elements, self._fetched, whole.elements, "fetched")
        waiting = set(whole.feeds) - self._fed - fed.keys()
        for element in elements:
            self._check_computable(element, waiting)
        slots = dict(zip(whole.feeds, plan.feeds, strict=True))
        self._values.update((slots[tensor], value) for tensor, value in fed.items())
        self._fed |= fed.keys()
        missing = {slots[tensor] for tensor in waiting}
        steps = self._possible(missing)
        slot_of = dict(zip(whole.elements, plan.fetches, strict=True))
        own = [slot_of[element] for element in elements]
        handed = self._needed_later(steps)
        executor = whole.executor(tuple(steps), (*own, *handed))
        given = executor.run(state, [self._values[slot] for slot in executor.plan.feeds])
        self._done.update(steps)
        self._fetched.update(elements)
        self._values.update(zip(handed, map(_array, given[len(own) :]), strict=True))
        return given[: len(own)]

    def _possible(self, missing: set[int]) -> list[int]:
        """The steps, not done yet, that need nothing of what is missing."""
        whole, found, missing = self._whole, [], set(missing)
        left: set[int] = set()
        for index, step in enumerate(whole.plan.steps):
            if index in self._done:
                continue
            if missing.isdisjoint(step.inputs) and left.isdisjoint(whole.before[index]):
                found.append(index)
            else:
                left.add(index)
        return found

    def _needed_later(self, steps: Sequence[int]) -> list[int]:
        """What `steps` compute for later calls."""
        plan = self._whole.plan
        done = self._done | set(steps)
        made = {slot for index in steps for slot in plan.steps[index].outputs}
        made -= set(plan.variables.values())
        later = {slot for n, step in enumerate(plan.steps) if n not in done for slot in step.inputs}
        return sorted(made & (later | {slot for slot in plan.fetches if slot is not None}))

    def _check(
        self,
        what: str,
        given: Iterable[Element],
        before: Iterable[Element],
        known: Iterable[Element],
        done: str,
    ) -> None:
        for element in given:
            if element in before:
                raise InvalidArgumentError(
                    None, None, f"The {what} {element.name} has already been {done}."
                )
            if element not in known:
                raise InvalidArgumentError(
                    None, None, f"The {what} {element.name} was not specified in partial_run_setup."
                )

    def _check_computable(self, element: Element, waiting: set[Tensor]) -> None:
        """Refuses a fetch that needs one of the feeds `waiting`."""
        fed = frozenset(self._whole.feeds)
        seen: set[Operation] = set()
        left = [element.op] if isinstance(element, Tensor) else [element]
        if isinstance(element, Tensor) and element in fed:
            left = []
            self._refuse_missing([element], waiting)
        while left:
            op = left.pop()
            if op not in seen:
                seen.add(op)
                self._refuse_missing(op.inputs, waiting)
                left += predecessors(op, fed)

    def _refuse_missing(self, tensors: Iterable[Tensor], waiting: set[Tensor]) -> None:
        for tensor in tensors:
            if tensor in waiting:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Fetch {tensor.name} can't be computed from the feeds that have been fed so "
                    "far.",
                )


def _array(value: Any) -> Any:
    """A fetched value as one to feed; a fetched string has no shape."""
    return value if hasattr(value, "shape") else np.asarray(value, np.object_)
