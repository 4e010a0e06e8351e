"""How many values lie in each of several equal steps of a range."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX, types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.math import casts, division, elementwise
from stillflow.ops.math.clip import clip_by_value


def _bins(ctx: shapes.ShapeContext) -> shapes.Sizes:
    _, ends, count = ctx.shapes()
    (size,) = shapes.with_rank(ends, 1)
    if size not in (None, 2):
        raise shapes.ShapeError(f"Dimension must be 2 but is {size}")
    shapes.with_rank(count, 0)
    known = ctx.value(2)
    if known is None:
        return (None,)
    if known <= 0:
        raise shapes.ShapeError(f"Requires nbins > 0: {known}")
    return (int(known),)


@op(
    "HistogramFixedWidth",
    "values: T, value_range: T, nbins: int32 -> out: dtype",
    shape=_bins,
    static=("nbins",),
    types={"T": types("int32 int64 float32 float64"), "dtype": INDEX},
)
def histogram_fixed_width_op(xp, values, ends, count, *, dtype: DType = dtypes.int32):
    """values: n[...], ends: n[2], count: i32[] -> dtype[count], how many values each bin has.

    What lies outside the range, a NaN too, counts for the first bin or the last.
    """
    _check_shapes(ends.shape, count.shape)
    number = int(count)
    xp.check(ends[0] < ends[1], _empty_range, ends)
    if number <= 0:
        refuse(f"nbins should be a positive number, but got '{number}'")
    step = (ends[1] - ends[0]).astype(np.float64) / number
    above = (xp.maximum(values.reshape(-1), ends[0]) - ends[0]).astype(np.float64)
    places = xp.minimum(above / step, np.float64(number - 1))
    places = xp.where(places >= 0, places, 0).astype(np.int32)
    bins = xp.zeros(number, dtype.stored_as)
    return xp.add_at(bins, places, xp.ones(places.shape, bins.dtype))


def _check_shapes(ends: tuple[int, ...], count: tuple[int, ...]) -> None:
    if len(ends) != 1:
        refuse("value_range should be a vector.")
    if ends != (2,):
        refuse("value_range should be a vector of 2 elements.")
    if count:
        refuse("nbins should be a scalar.")


def _empty_range(ends: np.ndarray) -> str:
    shown = f"[{ends[0]:g}, {ends[1]:g}]"
    return f"value_range should satisfy value_range[0] < value_range[1], but got '{shown}'"


def histogram_fixed_width(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Returns how many values lie in each of `nbins` equal steps of a range.

    values: n[...], value_range: n[2], nbins: i32[] -> dtype[nbins]

    What lies below the range counts for the first step, and what lies above it for the last.
    """
    with name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as name:
        return histogram_fixed_width_op(values, value_range, nbins, dtype=dtype, name=name)


def histogram_fixed_width_bins(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Returns in which of `nbins` equal steps of a range each value lies.

    values: f[...], value_range: f[2], nbins: i32[] -> i32[...], whatever `dtype` is
    """
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        sizes = shape_of.shape(values)
        values = reshaping.reshape(values, [-1])
        ends = convert_to_tensor(value_range, name="value_range")
        count = convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins")
        steps = casts.cast(count, values.dtype)
        fractions = division.truediv(values - ends[0], ends[1] - ends[0], name="scaled_values")
        places = elementwise.floor(steps * fractions, name="indices")
        places = casts.cast(clip_by_value(places, 0, steps - 1), dtypes.int32)
        return reshaping.reshape(places, sizes)
