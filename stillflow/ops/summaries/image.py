"""`tf.summary.image`: pictures as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.image import png
from stillflow.ops.summaries.common import (
    collected,
    is_summary_skipped,
    new_summary,
    no_summary,
    serialized,
    summary_scope,
    text_of,
)

_RED = np.array([255, 0, 0, 255], np.uint8)
_TINY = 1e-6  # pixels that are all closer to 0 than this are drawn as 0


@op(
    "ImageSummary",
    "tag: string, tensor: T -> summary: string",
    shape=shapes.scalar,
    types={"T": types("uint8 float32 float16 float64")},
    limits={"max_images": 1},
    defaults={"T": dtypes.float32},
    host=True,
)
def image_summary_op(xp, tag, images, *, max_images: int = 3, bad_color: np.ndarray = _RED):
    """tag: string[], images: n[count, height, width, 1, 3 or 4] -> string[]

    Float pixels are scaled, image by image; one that is not finite takes `bad_color`.
    """
    images = np.asarray(images)
    sizes = images.shape
    if len(sizes) != 4 or sizes[3] not in (1, 3, 4):
        refuse(f"Tensor must be 4-D with last dim 1, 3, or 4, not {format_sizes(sizes)}")
    if not all(sizes[1:]):
        shown = ", ".join(map(str, sizes))
        refuse(f"input tensor must have non-zero dims. Found: [{shown}].")
    summary, base = new_summary(), text_of(tag)
    for number, pixels in enumerate(images[:max_images]):
        value = summary.value.add(
            tag=f"{base}/image" if max_images == 1 else f"{base}/image/{number}"
        )
        value.image.height, value.image.width, value.image.colorspace = pixels.shape
        value.image.encoded_image_string = png.encode(_as_bytes(pixels, bad_color))
    return serialized(summary)


image_summary_op.not_differentiable()


def _as_bytes(pixels: np.ndarray, bad_color: np.ndarray) -> np.ndarray:
    """pixels: u8[h, w, c] as they are; f[h, w, c] -> u8[h, w, c].

    What is not negative is scaled to 0 to 255 by the largest; else 0 becomes 128, and the pixel
    farthest from it 1 or 255.
    """
    if pixels.dtype == np.uint8:
        return pixels
    finite = np.isfinite(pixels).all(axis=2)
    known = pixels[finite]
    farthest = np.abs(known).max(initial=0)
    low, high = (128, 127) if known.min(initial=0) < 0 else (0, 255)
    scale = pixels.dtype.type(0 if farthest < _TINY else high / farthest)
    drawn = np.empty(pixels.shape, np.uint8)
    drawn[finite] = (known * scale + pixels.dtype.type(low)).astype(np.uint8)
    drawn[~finite] = bad_color[: pixels.shape[2]]
    return drawn


def image(
    name: str,
    tensor: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """Returns a serialized Summary, string[], of the first `max_outputs` images.

    tensor: u8 or f[count, height, width, 1, 3 or 4]; collections, family: as in
    `tf.summary.scalar`. Floats are scaled: 0 to 255 when none is negative, else about 128.
    """
    if is_summary_skipped():
        return no_summary()
    with summary_scope(name, family, [tensor]) as (tag, scope):
        summary = image_summary_op(tag, tensor, max_images=max_outputs, name=scope)
        return collected(summary, collections)
