"""Patches of volumes: the block around each place, laid out in the depth."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import REAL_NUMBERS
from stillflow.graph.errors import OutOfRangeError, UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.ops.array import gathering, ranging, reshaping, shape_of, stacking, transposing
from stillflow.ops.image.patches import count_windows, geometry
from stillflow.ops.nn.windows import PADDINGS


def _patch_grid(ctx: shapes.ShapeContext) -> shapes.Sizes:
    batch, *space, channels = shapes.with_rank(ctx.shape(0), 5)
    attrs = ctx.attrs
    for name in ("ksizes", "strides"):
        if len(attrs[name]) != 5:
            raise shapes.ShapeError(
                f"ExtractVolumePatches requires the {name} attribute to contain 5 values, but got: "
                f"{len(attrs[name])}"
            )
    windows, strides = attrs["ksizes"][1:4], attrs["strides"][1:4]
    counts = [
        count_windows(size, window, stride, 1, attrs["padding"])
        for size, window, stride in zip(space, windows, strides, strict=True)
    ]
    depth = None if channels is None else channels * int(np.prod(windows))
    if None in space:  # then TensorFlow's shape has an axis less than what comes out
        return (batch, None, None, depth)
    return (batch, *counts, depth)


@op(
    "ExtractVolumePatches",
    "input: T -> patches: T",
    shape=_patch_grid,
    types={"T": REAL_NUMBERS},
    limits={"ksizes": 5, "strides": 5, "padding": PADDINGS},
)
def extract_volume_patches_op(xp, x, *, ksizes: list[int], strides: list[int], padding: str):
    """x: n[n, d, h, w, c] -> n[n, planes, rows, columns, kd*kh*kw*c], a block at each stride.

    SAME padding continues the volume with zeros.
    """
    for name, numbers in (("ksizes", ksizes), ("strides", strides)):
        if numbers[0] != 1 or numbers[4] != 1:
            raise UnimplementedError(None, None, f"Only support {name} across space.")
        if min(numbers) <= 0:
            raise OutOfRangeError(None, None, f"{name} is out of range.")
    if x.ndim != 5:
        refuse(f"input must be 5-dimensional{shapes.format_sizes(x.shape)}")
    axes = [geometry(x.shape[axis], ksizes[axis], strides[axis], 1, padding) for axis in (1, 2, 3)]
    margins = [(0, 0), *((before, after) for _, before, after in axes), (0, 0)]
    padded = xp.pad(x, margins)
    blocks = []
    for starts in itertools.product(*map(range, ksizes[1:4])):
        places = [
            slice(start, start + (count - 1) * stride + 1, stride)
            for start, (count, _, _), stride in zip(starts, axes, strides[1:4], strict=True)
        ]
        blocks.append(padded[(slice(None), *places)])
    return xp.concatenate(blocks, -1)


@extract_volume_patches_op.gradient
def extract_volume_patches_gradient(op, dy):
    """Each element of the volume collects from the blocks it is in, found by extracting numbers."""
    sizes = shape_of.shape(op.inputs[0])
    batch, planes, rows, columns, channels = stacking.unstack(sizes, 5)
    places = planes * rows * columns
    numbers = reshaping.reshape(
        ranging.range_(1, places + 1), stacking.stack([1, planes, rows, columns, 1])
    )
    patches = extract_volume_patches_op(numbers, **op.defn.fn_attrs(op.attrs))
    # The padding's -1 is summed nowhere.
    sources = reshaping.reshape(patches, [-1]) - 1
    by_patch = reshaping.reshape(dy, stacking.stack([batch, -1, channels]))
    by_place = gathering.unsorted_segment_sum(
        transposing.transpose(by_patch, [1, 0, 2]), sources, places
    )
    return reshaping.reshape(transposing.transpose(by_place, [1, 0, 2]), sizes)


def extract_volume_patches(
    input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None
) -> Tensor:
    """input: n[n, d, h, w, c] -> n[n, planes, rows, columns, kd*kh*kw*c], a block at each stride.

    `ksizes` and `strides` are [1, planes, rows, columns, 1]; `padding` is 'VALID' or 'SAME'.
    """
    return extract_volume_patches_op(
        input, ksizes=ksizes, strides=strides, padding=padding, name=name
    )
