"""A plan as a pure function that JAX may transform.

It goes from variables, random streams and feeds to what is fetched and what the variables and
streams are then.

It has two ways to go. Where JAX has 64-bit types it computes what a session does, of the same
types. Where it has none, as by default, numbers of 64 bits are those of 32: integers that do not
fit, and sums in float64, differ.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp

from stillflow.graph.operation import Operation
from stillflow.runtime.steps import Plan
from stillflow.runtime.streams import advanced
from stillflow.runtime.xla_namespace import Check
from stillflow.runtime.xla_walk import Traced, trace


class Outcome(NamedTuple):
    """What a run gives: the fetches, None for operations; the variables and streams after it."""

    fetched: list[Any]
    variables: dict[Operation, Any]
    streams: dict[Operation, Any]
    checks: list[Check]


def outcome(
    plan: Plan,
    variables: dict[Operation, Any],
    streams: dict[Operation, Any],
    feeds: Sequence[Any],
) -> Outcome:
    """What a run of `plan` gives, by values that may be traced.

    Raises:
      NotTraceable: a step, whose `op` it tells, needs the host.
    """
    values: dict[int, Any] = {
        slot: value for slot, value in enumerate(plan.constants) if value is not None
    }
    values.update(zip(plan.feeds, map(jnp.asarray, feeds), strict=True))
    values.update((slot, jnp.asarray(variables[v])) for v, slot in plan.variables.items())
    values.update((slot, jnp.asarray(streams[op])) for op, slot in plan.streams.items())
    kept = {*plan.variables.values(), *(slot for slot in plan.fetches if slot is not None)}
    with warnings.catch_warnings():
        # It is said above that types are narrower.
        warnings.filterwarnings("ignore", "Explicitly requested dtype", UserWarning)
        traced = trace(plan.steps, values, updated=(), turns={}, kept=kept)
    values = traced.values
    return Outcome(
        [None if slot is None else jnp.asarray(values[slot]) for slot in plan.fetches],
        {v: jnp.asarray(values[slot]) for v, slot in plan.variables.items()},
        _moved_on(plan, streams, traced),
        traced.checks,
    )


def _moved_on(plan: Plan, streams: dict[Operation, Any], traced: Traced) -> dict[Operation, Any]:
    """The streams after what was traced."""
    used: dict[Operation, Any] = {op: traced.values[slot] for op, slot in plan.drawn}
    for step in plan.random_steps:
        used[step.op] = step.blocks(traced.drawn[step.op])  # type: ignore[misc]
    return {op: advanced(jnp.asarray(words), used.get(op, 0), jnp) for op, words in streams.items()}


def as_checks(checks: Sequence[Check]) -> None:
    """Has `jax.experimental.checkify` know what a run checks."""
    from jax.experimental import checkify  # only who asks for checks

    for check in checks:
        about = check.op.name if check.op is not None else "the run"
        checkify.check(check.ok, f"a check of {about} failed")
