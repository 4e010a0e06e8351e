"""Depthwise convolution: each channel has filters of its own. And its product with 1 x 1 filters.

A sum over the places of the window of slices times weights; on the CPU that is faster than XLA's
grouped convolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FLOATS
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.nn.convolution import conv2d_op
from stillflow.ops.nn.space_to_batch import with_space_to_batch
from stillflow.ops.nn.windows import (
    Axis,
    axis_of,
    channels,
    channels_last,
    count_of,
    from_channels_last,
    in_layout,
    limits,
    offsets,
    padded,
    shape_in,
    spatial,
    taps,
    untap,
)

_ONES = (1, 1, 1, 1)


def _output_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    data_format, padding = ctx.attrs["data_format"], ctx.attrs["padding"]
    if len(ctx.attrs["strides"]) != 4:
        raise shapes.ShapeError(
            "DepthwiseConv2D requires the stride attribute to contain 4 values, but got: "
            f"{len(ctx.attrs['strides'])}"
        )
    images, filters = shapes.with_rank(ctx.shape(0), 4), shapes.with_rank(ctx.shape(1), 4)
    depth = shapes.merge_size(channels(images, data_format), filters[2])
    counts = [
        count_of(size, window, step, padding, gap)
        for size, window, step, gap in zip(
            spatial(images, data_format),
            filters[:2],
            spatial(ctx.attrs["strides"], data_format),
            spatial(ctx.attrs["dilations"], data_format),
            strict=True,
        )
    ]
    unknown = depth is None or filters[3] is None
    results = None if unknown else depth * filters[3]  # type: ignore[operator]
    return in_layout(images[0], counts, results, data_format)


def _axes(
    sizes: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilations: Sequence[int],
) -> list[Axis]:
    steps, gaps = spatial(strides, data_format), spatial(dilations, data_format)
    places = spatial(sizes, data_format)
    return [axis_of(places[i], window[i], steps[i], padding, gaps[i]) for i in range(2)]


@op(
    "DepthwiseConv2dNative",
    "input: T, filter: T -> output: T",
    shape=_output_shape,
    limits=limits(),
    types={"T": FLOATS},
    total=True,
)
def depthwise_conv2d_op(
    xp,
    x,
    w,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, h, w, c], w: f[kh, kw, c, m] -> f[n, p, q, c * m]"""
    if x.ndim != 4:
        refuse(f"input must be 4-dimensional{shapes.format_sizes(x.shape)}")
    depth = channels(x.shape, data_format)
    if w.ndim == 4 and depth != w.shape[2]:
        refuse(f"input and filter must have the same depth: {depth} vs {w.shape[2]}")
    axes = _axes(x.shape, w.shape, strides, padding, data_format, dilations)
    seen = taps(padded(xp, channels_last(xp, x, data_format), axes), axes)
    terms = [
        xp.multiply(part[..., None], w[at]) for part, at in zip(seen, offsets(axes), strict=True)
    ]
    y = reduce(xp.add, terms)
    return from_channels_last(
        xp, xp.reshape(y, (*y.shape[:3], w.shape[2] * w.shape[3])), data_format
    )


@op(
    "DepthwiseConv2dNativeBackpropInput",
    "input_sizes: int32, filter: T, out_backprop: T -> output: T",
    shape=shape_in(0),
    limits=limits(),
    types={"T": FLOATS},
    total=True,
    static=("input_sizes",),
)
def depthwise_conv2d_native_backprop_input(
    xp,
    sizes,
    w,
    dy,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """sizes: i32[4], w: f[kh, kw, c, m], dy: f[n, p, q, c * m] -> f[sizes]"""
    axes = _axes(sizes.tolist(), w.shape, strides, padding, data_format, dilations)
    _check_gradient("Input", sizes.tolist(), w.shape, dy.shape, axes, data_format)
    dy = _by_channel(xp, dy, w.shape[2:], data_format)
    parts = (xp.sum(xp.multiply(dy, w[at]), axis=-1, dtype=w.dtype) for at in offsets(axes))
    return from_channels_last(xp, untap(xp, parts, axes), data_format)


@op(
    "DepthwiseConv2dNativeBackpropFilter",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    shape=shape_in(1),
    limits=limits(),
    types={"T": FLOATS},
    total=True,
    static=("filter_sizes",),
)
def depthwise_conv2d_native_backprop_filter(
    xp,
    x,
    sizes,
    dy,
    *,
    strides: list[int],
    padding: str,
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, h, w, c], sizes: i32[4], dy: f[n, p, q, c * m] -> f[sizes]"""
    window = sizes.tolist()
    axes = _axes(x.shape, window, strides, padding, data_format, dilations)
    _check_gradient("Filter", x.shape, window, dy.shape, axes, data_format)
    dy = _by_channel(xp, dy, window[2:], data_format)
    seen = taps(padded(xp, channels_last(xp, x, data_format), axes), axes)
    sums = [xp.einsum("npqc,npqcm->cm", part, dy) for part in seen]
    return xp.reshape(xp.stack(sums), window).astype(x.dtype)


def _check_gradient(
    of: str,
    images: Sequence[int],
    window: Sequence[int],
    dy: Sequence[int],
    axes: Sequence[Axis],
    data_format: str,
) -> None:
    """Fails the run unless `dy` has the shape of what the convolution gives for these sizes."""
    where = f"DepthwiseConv2DBackprop{of}: "
    for what, sizes in (("input", images), ("filter", window), ("out_backprop", dy)):
        if len(sizes) != 4:
            refuse(f"{where}{what} must be 4-dimensional")
    if images[0] != dy[0]:
        refuse(f"{where}input and out_backprop must have the same batch size")
    if channels(images, data_format) != window[2]:
        refuse(f"{where}input and filter must have the same in_depth")
    for name, axis, actual in zip(("rows", "cols"), axes, spatial(dy, data_format), strict=True):
        if axis.count != actual:
            refuse(
                f"{where}Number of {name} of out_backprop doesn't match computed: actual = "
                f"{actual}, computed = {axis.count}"
            )


def _by_channel(xp: Any, dy: Any, depths: Sequence[int], data_format: str) -> Any:
    """dy: f[n, p, q, c * m] -> f[n, p, q, c, m]"""
    images = channels_last(xp, dy, data_format)
    return xp.reshape(images, (*images.shape[:3], *depths))


def _attrs(op: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in op.defn.attr_names}


@depthwise_conv2d_op.gradient
def depthwise_conv2d_gradient(op, dy):
    (x, w), attrs = op.inputs, _attrs(op)
    dx = depthwise_conv2d_native_backprop_input(shape_of.shape(x), w, dy, **attrs)
    return dx, depthwise_conv2d_native_backprop_filter(x, shape_of.shape(w), dy, **attrs)


@depthwise_conv2d_native_backprop_input.gradient
def depthwise_conv2d_native_backprop_input_gradient(op, ddx):
    (_, w, dy), attrs = op.inputs, _attrs(op)
    dw = depthwise_conv2d_native_backprop_filter(ddx, shape_of.shape(w), dy, **attrs)
    return None, dw, depthwise_conv2d_op(ddx, w, **attrs)


@depthwise_conv2d_native_backprop_filter.gradient
def depthwise_conv2d_native_backprop_filter_gradient(op, ddw):
    (x, _, dy), attrs = op.inputs, _attrs(op)
    dx = depthwise_conv2d_native_backprop_input(shape_of.shape(x), ddw, dy, **attrs)
    return dx, None, depthwise_conv2d_op(x, ddw, **attrs)


# Public functions -------------------------------------------------------------------------------


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns each channel correlated with its own filters.

    input: f[n, h, w, c], filter: f[kh, kw, c, m] -> f[n, p, q, c * m]
    """
    return depthwise_conv2d_op(
        input,
        filter,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
        name=name,
    )


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns each channel correlated with its own filters, whose pixels lie `rate` apart.

    input: f[n, h, w, c], filter: f[kh, kw, c, m] -> f[n, p, q, c * m]
    """
    rate = renamed("rate", rate, "dilations", dilations)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        images = convert_to_tensor(input, name="tensor_in")
        filters = convert_to_tensor(filter, name="filter_in")
        return _depthwise(images, filters, strides, padding, rate, data_format, scope)


def _depthwise(
    images: Tensor,
    filters: Tensor,
    strides: Any,
    padding: str,
    rate: Any,
    data_format: str | None,
    name: str,
) -> Tensor:
    def convolve(apart: Tensor, _: int, kind: str) -> Tensor:
        layout = data_format or "NHWC"
        return depthwise_conv2d_native(apart, filters, strides, kind, layout, name=name)

    return with_space_to_batch(
        images,
        [1, 1] if rate is None else rate,
        padding,
        convolve,
        filter_shape=shape_of.shape(filters),
        data_format=data_format,
    )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns a depthwise convolution whose channels a 1 x 1 convolution then mixes.

    input: f[n, h, w, c], depthwise_filter: f[kh, kw, c, m], pointwise_filter: f[1, 1, c * m, d]
    -> f[n, p, q, d]
    """
    rate = renamed("rate", rate, "dilations", dilations)
    layout = data_format or "NHWC"
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        images = convert_to_tensor(input, name="tensor_in")
        filters = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        mixing = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        mixing.shape[:2].assert_is_compatible_with([1, 1])
        deep = _depthwise(images, filters, strides, padding, rate, layout, "depthwise")
        return conv2d_op(
            deep, mixing, strides=_ONES, padding="VALID", data_format=layout, name=scope
        )
