"""Greyscale morphology of images: dilation is the largest sum of a pixel and its place's value.

Each channel has a structuring function of its own: images n[n, h, w, c], filters n[kh, kw, c].
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reversing
from stillflow.ops.math import elementwise
from stillflow.ops.nn.pooled import attrs_of, first_hits, lies_within
from stillflow.ops.nn.windows import PADDINGS, Axis, axis_of, count_of, offsets, padded, taps, untap

_REAL = FLOATS + INTEGERS
_LIMITS: dict[str, Any] = {"padding": PADDINGS, "strides": 4, "rates": 4}


def _dilated(ctx: shapes.ShapeContext) -> shapes.Sizes:
    images, filters = shapes.with_rank(ctx.shape(0), 4), shapes.with_rank(ctx.shape(1), 3)
    for name, attr in (("stride", "strides"), ("rates", "rates")):
        given = len(ctx.attrs[attr])
        if given != 4:
            raise shapes.ShapeError(
                f"Dilation2D requires the {name} attribute to contain 4 values, but got: {given}"
            )
    if None in (*images[1:3], *filters[:2]):
        return images[0], None, None, filters[2]
    shapes.merge_size(images[3], filters[2])
    counts = [
        count_of(
            images[1 + i],
            filters[i],
            ctx.attrs["strides"][1 + i],
            ctx.attrs["padding"],
            ctx.attrs["rates"][1 + i],
        )
        for i in range(2)
    ]
    return images[0], *counts, filters[2]


def _axes(
    x: Sequence[int], w: Sequence[int], strides: Sequence[int], rates: Sequence[int], padding: str
) -> list[Axis]:
    for name, per in (("Stride", strides), ("Rate", rates)):
        if per[0] != 1 or per[3] != 1:
            raise UnimplementedError(
                None, None, f"{name} is only supported across spatial dimensions."
            )
    if len(x) != 4:
        refuse(f"input must be 4-dimensional{format_sizes(tuple(x))}")
    if len(w) != 3:
        refuse(f"filter must be 3-dimensional: {format_sizes(tuple(w))}")
    if x[3] != w[2]:
        refuse(f"input and filter must have the same depth: {x[3]} vs {w[2]}")
    return [axis_of(x[1 + i], w[i], strides[1 + i], padding, rates[1 + i]) for i in range(2)]


def _sums(xp: Any, x: Any, w: Any, axes: list[Axis]) -> list[Any]:
    """For each place of the window the sum there, n[n, p, q, c]; the least number in padding."""
    lowest = _lowest(x.dtype)
    return [
        xp.where(within, xp.add(part, w[at]), lowest)
        for part, at, within in zip(
            taps(padded(xp, x, axes), axes), offsets(axes), lies_within(axes), strict=True
        )
    ]


def _lowest(dtype: Any) -> Any:
    """The least finite number."""
    dtype = np.dtype(dtype)
    return dtype.type(np.iinfo(dtype).min if dtype.kind in "iu" else np.finfo(dtype).min)


def _firsts(xp: Any, x: Any, w: Any, axes: list[Axis]) -> list[Any]:
    """For each place of the window, where it is the first with the largest sum."""
    sums = _sums(xp, x, w, axes)
    return first_hits(xp, sums, reduce(xp.fmax, sums))


@op(
    "Dilation2D",
    "input: T, filter: T -> output: T",
    shape=_dilated,
    types={"T": _REAL},
    limits=_LIMITS,
)
def dilation2d_op(xp, x, w, *, strides: list[int], rates: list[int], padding: str):
    """x: n[n, h, w, c], w: n[kh, kw, c] -> n[n, p, q, c]"""
    axes = _axes(x.shape, w.shape, strides, rates, padding)
    return reduce(xp.fmax, _sums(xp, x, w, axes))


@op(
    "Dilation2DBackpropInput",
    "input: T, filter: T, out_backprop: T -> in_backprop: T",
    shape=lambda ctx: ctx.shape(0),
    types={"T": _REAL},
    limits=_LIMITS,
)
def dilation2d_backprop_input(xp, x, w, dy, *, strides: list[int], rates: list[int], padding: str):
    """x: n[n, h, w, c], w: n[kh, kw, c], dy: n[n, p, q, c] -> n[n, h, w, c]"""
    axes = _axes(x.shape, w.shape, strides, rates, padding)
    _check_gradient(axes, x.shape, dy.shape)
    firsts = _firsts(xp, x, w, axes)
    return untap(xp, [xp.multiply(dy, first) for first in firsts], axes)


@op(
    "Dilation2DBackpropFilter",
    "input: T, filter: T, out_backprop: T -> filter_backprop: T",
    shape=lambda ctx: ctx.shape(1),
    types={"T": _REAL},
    limits=_LIMITS,
)
def dilation2d_backprop_filter(xp, x, w, dy, *, strides: list[int], rates: list[int], padding: str):
    """x: n[n, h, w, c], w: n[kh, kw, c], dy: n[n, p, q, c] -> n[kh, kw, c]"""
    axes = _axes(x.shape, w.shape, strides, rates, padding)
    _check_gradient(axes, x.shape, dy.shape)
    sums = [
        xp.sum(xp.multiply(dy, first), axis=(0, 1, 2), dtype=dy.dtype)
        for first in _firsts(xp, x, w, axes)
    ]
    return xp.reshape(xp.stack(sums), w.shape)


def _check_gradient(axes: list[Axis], x: Sequence[int], dy: Sequence[int]) -> None:
    if tuple(dy) != (x[0], *(axis.count for axis in axes), x[3]):
        refuse("out_backprop has incompatible size.")


@dilation2d_op.gradient
def dilation2d_gradient(op, dy):
    x, w = op.inputs
    attrs = attrs_of(op)
    dx = dilation2d_backprop_input(x, w, dy, **attrs)
    return dx, dilation2d_backprop_filter(x, w, dy, **attrs)


# Public functions -------------------------------------------------------------------------------


def dilation2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the largest sum of what a window sees and a structuring function.

    input: n[n, h, w, c], filter: n[kh, kw, c] -> n[n, p, q, c]. `strides` and `rates` hold one
    number for each axis of the images.
    """
    return dilation2d_op(
        input,
        renamed("filter", filter, "filters", filters),
        strides=strides,
        rates=renamed("rates", rates, "dilations", dilations),
        padding=padding,
        name=name,
    )


def erosion2d(
    value: Any, kernel: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """Returns the least difference of what a window sees and a structuring function.

    value: n[n, h, w, c], kernel: n[kh, kw, c] -> n[n, p, q, c]
    """
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        dilated = dilation2d_op(
            elementwise.negative(value),
            reversing.reverse(kernel, [0, 1]),
            strides=strides,
            rates=rates,
            padding=padding,
            name=scope,
        )
        return elementwise.negative(dilated)
