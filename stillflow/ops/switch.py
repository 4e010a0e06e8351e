"""Switch and Merge: the nodes that a choice between two tensors is made of.

Both sides of a switch are computed; the one that is not taken carries a value that is marked dead,
and a merge takes the other. That serves choices with nothing but reads between switch and merge.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.ops import shapes
from stillflow.ops.registry import op


class _Dead(np.ndarray):
    """The value on the side of a switch that is not taken."""


def is_dead(value: Any) -> bool:
    """Whether `value` comes from the side of a switch that is not taken."""
    return isinstance(value, _Dead)


def _dead(dtype: Any) -> np.ndarray:
    return np.empty(0, dtype).view(_Dead)


@op(
    "Switch", "data: T, pred: bool -> output_false: T, output_true: T", shape=shapes.same, host=True
)
def switch_op(xp, data, pred):
    """data: n[...], pred: bool[] -> `data` on the side that `pred` names, dead on the other."""
    return (_dead(data.dtype), data) if pred else (data, _dead(data.dtype))


@op(
    "RefSwitch",
    "data: ref T, pred: bool -> output_false: ref T, output_true: ref T",
    shape=shapes.same,
    host=True,
    stateful=True,
    asks_state=True,
)
def ref_switch_op(xp, data, pred):
    """Switch of a variable, which is None when it has no value."""
    dead = _dead(np.float32 if data is None else data.dtype)
    return (dead, data) if pred else (data, dead)


def _merged(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    first, *rest = ctx.shapes()
    return [first if all(sizes == first for sizes in rest) else None, ()]


@op("Merge", "inputs: N * T -> output: T, value_index: int32", shape=_merged, host=True)
def merge_op(xp, *inputs):
    """inputs: n[...] each -> the one that is not dead, and which it is, i32[]."""
    index = next(i for i, value in enumerate(inputs) if not is_dead(value))
    return inputs[index], np.int32(index)
