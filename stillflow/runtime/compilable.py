"""What of a plan can be compiled, and which fed values the compiled code depends on.

XLA needs shapes, axes and permutations while it compiles. Where such a value comes from a feed, the
plan is compiled anew for each value of it; where it comes from a variable or a random number, or an
op works on the host alone, the plan stays on the host tier.
"""

from __future__ import annotations

from stillflow.runtime.plan import Plan, Step


def static_feeds(plan: Plan) -> frozenset[int] | None:
    """The slots of the feeds whose values compiled code depends on; None if there can be none."""
    feeds = set(plan.feeds)
    # Of a slot: the feeds, variables and streams that its value depends on.
    sources: dict[int, frozenset[int]] = {
        slot: frozenset({slot})
        for slot in (*plan.feeds, *plan.variables.values(), *plan.streams.values())
    }
    needed: set[int] = set()
    for step in plan.steps:
        if step.op.defn.host or any(
            not t.dtype.is_numpy_compatible or t.dtype.name == "string"
            for t in (*step.op.inputs, *step.op.outputs)
        ):
            return None
        for slot in _static_inputs(step):
            needed |= sources.get(slot, frozenset())
        if not needed <= feeds:
            return None
        empty: frozenset[int] = frozenset()
        mixed = (
            empty
            if step.op.defn.of_shape
            else empty.union(*(sources.get(slot, empty) for slot in step.inputs))
        )
        sources.update(dict.fromkeys(step.outputs, mixed))
    return frozenset(needed)


def _static_inputs(step: Step) -> list[int]:
    defn = step.op.defn
    if not defn.static:
        return []
    offset = 0 if defn.stream is None else 1
    return [step.inputs[offset + p] for p in defn.input_positions(step.op, defn.static)]
