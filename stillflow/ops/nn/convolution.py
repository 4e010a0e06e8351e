"""Two-dimensional convolution and its gradients, each of which is a convolution again.

Images are f[n, h, w, c] ("NHWC") or f[n, c, h, w] ("NCHW"), filters f[kh, kw, c, d]. The attributes
`strides`, `dilations` and `explicit_paddings` hold one entry (or a pair) for each axis of the
images.
"""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import FLOATS
from stillflow.graph.errors import UnimplementedError
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
    pairs_of,
)
from stillflow.ops.nn.windows import (
    PADDINGS,
    channels,
    limits,
    per_axis,
    shape_in,
    spatial,
)

_PADDINGS = (*PADDINGS, "EXPLICIT")
_ONES = (1, 1, 1, 1)


# Geometry ---------------------------------------------------------------------------------------


def _output_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    around = pairs_of(ctx.attrs["explicit_paddings"], 4)
    _check_explicit(around, ctx.attrs["data_format"])
    return output_shape(ctx, 4, around)


def _check_explicit(pairs: list[tuple[int, int]], data_format: str) -> None:
    if any(amount < 0 for pair in pairs for amount in pair):
        raise shapes.ShapeError("All elements of explicit_paddings must be nonnegative")
    if any(pairs[0]) or any(channels(pairs, data_format)):
        raise shapes.ShapeError(
            "Nonzero explicit padding in the batch or depth dimensions is not supported"
        )


# Ops --------------------------------------------------------------------------------------------


@op(
    "Conv2D",
    "input: T, filter: T -> output: T",
    shape=_output_shape,
    limits=limits(_PADDINGS),
    types={"T": FLOATS},
    total=True,
    flops=lambda x, w: 2 * math.prod(x[:3]) * math.prod(w),
)
def conv2d_op(
    xp,
    x,
    w,
    *,
    strides: list[int],
    padding: str,
    use_cudnn_on_gpu: bool = True,
    explicit_paddings: list[int] = (),  # type: ignore[assignment]
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, h, w, c], w: f[kh, kw, c, d] -> f[n, p, q, d]"""
    _check_operands(x.shape, w.shape, data_format)
    axes = axes_of(
        spatial(x.shape, data_format),
        w.shape,
        strides,
        padding,
        data_format,
        dilations,
        explicit_paddings,
    )
    return correlate(xp, x, w, axes, data_format)


def _check_operands(x: tuple[int, ...], w: tuple[int, ...], data_format: str) -> None:
    if len(x) != 4:
        refuse(f"input must be 4-dimensional{format_sizes(x)}")
    if len(w) != 4:
        refuse(f"filter must be 4-dimensional: {format_sizes(w)}")
    depth = channels(x, data_format)
    if depth != w[2]:
        if w[2] == 0 or depth % w[2]:
            refuse(f"input depth must be evenly divisible by filter depth: {depth} vs {w[2]}")
        raise UnimplementedError(
            None,
            None,
            "The Conv2D op currently does not support grouped convolutions on the CPU. A grouped "
            f"convolution was attempted to be run because the input depth of {depth} does not "
            f"match the filter input depth of {w[2]}",
        )


@op(
    "Conv2DBackpropInput",
    "input_sizes: int32, filter: T, out_backprop: T -> output: T",
    shape=shape_in(0),
    limits=limits(_PADDINGS),
    types={"T": FLOATS},
    total=True,
    static=("input_sizes",),
    flops=lambda sizes, w, dy: 2 * math.prod(dy) * math.prod(w[:3]),
)
def conv2d_backprop_input_op(
    xp,
    sizes,
    w,
    dy,
    *,
    strides: list[int],
    padding: str,
    use_cudnn_on_gpu: bool = True,
    explicit_paddings: list[int] = (),  # type: ignore[assignment]
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """sizes: i32[4], w: f[kh, kw, c, d], dy: f[n, p, q, d] -> f[sizes], images' gradient."""
    axes = axes_of(
        spatial(sizes.tolist(), data_format),
        w.shape,
        strides,
        padding,
        data_format,
        dilations,
        explicit_paddings,
    )
    check_counts(axes, dy.shape, data_format, "Conv2DCustomBackpropInput")
    return input_gradient(xp, w, dy, axes, data_format)


@op(
    "Conv2DBackpropFilter",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    shape=shape_in(1),
    limits=limits(_PADDINGS),
    types={"T": FLOATS},
    total=True,
    static=("filter_sizes",),
    flops=lambda x, sizes, dy: 2 * 9 * x[-1] * math.prod(dy),  # of 3 x 3, as far as shapes tell
)
def conv2d_backprop_filter_op(
    xp,
    x,
    sizes,
    dy,
    *,
    strides: list[int],
    padding: str,
    use_cudnn_on_gpu: bool = True,
    explicit_paddings: list[int] = (),  # type: ignore[assignment]
    data_format: str = "NHWC",
    dilations: list[int] = _ONES,  # type: ignore[assignment]
):
    """x: f[n, h, w, c], sizes: i32[4], dy: f[n, p, q, d] -> f[sizes], the filters' gradient."""
    axes = axes_of(
        spatial(x.shape, data_format),
        sizes.tolist(),
        strides,
        padding,
        data_format,
        dilations,
        explicit_paddings,
    )
    check_counts(axes, dy.shape, data_format, "Conv2DCustomBackpropFilter")
    return filter_gradient(xp, x, dy, axes, data_format)


def _attrs(op: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in op.defn.attr_names}


@conv2d_op.gradient
def conv2d_gradient(op, dy):
    x, w = op.inputs
    x_sizes, w_sizes = shape_of.shape_n([x, w])
    attrs = _attrs(op)
    dx = conv2d_backprop_input_op(x_sizes, w, dy, **attrs)
    return dx, conv2d_backprop_filter_op(x, w_sizes, dy, **attrs)


@conv2d_backprop_input_op.gradient
def conv2d_backprop_input_gradient(op, ddx):
    _, w, dy = op.inputs
    attrs = _attrs(op)
    dw = conv2d_backprop_filter_op(ddx, shape_of.shape(w), dy, **attrs)
    return None, dw, conv2d_op(ddx, w, **attrs)


@conv2d_backprop_filter_op.gradient
def conv2d_backprop_filter_gradient(op, ddw):
    x, _, dy = op.inputs
    attrs = _attrs(op)
    dx = conv2d_backprop_input_op(shape_of.shape(x), ddw, dy, **attrs)
    return dx, None, conv2d_op(x, ddw, **attrs)


# Public functions -------------------------------------------------------------------------------


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Returns images correlated with filters: f[n, h, w, c] and f[kh, kw, c, d] -> f[n, p, q, d].

    Args:
      strides, dilations: an int, one for each spatial axis, or one for each axis.
      padding: 'SAME', 'VALID', or a pair of amounts for each axis.
      data_format: 'NHWC', or 'NCHW' for images f[n, c, h, w].
    """
    filter = renamed("filter", filter, "filters", filters)
    layout = data_format or "NHWC"
    kind, explicit = _explicit(padding)
    return conv2d_op(
        input,
        filter,
        strides=per_axis(strides, "strides", layout),
        padding=kind,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=layout,
        dilations=per_axis(dilations, "dilations", layout),
        name=name,
    )


def _explicit(padding: Any) -> tuple[Any, list[int]]:
    """The attributes `padding` and `explicit_paddings`."""
    if not isinstance(padding, (list, tuple)):
        return padding, []
    for pair in padding:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(
                "When padding is a list, each element in padding must be a list of size 2. "
                f"Element with index {list(padding).index(pair)} of padding is {pair}"
            )
    if len(padding) != 4:
        raise ValueError(
            f"When padding is a list, it must be of size 4. Got padding of size: {len(padding)}"
        )
    return "EXPLICIT", [int(amount) for pair in padding for amount in pair]


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Returns the gradient of conv2d by its images, of shape `input_sizes`, i32[4]."""
    kind, explicit = _explicit(padding)
    return conv2d_backprop_input_op(
        input_sizes,
        renamed("filter", filter, "filters", filters),
        out_backprop,
        strides=per_axis(strides, "strides", data_format),
        padding=kind,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=per_axis(dilations, "dilations", data_format),
        name=name,
    )


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Returns the gradient of conv2d by its filters, of shape `filter_sizes`, i32[4]."""
    kind, explicit = _explicit(padding)
    return conv2d_backprop_filter_op(
        input,
        filter_sizes,
        out_backprop,
        strides=per_axis(strides, "strides", data_format),
        padding=kind,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        explicit_paddings=explicit,
        data_format=data_format,
        dilations=per_axis(dilations, "dilations", data_format),
        name=name,
    )


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the transpose of conv2d: f[n, p, q, d] and f[kh, kw, c, d] -> f[output_shape]."""
    value = renamed("value", value, "input", input)
    filter = renamed("filter", filter, "filters", filters)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        return conv2d_backprop_input(
            output_shape,
            filter,
            value,
            strides,
            padding,
            data_format=data_format or "NHWC",
            dilations=_ONES if dilations is None else dilations,
            name=scope,
        )
