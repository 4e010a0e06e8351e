"""Convolutions of pictures that are resized, and continued by their mirror images, before.

Graphs that were made ready for inference have them in place of two or three ops
(`interchange/fused_convolutions.py`). TensorFlow has no gradients of them, and gives the second and
later pictures of a mirrored batch rows of those before: here each is what it is alone.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.ops.array.padding import mirror_pad_op
from stillflow.ops.array.slicing import with_paddings
from stillflow.ops.image.resizing import resize_bilinear_op, resized
from stillflow.ops.nn.convolution import conv2d_op
from stillflow.ops.nn.windows import PADDINGS, count_of

_OPTIONS: dict[str, Any] = {
    "types": {"T": types("float16 float32 float64")},
    "limits": {"mode": ("REFLECT", "SYMMETRIC"), "padding": PADDINGS},
}


@op(
    "FusedPadConv2D",
    "input: T, paddings: int32, filter: T -> output: T",
    shape=lambda ctx: _convolved(ctx, shapes.with_rank(ctx.shape(0), 4), paddings_at=1),
    static=("paddings",),
    **_OPTIONS,
)
def fused_pad_conv2d_op(
    xp, pictures, paddings, filters, *, mode: str, strides: list[int], padding: str
):
    """input: f[n, h, w, c], paddings: i32[4, 2], filter: f[kh, kw, c, d] -> f[n, p, q, d]"""
    continued = _continued(xp, pictures, paddings, mode)
    return conv2d_op.fn(xp, continued, filters, strides=strides, padding=padding)


@op(
    "FusedResizeAndPadConv2D",
    "input: T, size: int32, paddings: int32, filter: T -> output: T",
    shape=lambda ctx: _convolved(ctx, resized(ctx), paddings_at=2),
    static=("size", "paddings"),
    **_OPTIONS,
)
def fused_resize_and_pad_conv2d_op(
    xp,
    pictures,
    size,
    paddings,
    filters,
    *,
    mode: str,
    strides: list[int],
    padding: str,
    resize_align_corners: bool = False,
):
    """input: f[n, h, w, c], size: i32[2], paddings: i32[4, 2], filter: f[kh, kw, c, d]
    -> f[n, p, q, d]"""
    larger = resize_bilinear_op.fn(xp, pictures, size, align_corners=resize_align_corners)
    continued = _continued(xp, larger.astype(pictures.dtype), paddings, mode)
    return conv2d_op.fn(xp, continued, filters, strides=strides, padding=padding)


def _continued(xp: Any, pictures: Any, paddings: Any, mode: str) -> Any:
    if pictures.size == 0:
        refuse("Input tensor can't be empty")
    continued = mirror_pad_op.fn(xp, pictures, paddings, mode=mode)
    for axis, what in ((0, "batches"), (3, "channels")):
        if paddings[axis].any():
            refuse(
                f"Fused mirror padding only support spatial padding, not {what}: "
                f"{format_sizes(paddings.shape)}"
            )
    return continued


def _convolved(ctx: ShapeContext, pictures: Any, paddings_at: int) -> Sizes:
    """The shape of pictures of that shape, padded and convolved."""
    rows, columns = shapes.with_rank(ctx.shape(paddings_at), 2)
    if rows is not None:
        shapes.with_rank(pictures, rows)
    if columns not in (None, 2):
        raise ShapeError(f"Dimension must be 2 but is {columns}")
    strides = ctx.attrs["strides"]
    if len(strides) != 4:
        raise ShapeError(
            f"Operation requires the stride attribute to contain 4 values, but got: {len(strides)}"
        )
    filters = shapes.with_rank(ctx.shape(paddings_at + 1), 4)
    padded = with_paddings(pictures, ctx.value(paddings_at))
    if None not in (padded[3], filters[2]) and padded[3] != filters[2]:
        raise ShapeError(f"Dimensions must be equal, but are {padded[3]} and {filters[2]}")
    counts = [
        count_of(padded[axis], filters[axis - 1], strides[axis], ctx.attrs["padding"])
        for axis in (1, 2)
    ]
    return (padded[0], *counts, filters[3])
