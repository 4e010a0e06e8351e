"""Correlation of images, or volumes, with filters, and its gradients, each a correlation again.

Images are f[n, ..., c] ("NHWC") or f[n, c, ...] ("NCHW"), filters f[window, c, d].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.refusing import refuse
from stillflow.ops.nn.windows import Axis, axis_of, channels, count_of, in_layout, spatial

NO_PADDING = (0, 0)


def pairs_of(explicit: Sequence[int], rank: int) -> list[tuple[int, int]]:
    """The paddings before and after each axis; none where they are not explicit."""
    flat = list(explicit) or [0] * (2 * rank)
    return list(zip(flat[::2], flat[1::2], strict=True))


def axes_of(
    places: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilations: Sequence[int],
    explicit_paddings: Sequence[int] = (),
) -> list[Axis]:
    """How filters f[window, ...] lie along the images' spatial axes, whose sizes are `places`."""
    if any(
        step != 1 for per in (strides, dilations) for step in (per[0], channels(per, data_format))
    ):
        refuse(
            "Current implementation does not yet support strides in the batch and depth dimensions."
        )
    around = spatial(pairs_of(explicit_paddings, len(strides)), data_format)
    steps, gaps = spatial(strides, data_format), spatial(dilations, data_format)
    return [
        axis_of(places[i], window[i], steps[i], padding, gaps[i], around[i])
        for i in range(len(places))
    ]


def output_shape(
    ctx: shapes.ShapeContext, rank: int, around: Sequence[tuple[int, int]] = ()
) -> shapes.Sizes:
    """Images and filters, of `rank` axes -> as many channels as there are filters.

    `around` are the paddings of each axis, where they are explicit.
    """
    data_format, padding = ctx.attrs["data_format"], ctx.attrs["padding"]
    images, filters = shapes.with_rank(ctx.shape(0), rank), shapes.with_rank(ctx.shape(1), rank)
    depth, filter_depth = channels(images, data_format), filters[-2]
    if depth is not None and filter_depth is not None and depth % filter_depth:
        raise shapes.ShapeError(
            f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})"
        )
    counts = [
        count_of(size, window, step, padding, gap, pair)
        for size, window, step, gap, pair in zip(
            spatial(images, data_format),
            filters[:-2],
            spatial(ctx.attrs["strides"], data_format),
            spatial(ctx.attrs["dilations"], data_format),
            spatial(around or [NO_PADDING] * rank, data_format),
            strict=True,
        )
    ]
    return in_layout(images[0], counts, filters[-1], data_format)


def check_counts(axes: Sequence[Axis], dy: tuple[int, ...], data_format: str, what: str) -> None:
    """Refuses output gradients that are no result of correlating along `axes`."""
    for i, (axis, actual) in enumerate(zip(axes, spatial(dy, data_format), strict=True)):
        if axis.count != actual:
            refuse(
                f"{what}: Size of out_backprop doesn't match computed: "
                f"actual = {actual}, computed = {axis.count} spatial_dim: {i + 1} "
                f"input: {axis.size} filter: {axis.window} output: {actual} "
                f"stride: {axis.stride} dilation: {axis.dilation}"
            )


# Kernels ----------------------------------------------------------------------------------------


def correlate(xp: Any, x: Any, w: Any, axes: Sequence[Axis], data_format: str) -> Any:
    """x: f[n, sizes, c], w: f[window, c, d] -> f[n, counts, d]"""
    return xp.convolve(
        x,
        w,
        (data_format, _letters(data_format) + "IO", data_format),
        [axis.stride for axis in axes],
        [(axis.before, axis.after) for axis in axes],
        w_dilation=[axis.dilation for axis in axes],
    )


def input_gradient(xp: Any, w: Any, dy: Any, axes: Sequence[Axis], data_format: str) -> Any:
    """w: f[window, c, d], dy: f[n, counts, d] -> f[n, sizes, c]

    Each pixel gathers from the windows that it was in: filters mirrored, channels exchanged.
    """
    return xp.convolve(
        dy,
        w[(slice(None, None, -1),) * len(axes)],
        (data_format, _letters(data_format) + "OI", data_format),
        (1,) * len(axes),
        [_around_input(axis) for axis in axes],
        [axis.stride for axis in axes],
        [axis.dilation for axis in axes],
    )


def _around_input(axis: Axis) -> tuple[int, int]:
    """The padding of dilated output gradients that gives as many places as the input had."""
    before = axis.reach - 1 - axis.before
    spread = (axis.count - 1) * axis.stride + 1
    return before, axis.size + axis.reach - 1 - spread - before


def filter_gradient(xp: Any, x: Any, dy: Any, axes: Sequence[Axis], data_format: str) -> Any:
    """x: f[n, sizes, c], dy: f[n, counts, d] -> f[window, c, d]

    The output gradients are the filters here, and examples and channels change places.
    """
    return xp.convolve(
        x,
        dy,
        (
            data_format.translate(_EXAMPLES_AS_CHANNELS),
            data_format.translate(_AS_FILTERS),
            _letters(data_format) + "NC",
        ),
        [axis.dilation for axis in axes],
        [_around_filter(axis) for axis in axes],
        w_dilation=[axis.stride for axis in axes],
    )


_EXAMPLES_AS_CHANNELS = str.maketrans("NC", "CN")
_AS_FILTERS = str.maketrans("NC", "IO")


def _letters(data_format: str) -> str:
    """The names of the spatial axes."""
    return data_format.replace("N", "").replace("C", "")


def _around_filter(axis: Axis) -> tuple[int, int]:
    """The padding of the input with which output gradients have as many places as filters have."""
    spread = (axis.count - 1) * axis.stride + 1
    return axis.before, spread + axis.reach - 1 - axis.size - axis.before
