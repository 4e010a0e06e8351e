"""Where a plan is carried out, and why there: in words, of what its executor has learned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.runtime.executor import Executor
from stillflow.runtime.segments import Why, split
from stillflow.runtime.steps import Plan
from stillflow.runtime.tiers import tier_setting


def parts_of(executor: Any) -> list[Executor]:
    """The executor itself, or those of the stages that it goes through."""
    return [executor] if isinstance(executor, Executor) else list(executor.parts)


def tier_of(executor: Executor) -> str:
    """Why the executor's runs are where they are, a sentence."""
    learned = executor.learned
    if not executor.plan.steps:
        return "no operations: it fetches what is there"
    if executor.tier == "host":
        return "NumPy: STILLFLOW_TIER is host" if tier_setting() == "host" else "NumPy, as asked"
    if learned.split is None:
        return "NumPy: nothing in it can be compiled"
    if learned.compiled:
        forced = ": STILLFLOW_TIER is xla" if executor.tier == "xla" else ""
        return f"XLA{forced}"
    if executor.tier == "xla":
        return "XLA, from its first run on: STILLFLOW_TIER is xla"
    limits = [known.host_runs_limit for known in learned.specialised.values()]
    if not limits:
        return "NumPy at first; no run has told yet when compiling pays"
    soonest = min(limits)
    if math.isinf(soonest):
        return "NumPy: its runs are so small that compiled code would not be faster"
    return f"NumPy: compiling pays after {_many(soonest)} with feeds of the same shapes"


def _many(runs: float) -> str:
    count = max(1, math.floor(runs) + 1)
    return f"{count:,} run{'' if count == 1 else 's'}"


def stays_of(executor: Executor) -> dict[Operation, Why]:
    """The operations that would stay on the host if the plan were compiled, and why."""
    found = executor.learned.split
    if found is None:
        found = split(executor.plan, executor.learned.reshaped, executor.refused)
    return found.stays


def blamed(stays: Mapping[Operation, Why], refusals: Mapping[Operation, str]) -> Iterator[dict]:
    """Of each operation that stays on the host: type, name, line and why.

    Those that are at fault come first; the others follow from them.
    """
    causes = (Why.HOST_ONLY, Why.REFUSED, Why.NEEDS_VALUE, Why.OPEN_SHAPE, Why.INSIDE)
    for op, why in sorted(stays.items(), key=lambda item: causes.index(item[1])):
        yield {
            "type": op.type,
            "name": op.name,
            "line": line_of(op),
            "why": _because(op, why, refusals),
        }


def _because(op: Operation, why: Why, refusals: Mapping[Operation, str]) -> str:
    if why is Why.HOST_ONLY and op.defn.waits:
        return "it waits for other threads, or runs the program's own Python"
    if why is Why.REFUSED and op in refusals:
        return refusals[op]
    return why.value


def line_of(op: Operation) -> str:
    """The user's line that built an operation, or nothing."""
    return op.built_at.removeprefix("built at ")


def size_of(plan: Plan) -> int:
    """How many steps a plan has, those in its choices and loops too."""
    inner = [part.plan for s in plan.steps if s.region is not None for part in s.region.parts]
    return len(plan.steps) + sum(map(size_of, inner))
