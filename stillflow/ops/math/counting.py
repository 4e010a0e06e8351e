"""How often values occur."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, shape_of
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.reduce import reductions


def _bins(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    size = ctx.scalar(1)
    if size is not None and size < 0:
        raise shapes.ShapeError(_negative(size))
    return (size,)


def _negative(size: int) -> str:
    return f"size ({size}) must be non-negative"


@op(
    "Bincount",
    "arr: int32, size: int32, weights: T -> bins: T",
    shape=_bins,
    static=("size",),
    types={"T": types("int32 int64 float32 float64")},
)
def bincount_op(xp, values, size, weights):
    """values: i[...], size: i[], weights: n[...] or none -> n[size], the weight of each value.

    Values from `size` on are not counted; without weights each counts as 1.
    """
    count = int(size.reshape(()))
    if count < 0:
        refuse(_negative(count))
    xp.check(values >= 0, lambda: "Input arr must be non-negative!")
    weights = weights if weights.size else xp.ones(values.shape, weights.dtype)
    bins = xp.zeros(count + 1, weights.dtype)
    return xp.add_at(bins, xp.minimum(values, np.int32(count)), weights)[:-1]


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
) -> Tensor:
    """Returns how often each of 0, 1, ... occurs in `arr`, or the sum of the weights there.

    The result is as long as the largest value needs, but at least `minlength` and at most
    `maxlength`.
    """
    return bincount_v2(arr, weights, minlength, maxlength, dtype)


def bincount_v2(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """`bincount` under a name of its own."""
    with name_scope(name, "bincount"):
        values = convert_to_tensor(arr, name="arr", dtype=dtypes.int32)
        is_nonempty = reductions.reduce_prod(shape_of.shape(values)) > 0
        length = casts.cast(is_nonempty, dtypes.int32) * (reductions.reduce_max(values) + 1)
        if minlength is not None:
            least = convert_to_tensor(minlength, name="minlength", dtype=dtypes.int32)
            length = arithmetic.maximum(least, length)
        if maxlength is not None:
            most = convert_to_tensor(maxlength, name="maxlength", dtype=dtypes.int32)
            length = arithmetic.minimum(most, length)
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            return gathering.unsorted_segment_sum(weights, values, length)
        return bincount_op(values, length, constant([], dtype))
