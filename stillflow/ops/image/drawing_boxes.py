"""Boxes drawn on pictures. The ops run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor

_PAINTED: dict[str, Any] = {
    "types": {"T": types("float32 float16")},
    "defaults": {"T": dtypes.float32},
    "host": True,
}
_COLOURS = np.array(
    [
        *([1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1]),
        *([0.5, 0.5, 0, 1], [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1]),
    ],
    np.float32,
)
_DEPTH = "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)"


def _drawn(ctx: ShapeContext) -> Sizes:
    images = shapes.with_rank(ctx.shape(0), 4)
    if images[3] not in (1, 3, 4, None):
        raise ShapeError(_DEPTH)
    *_, corners = shapes.with_rank(ctx.shape(1), 3)
    if corners not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {corners}")
    return ctx.shape(0)


def _drawn_in_colours(ctx: ShapeContext) -> Sizes:
    return shapes.with_rank_at_least(ctx.shape(0), 3)


def _draw(images: Any, boxes: Any, colours: Any = None) -> np.ndarray:
    if images.ndim != 4:
        refuse("The rank of the images should be 4")
    if boxes.ndim != 3:
        refuse("The rank of the boxes tensor should be 3")
    if len(images) != len(boxes):
        refuse("The batch sizes should be the same")
    _, height, width, depth = images.shape
    if depth not in (1, 3, 4):
        refuse(_DEPTH)
    if colours is not None and colours.ndim != 2:
        refuse(f"colors must be a 2-D matrix{format_sizes(colours.shape)}")
    if colours is not None and colours.shape[1] < depth:
        found = format_sizes(colours.shape)
        refuse(f"colors must have equal or more channels than the image provided: {found}")
    if colours is None or not colours.size:
        colours = np.ones_like(_COLOURS) if depth == 1 else _COLOURS
    painted = np.array(images)
    last = np.array([height - 1, width - 1] * 2, np.float32)
    for canvas, own in zip(painted, boxes.astype(np.float32), strict=True):
        for number, (top, left, bottom, right) in enumerate((own * last).astype(np.int64).tolist()):
            if top <= bottom and left <= right:
                colour = colours[number % len(colours), :depth]
                _outline(canvas, top, left, bottom, right, colour)
    return painted


def _outline(
    canvas: np.ndarray, top: int, left: int, bottom: int, right: int, colour: np.ndarray
) -> None:
    """Paints the sides that are within the picture."""
    height, width, _ = canvas.shape
    if top >= height or bottom < 0 or left >= width or right < 0:
        return
    rows = slice(max(top, 0), min(bottom, height - 1) + 1)
    columns = slice(max(left, 0), min(right, width - 1) + 1)
    for row in (top, bottom):
        if 0 <= row < height:
            canvas[row, columns] = colour
    for column in (left, right):
        if 0 <= column < width:
            canvas[rows, column] = colour


@op("DrawBoundingBoxes", "images: T, boxes: float32 -> output: T", shape=_drawn, **_PAINTED)
def draw_bounding_boxes_op(xp, images, boxes):
    """images: f[n, h, w, 1, 3 or 4], boxes: f32[n, k, 4] -> the images with the boxes on them."""
    return _draw(images, boxes)


draw_bounding_boxes_op.not_differentiable()


@op(
    "DrawBoundingBoxesV2",
    "images: T, boxes: float32, colors: float32 -> output: T",
    shape=_drawn_in_colours,
    **_PAINTED,
)
def draw_bounding_boxes_v2_op(xp, images, boxes, colors):
    """DrawBoundingBoxes in the colours f32[m, at least c], one after the other."""
    return _draw(images, boxes, colors)


def draw_bounding_boxes_v2(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Tensor:
    """images: f[n, h, w, 1, 3 or 4], boxes: f32[n, k, 4] -> the images with the boxes on them.

    A box is (top, left, bottom, right), from 0 to 1; sides outside of the image are not drawn.
    `colors`, f32[m, 4], are taken in turn; None for TensorFlow's ten.
    """
    if colors is None:
        return draw_bounding_boxes_op(images, boxes, name)
    return draw_bounding_boxes_v2_op(images, boxes, colors, name)


def draw_bounding_boxes(
    images: Any, boxes: Any, name: str | None = None, colors: Any = None
) -> Tensor:
    """`draw_bounding_boxes_v2` with TensorFlow 1's signature."""
    return draw_bounding_boxes_v2(images, boxes, colors, name)
