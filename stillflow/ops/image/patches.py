"""Patches: the window around each place of an image, laid out in its depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import REAL_NUMBERS
from stillflow.graph.errors import OutOfRangeError, UnimplementedError
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import (
    gathering,
    ranging,
    reshaping,
    shape_of,
    stacking,
    transposing,
)
from stillflow.ops.nn.windows import PADDINGS


def geometry(size: int, window: int, stride: int, rate: int, padding: str) -> tuple[int, int, int]:
    """How many windows fit along one axis, and the padding before and after it."""
    span = window + (window - 1) * (rate - 1)
    if padding == "VALID":
        return max(0, -(-(size - span + 1) // stride)), 0, 0
    count = -(-size // stride)
    total = max(0, (count - 1) * stride + span - size)
    return count, total // 2, total - total // 2


def count_windows(
    size: int | None, window: int, stride: int, rate: int, padding: str
) -> int | None:
    if size is None:
        return None
    if stride < 1:
        raise shapes.ShapeError(f"Stride must be > 0, but got {stride}")
    return geometry(size, window, stride, rate, padding)[0]


def _patch_grid(ctx: shapes.ShapeContext) -> shapes.Sizes:
    n, h, w, c = shapes.with_rank(ctx.shape(0), 4)
    attrs = ctx.attrs
    for name in ("ksizes", "strides", "rates"):
        if len(attrs[name]) != 4:
            raise shapes.ShapeError(
                f"ExtractImagePatches requires the {name} attribute to contain 4 values, but got: "
                f"{len(attrs[name])}"
            )
    space = [
        count_windows(size, window, stride, rate, attrs["padding"])
        for size, window, stride, rate in zip(
            (h, w),
            attrs["ksizes"][1:3],
            attrs["strides"][1:3],
            attrs["rates"][1:3],
            strict=True,
        )
    ]
    depth = None if c is None else c * attrs["ksizes"][1] * attrs["ksizes"][2]
    return (n, *space, depth)


@op(
    "ExtractImagePatches",
    "images: T -> patches: T",
    shape=_patch_grid,
    types={"T": REAL_NUMBERS},
    limits={"ksizes": 4, "strides": 4, "rates": 4, "padding": PADDINGS},
)
def extract_image_patches_op(
    xp,
    images,
    *,
    ksizes: list[int],
    strides: list[int],
    rates: list[int],
    padding: str,
):
    """images: n[n, h, w, c] -> n[n, rows, columns, kh*kw*c], the window that starts at each stride.

    Neighbours in a window are `rates` apart; SAME padding continues the image with zeros.
    """
    for name, numbers in (("ksizes", ksizes), ("strides", strides), ("rates", rates)):
        if numbers[0] != 1 or numbers[3] != 1:
            raise UnimplementedError(None, None, f"Only support {name} across space.")
        if min(numbers) <= 0:
            raise OutOfRangeError(None, None, f"{name} is out of range.")
    if images.ndim != 4:
        refuse(f"input must be 4-dimensional{shapes.format_sizes(images.shape)}")
    _, kh, kw, _ = ksizes
    rows, top, bottom = geometry(images.shape[1], kh, strides[1], rates[1], padding)
    columns, left, right = geometry(images.shape[2], kw, strides[2], rates[2], padding)
    padded = xp.pad(images, ((0, 0), (top, bottom), (left, right), (0, 0)))
    windows = [
        padded[
            :,
            y * rates[1] : y * rates[1] + (rows - 1) * strides[1] + 1 : strides[1],
            x * rates[2] : x * rates[2] + (columns - 1) * strides[2] + 1 : strides[2],
        ]
        for y in range(kh)
        for x in range(kw)
    ]
    return xp.concatenate(windows, -1)


@extract_image_patches_op.gradient
def extract_image_patches_gradient(op, dy):
    """Each element of the image collects from the patches it is in, found by extracting indices."""
    images = op.inputs[0]
    sizes = images.shape.sizes
    if sizes is None or None in sizes[1:]:
        return _found_in_the_run(op, dy)
    elements = int(np.prod(sizes[1:]))
    # 0 stands for the padding, so that elements count from 1.
    numbers = np.arange(1, elements + 1).reshape((1, *sizes[1:]))
    attrs = op.defn.fn_attrs(op.attrs)
    sources = extract_image_patches_op.fn(np, numbers, **attrs).reshape(-1) - 1
    by_patch = transposing.transpose(reshaping.reshape(dy, [-1, len(sources)]))
    by_element = gathering.unsorted_segment_sum(by_patch, sources.astype(np.int32), elements)
    return reshaping.reshape(transposing.transpose(by_element), shape_of.shape(images))


def _found_in_the_run(op: Operation, dy: Tensor) -> Tensor:
    """The same for an image whose height, width or depth only a run knows."""
    images = op.inputs[0]
    sizes = shape_of.shape(images)
    batch, height, width, depth = stacking.unstack(sizes, 4)
    numbers = reshaping.reshape(ranging.range_(1, height * width + 1), [1, height, width, 1])
    patches = extract_image_patches_op(numbers, **op.defn.fn_attrs(op.attrs))
    # The padding's -1 is summed nowhere.
    sources = reshaping.reshape(patches, [-1]) - 1
    by_patch = reshaping.reshape(dy, stacking.stack([batch, -1, depth]))
    by_place = transposing.transpose(by_patch, [1, 0, 2])
    by_pixel = gathering.unsorted_segment_sum(by_place, sources, height * width)
    return reshaping.reshape(transposing.transpose(by_pixel, [1, 0, 2]), sizes)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: str | None = None,
    name: str | None = None,
    sizes: Any = None,
) -> Tensor:
    """images: n[n, h, w, c] -> n[n, rows, columns, kh*kw*c], a window at each stride.

    `sizes`, `strides` and `rates` are [1, rows, columns, 1]; `ksizes` is the older name of the
    first. `padding` is 'VALID' or 'SAME'.
    """
    windows = sizes if sizes is not None else ksizes
    return extract_image_patches_op(
        images, ksizes=windows, strides=strides, rates=rates, padding=padding, name=name
    )


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """`extract_image_patches` with TensorFlow 2's signature."""
    return extract_image_patches_op(
        images, ksizes=sizes, strides=strides, rates=rates, padding=padding, name=name
    )
