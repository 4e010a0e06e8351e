"""Enter, Exit, NextIteration, LoopCond: the nodes that a loop is made of.

They forward a value into a loop's frame, out of it, and from one of its iterations to the next. A
run does not carry them out one by one: it finds the loop that they bound (see `runtime.regions`).
"""

from __future__ import annotations

from stillflow.declare import shapes
from stillflow.declare.opdef import op


def _entered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return ctx.shape(0) if ctx.attrs["is_constant"] else None


@op("Enter", "data: T -> output: T", shape=_entered, frame="enter")
def enter_op(
    xp, data, *, frame_name: str, is_constant: bool = False, parallel_iterations: int = 10
):
    """data: n[...] -> n[...], in the frame `frame_name`; the same in each of its iterations."""
    return data


@op("RefEnter", "data: ref T -> output: ref T", shape=shapes.same, frame="enter")
def ref_enter_op(
    xp, data, *, frame_name: str, is_constant: bool = False, parallel_iterations: int = 10
):
    """Enter for a variable."""
    return data


@op("Exit", "data: T -> output: T", shape=shapes.same, frame="exit")
def exit_op(xp, data):
    """data: n[...] -> n[...], in the frame around the loop."""
    return data


@op("NextIteration", "data: T -> output: T", shape=shapes.same, frame="next")
def next_iteration_op(xp, data):
    """data: n[...] -> n[...], in the next iteration of its loop."""
    return data


@op("LoopCond", "input: bool -> output: bool", shape=shapes.scalar, frame="condition")
def loop_cond_op(xp, go_on):
    """go_on: bool[] -> bool[], whether the loop does one more iteration."""
    return go_on


@op("ControlTrigger", "->")
def control_trigger_op(xp):
    """Does nothing once its control inputs have run, whichever of them are dead."""
