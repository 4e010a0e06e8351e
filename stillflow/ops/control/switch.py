"""Switch and Merge: the nodes that a choice between two sides is made of.

A switch marks the value on the side that is not taken as dead. What needs a dead value does not run
and gives dead values in turn (see `runtime.sides`), and a merge takes the value that is not dead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_n_to_tensor, to_tensor
from stillflow.declare.dead import dead, is_dead
from stillflow.declare.opdef import op
from stillflow.graph.scopes import name_scope


@op(
    "Switch",
    "data: T, pred: bool -> output_false: T, output_true: T",
    shape=shapes.same,
    host=True,
    splits=True,
)
def switch_op(xp, data, pred):
    """data: n[...], pred: bool[] -> `data` on the side that `pred` names, dead on the other."""
    return (dead(data.dtype), data) if pred else (data, dead(data.dtype))


def switch(data: Any, pred: Any, dtype: Any = None, name: str | None = None) -> Any:
    """(output_false, output_true): `data` is on the side that `pred` names, the other is dead."""
    with name_scope(name, "Switch", [data, pred]) as scope:
        data = to_tensor(data, dtype, "data")
        return switch_op(data, to_tensor(pred, name="pred"), name=scope)


@op(
    "RefSwitch",
    "data: ref T, pred: bool -> output_false: ref T, output_true: ref T",
    shape=shapes.same,
    host=True,
    stateful=True,
    asks_state=True,
    splits=True,
)
def ref_switch_op(xp, data, pred):
    """Switch of a variable, which is None when it has no value."""
    nothing = dead(np.float32 if data is None else data.dtype)
    return (nothing, data) if pred else (data, nothing)


def _merged(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    first, *rest = ctx.shapes()
    return [first if all(sizes == first for sizes in rest) else None, ()]


@op(
    "Merge",
    "inputs: N * T -> output: T, value_index: int32",
    shape=_merged,
    host=True,
    joins=True,
)
def merge_op(xp, *inputs):
    """inputs: n[...] each -> the first that is not dead, and its number, i32[]; dead if all are."""
    alive = [index for index, value in enumerate(inputs) if not is_dead(value)]
    return (inputs[alive[0]], np.int32(alive[0])) if alive else (inputs[0], dead(np.int32))


def merge(inputs: Any, name: str | None = None) -> Any:
    """(output, value_index): the one of `inputs` that is not dead, and its number.

    Raises:
      ValueError: one of them is None.
    """
    if any(value is None for value in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        return merge_op(convert_n_to_tensor(inputs), name=scope)
