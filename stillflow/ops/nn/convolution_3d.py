"""Three-dimensional convolution and its gradients, each of which is a convolution again.

Volumes are f[n, z, y, x, c] ("NDHWC") or f[n, c, z, y, x] ("NCDHW"), filters f[kz, ky, kx, c, d].
The attributes `strides` and `dilations` hold one entry for each axis of the volumes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FLOATS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.nn.correlating import (
    axes_of,
    check_counts,
    correlate,
    filter_gradient,
    input_gradient,
    output_shape,
)
from stillflow.ops.nn.windows import VOLUMES, channels, limits, per_axis, shape_in, spatial

_ONES = (1, 1, 1, 1, 1)
_LIMITS = limits(layouts=VOLUMES, strides=5)


def _output_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for name, attr in (("dilation", "dilations"), ("stride", "strides")):
        given = len(ctx.attrs[attr])
        if given != 5:
            raise shapes.ShapeError(
                f"Conv3D requires the {name} attribute to contain 5 values, but got: {given}"
            )
    return output_shape(ctx, 5)


@op(
    "Conv3D",
    "input: T, filter: T -> output: T",
    shape=_output_shape,
    limits=_LIMITS,
    types={"T": FLOATS},
    total=True,
    flops=lambda x, w: 2 * math.prod(x[:4]) * math.prod(w),
)
def conv3d_op(
    xp,
    x,
    w,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NDHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, z, y, x, c], w: f[kz, ky, kx, c, d] -> f[n, p, q, r, d]"""
    _check_operands(x.shape, w.shape, data_format)
    places = spatial(x.shape, data_format)
    axes = axes_of(places, w.shape, strides, padding, data_format, dilations)
    return correlate(xp, x, w, axes, data_format)


def _check_operands(x: Sequence[int], w: Sequence[int], data_format: str) -> None:
    for name, sizes in (("input", x), ("filter", w)):
        if len(sizes) != 5:
            refuse(f"{name} must be 5-dimensional")
    depth = channels(x, data_format)
    if depth != w[3]:
        refuse(f"Input depth must be evenly divisible by filter depth: {depth} vs {w[3]}")


@op(
    "Conv3DBackpropInputV2",
    "input_sizes: Tshape, filter: T, out_backprop: T -> output: T",
    shape=shape_in(0, rank=5),
    limits=_LIMITS,
    types={"T": FLOATS, "Tshape": (dtypes.int32, dtypes.int64)},
    defaults={"Tshape": dtypes.int32},
    total=True,
    static=("input_sizes",),
    flops=lambda sizes, w, dy: 2 * math.prod(dy) * math.prod(w[:4]),
)
def conv3d_backprop_input(
    xp,
    sizes,
    w,
    dy,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NDHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """sizes: i[5], w: f[kz, ky, kx, c, d], dy: f[n, p, q, r, d] -> f[sizes]"""
    places = spatial(sizes.tolist(), data_format)
    axes = axes_of(places, w.shape, strides, padding, data_format, dilations)
    check_counts(axes, dy.shape, data_format, "Conv3DBackpropInput")
    return input_gradient(xp, w, dy, axes, data_format)


@op(
    "Conv3DBackpropFilterV2",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    shape=shape_in(1, rank=5),
    limits=_LIMITS,
    types={"T": FLOATS},
    total=True,
    static=("filter_sizes",),
    flops=lambda x, sizes, dy: 2 * 27 * x[-1] * math.prod(dy),  # of 3 x 3 x 3: shapes do not tell
)
def conv3d_backprop_filter(
    xp,
    x,
    sizes,
    dy,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NDHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, z, y, x, c], sizes: i32[5], dy: f[n, p, q, r, d] -> f[sizes]"""
    places = spatial(x.shape, data_format)
    axes = axes_of(places, sizes.tolist(), strides, padding, data_format, dilations)
    check_counts(axes, dy.shape, data_format, "Conv3DBackpropFilter")
    return filter_gradient(xp, x, dy, axes, data_format)


def _attrs(op: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in op.defn.attr_names}


@conv3d_op.gradient
def conv3d_gradient(op, dy):
    (x, w), attrs = op.inputs, _attrs(op)
    dx = conv3d_backprop_input(shape_of.shape(x), w, dy, **attrs)
    return dx, conv3d_backprop_filter(x, shape_of.shape(w), dy, **attrs)


@conv3d_backprop_input.gradient
def conv3d_backprop_input_gradient(op, ddx):
    (_, w, dy), attrs = op.inputs, _attrs(op)
    dw = conv3d_backprop_filter(ddx, shape_of.shape(w), dy, **attrs)
    return None, dw, conv3d_op(ddx, w, **attrs)


@conv3d_backprop_filter.gradient
def conv3d_backprop_filter_gradient(op, ddw):
    (x, _, dy), attrs = op.inputs, _attrs(op)
    dx = conv3d_backprop_input(shape_of.shape(x), ddw, dy, **attrs)
    return dx, None, conv3d_op(x, ddw, **attrs)


# Public functions -------------------------------------------------------------------------------


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    data_format: str = "NDHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Returns volumes correlated with filters.

    input: f[n, z, y, x, c], filter: f[kz, ky, kx, c, d] -> f[n, p, q, r, d]. `strides` and
    `dilations` hold one number for each of the five axes.
    """
    return conv3d_op(
        input,
        renamed("filter", filter, "filters", filters),
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
        name=name,
    )


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the transpose of conv3d.

    value: f[n, p, q, r, d], filter: f[kz, ky, kx, c, d] -> f[output_shape]. `strides` is an int,
    one for each spatial axis, or one for each axis.
    """
    value = renamed("value", value, "input", input)
    filter = renamed("filter", filter, "filters", filters)
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        layout = data_format or "NDHWC"
        return conv3d_backprop_input(
            output_shape,
            filter,
            value,
            strides=per_axis(strides, "strides", layout, length=3),
            padding=padding,
            data_format=layout,
            dilations=per_axis(dilations, "dilations", layout, length=3),
            name=scope,
        )
