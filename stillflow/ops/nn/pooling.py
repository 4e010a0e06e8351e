"""Pooling over two spatial axes: the largest or the mean of what a window sees.

Images are n[n, h, w, c] ("NHWC") or n[n, c, h, w] ("NCHW"); `ksize` and `strides` hold one number
for each axis. A maximum is a chain over strided slices: on the CPU that is many times as fast as
XLA's window reductions, and their gradients do not give a tie to the first, as TensorFlow does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.nn.pooled import (
    attrs_of,
    chosen,
    first_hits,
    led_by_nan,
    means,
    means_gradient,
    routed,
    seen_by,
    zeros_and,
)
from stillflow.ops.nn.windows import (
    LAYOUTS,
    Axis,
    axis_of,
    channels,
    channels_last,
    count_of,
    from_channels_last,
    in_layout,
    limits,
    per_axis,
    spatial,
    untap,
)

_REAL = FLOATS + INTEGERS
POOLED = tuple(t for t in _REAL if t.name not in ("uint32", "uint64"))
_LIMITS = limits(ksize=4, strides=4)
LAYOUTS_OF_MAX = (*LAYOUTS, "NCHW_VECT_C")  # the last one only while building


# Geometry ---------------------------------------------------------------------------------------


def pooled_sizes(
    images: shapes.Sizes,
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str = "NHWC",
) -> tuple[int | None, ...]:
    """Images -> one pixel for each window."""
    for name, given in (("stride", len(strides)), ("ksize", len(ksize))):
        if given != 4:
            raise shapes.ShapeError(
                f"MaxPool requires the {name} attribute to contain 4 values, but got: {given}"
            )
    images = shapes.with_rank(images, 4)
    counts = [
        count_of(size, window, step, padding)
        for size, window, step in zip(
            spatial(images, data_format),
            spatial(ksize, data_format),
            spatial(strides, data_format),
            strict=True,
        )
    ]
    return in_layout(images[0], counts, channels(images, data_format), data_format)


def sizes_over_any(
    images: shapes.Sizes,
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str = "NHWC",
) -> tuple[int | None, ...]:
    """`pooled_sizes`, where windows may lie along the channels too."""
    sizes = pooled_sizes(images, ksize, strides, padding, data_format)
    window, step = channels(ksize, data_format), channels(strides, data_format)
    depth = count_of(channels(sizes, data_format), window, step, padding)
    return in_layout(sizes[0], spatial(sizes, data_format), depth, data_format)


def _pooled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return pooled_sizes(ctx.shape(0), **_geometry(ctx.attrs))


def _pooled_over_any(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return sizes_over_any(ctx.shape(0), **_geometry(ctx.attrs))


def _geometry(attrs: dict[str, Any]) -> dict[str, Any]:
    return {name: attrs[name] for name in ("ksize", "strides", "padding", "data_format")}


def axes_of_images(
    sizes: Sequence[int],
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str,
) -> list[Axis]:
    """How the windows lie on images of `sizes`, in the order of `data_format`."""
    if len(sizes) != 4:
        refuse(f"tensor_in must be 4-dimensional: {format_sizes(tuple(sizes))}")
    for axis, (window, step) in enumerate(zip(ksize, strides, strict=True)):
        for name, number in (("ksize", window), ("strides", step)):
            if number <= 0:
                refuse(f"Sliding window {name} for dimension {axis} was zero.")
    if ksize[0] != 1 or strides[0] != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the batch dimension.")
    if channels(ksize, data_format) != 1 or channels(strides, data_format) != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the depth dimension.")
    places, windows, steps = (spatial(per, data_format) for per in (sizes, ksize, strides))
    return [axis_of(places[i], windows[i], steps[i], padding) for i in range(2)]


# The largest ------------------------------------------------------------------------------------


@op(
    "MaxPool",
    "input: T -> output: T",
    shape=_pooled_over_any,
    types={"T": POOLED},
    defaults={"T": dtypes.float32},
    limits=limits(layouts=LAYOUTS_OF_MAX, ksize=4, strides=4),
)
def max_pool_op(
    xp, x, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NHWC"
):
    """x: n[n, h, w, c] -> n[n, p, q, c]"""
    if channels(ksize, data_format) > 1 and x.ndim == 4:
        return _pooled_over_depth(xp, x, ksize, strides, data_format)
    axes = axes_of_images(x.shape, ksize, strides, padding, data_format)
    seen = seen_by(xp, x, axes, data_format)
    # A number wins over NaN, and the lowest is where there is none, as in TensorFlow.
    largest = reduce(xp.fmax, seen)
    if np.dtype(x.dtype).kind not in "iu":
        largest = xp.fmax(largest, np.asarray(dtypes.as_dtype(x.dtype).min, x.dtype))
    return from_channels_last(xp, largest, data_format)


def _pooled_over_depth(
    xp: Any, x: Any, ksize: Sequence[int], strides: Sequence[int], data_format: str
) -> Any:
    """x: n[n, h, w, c] -> n[n, h, w, c/k], the largest of each `k` neighbouring channels."""
    window, depth = channels(ksize, data_format), channels(x.shape, data_format)
    reason = (
        "MaxPooling supports exactly one of pooling across depth or pooling across width/height."
        if max(spatial(ksize, data_format)) > 1
        else "Depthwise max pooling requires the depth window to equal the depth stride."
        if window != channels(strides, data_format)
        else "Depthwise max pooling requires the depth window to evenly divide the input depth."
        if depth % window
        else ""
    )
    if reason:
        raise UnimplementedError(None, None, reason)
    images = channels_last(xp, x, data_format)
    groups = xp.reshape(images, (*images.shape[:3], depth // window, window))
    largest = reduce(xp.fmax, [groups[..., i] for i in range(window)])
    return from_channels_last(xp, largest, data_format)


@op(
    "MaxPoolGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 4),
    limits=_LIMITS,
    types={"T": _REAL},
    defaults={"T": dtypes.float32},
    total=True,
)
def max_pool_grad(
    xp, x, y, dy, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NHWC"
):
    """x: n[n, h, w, c], y, dy: n[n, p, q, c] -> n[n, h, w, c], dy at a window's first largest."""
    axes = axes_of_images(x.shape, ksize, strides, padding, data_format)
    y, dy = channels_last(xp, y, data_format), channels_last(xp, dy, data_format)
    seen = seen_by(xp, x, axes, data_format)
    firsts = first_hits(xp, seen, y, led_by_nan(xp, seen, axes))
    dx = untap(xp, routed(xp, dy, firsts), axes)
    return from_channels_last(xp, dx, data_format)


@op(
    "MaxPoolGradGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(1), 4),
    limits=_LIMITS,
    types={"T": _REAL},
    total=True,
)
def max_pool_grad_grad(
    xp, x, y, ddx, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NHWC"
):
    """x, ddx: n[n, h, w, c], y: n[n, p, q, c] -> n[n, p, q, c], ddx at a window's first largest."""
    axes = axes_of_images(x.shape, ksize, strides, padding, data_format)
    seen = seen_by(xp, x, axes, data_format)
    largest = channels_last(xp, y, data_format)
    firsts = first_hits(xp, seen, largest, led_by_nan(xp, seen, axes))
    return from_channels_last(xp, chosen(xp, ddx, firsts, axes, data_format), data_format)


@max_pool_op.gradient
def max_pool_gradient(op, dy):
    return max_pool_grad(op.inputs[0], op.outputs[0], dy, **attrs_of(op))


@max_pool_grad.gradient
def max_pool_grad_gradient(op, ddx):
    return zeros_and(max_pool_grad_grad, op, ddx)


@max_pool_grad_grad.gradient
def max_pool_grad_grad_gradient(op, dy):
    return zeros_and(max_pool_grad, op, dy)


# The mean ---------------------------------------------------------------------------------------


@op("AvgPool", "value: T -> output: T", shape=_pooled, types={"T": FLOATS}, limits=_LIMITS)
def avg_pool_op(
    xp, x, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NHWC"
):
    """x: f[n, h, w, c] -> f[n, p, q, c]; what is padded does not count."""
    axes = axes_of_images(x.shape, ksize, strides, padding, data_format)
    return means(xp, x, axes, data_format)


@op(
    "AvgPoolGrad",
    "orig_input_shape: int32, grad: T -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.value_as_shape(0), 4),
    limits=_LIMITS,
    types={"T": FLOATS},
    total=True,
    static=("orig_input_shape",),
)
def avg_pool_grad(
    xp, sizes, dy, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NHWC"
):
    """sizes: i32[4], dy: f[n, p, q, c] -> f[sizes]"""
    axes = axes_of_images(sizes.tolist(), ksize, strides, padding, data_format)
    return means_gradient(xp, dy, axes, data_format)


@avg_pool_op.gradient
def avg_pool_gradient(op, dy):
    return avg_pool_grad(shape_of.shape(op.inputs[0]), dy, **attrs_of(op))


@avg_pool_grad.gradient
def avg_pool_grad_gradient(op, ddx):
    sizes = stop_gradient(op.inputs[0])
    return sizes, avg_pool_op(ddx, **attrs_of(op))


# Public functions -------------------------------------------------------------------------------


def _public(pool: Any, x: Any, ksize: Any, strides: Any, data_format: str, **rest: Any) -> Tensor:
    return pool(
        x,
        ksize=per_axis(ksize, "ksize", data_format),
        strides=per_axis(strides, "strides", data_format),
        data_format=data_format,
        **rest,
    )


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """Returns the largest of what each window sees: n[n, h, w, c] -> n[n, p, q, c].

    `ksize` and `strides` are an int, one for each spatial axis, or one for each axis; `padding` is
    'SAME' or 'VALID'; `data_format` 'NHWC' or 'NCHW'.
    """
    value = renamed("value", value, "input", input)
    with name_scope(name, "MaxPool", [value]) as scope:
        layout = data_format or "NHWC"
        _check_ksize(ksize)
        value = convert_to_tensor(value, name="input")
        return _public(max_pool_op, value, ksize, strides, layout, padding=padding, name=scope)


def _check_ksize(ksize: Any) -> None:
    if not np.all(ksize):
        raise ValueError("ksize cannot be zero.")


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
) -> Tensor:
    """Returns the largest of what each window sees, as max_pool does."""
    with name_scope(name, "MaxPool2d", [input]) as scope:
        return max_pool(input, ksize, strides, padding, data_format, name=scope)


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """Returns the mean of what each window sees: f[n, h, w, c] -> f[n, p, q, c].

    `ksize` and `strides` are an int, one for each spatial axis, or one for each axis; `padding` is
    'SAME' or 'VALID'; `data_format` 'NHWC' or 'NCHW'.
    """
    value = renamed("value", value, "input", input)
    with name_scope(name, "AvgPool", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        layout = data_format or "NHWC"
        return _public(avg_pool_op, value, ksize, strides, layout, padding=padding, name=scope)


avg_pool2d = avg_pool
