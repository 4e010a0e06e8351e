"""Windows around places in pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.graph.operation import Tensor
from stillflow.ops.image.resizing import sized

_NOISES = ("uniform", "gaussian", "zero")
_BOTH_NOISES = "The uniform_noise and noise should not be specified at the same time"


def _glimpse(ctx: ShapeContext) -> Sizes:
    batch, _, _, depth = shapes.with_rank(ctx.shape(0), 4)
    offsets, two = shapes.with_rank(ctx.shape(2), 2)
    batch = shapes.merge_size(batch, offsets)
    if two not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {two}")
    if ctx.attrs["uniform_noise"] and ctx.attrs["noise"] not in ("", "uniform"):
        raise ShapeError(_BOTH_NOISES)
    return (batch, *sized(ctx, 1), depth)


@op(
    "ExtractGlimpse",
    "input: float32, size: int32, offsets: float32 -> glimpse: float32",
    shape=_glimpse,
    kept=lambda: np.random.default_rng(0),
)
def extract_glimpse_op(
    xp,
    generator,
    images,
    size,
    offsets,
    *,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    noise: str = "uniform",
):
    """images: f32[n, h, w, c], size: i32[2], offsets: f32[n, 2] -> f32[n, *size, c]

    A window around each place (y, x). What lies outside of the image is noise, between the least
    and the greatest of it, or normal, or 0.
    """
    noise = noise or ("uniform" if uniform_noise else "gaussian")
    if noise not in _NOISES:
        refuse(f"The noise could only be uniform, gaussian, or zero, got{noise}")
    if images.ndim != 4:
        found = format_sizes(images.shape)
        refuse(f"input must be 4-dimensional (batch_size, height, width, depth){found}")
    if size.shape != (2,):
        refuse(f"input must be a vector of size 2 (height, width){format_sizes(size.shape)}")
    if offsets.ndim != 2:
        refuse(f"input must be a matrix{format_sizes(offsets.shape)}")
    if len(offsets) != len(images):
        refuse(f"first dimension should be batch{format_sizes(offsets.shape)}")
    if offsets.shape[1] != 2:
        refuse(f"second dimension should be of size 2 (y,x){format_sizes(offsets.shape)}")
    window = tuple(size.tolist())
    glimpses = np.zeros((len(images), *window, images.shape[3]), np.float32)
    for glimpse, image, place in zip(glimpses, images, offsets, strict=True):
        corner = _corner(place, image.shape[:2], window, centered, normalized)
        _look(glimpse, image, corner, noise, generator)
    return glimpses


extract_glimpse_op.not_differentiable()


def _corner(
    place: np.ndarray, image: tuple[int, ...], window: tuple, centered: bool, normalized: bool
) -> list[int]:
    """Where the window around a place begins, rounded towards 0."""
    sizes = np.array(image, np.float32)
    at = place * sizes if normalized else place
    if centered:
        at = at / np.float32(2) + sizes / np.float32(2)
    return [int(number) for number in at - np.array(window, np.float32) / np.float32(2)]


def _look(
    glimpse: np.ndarray, image: np.ndarray, corner: list[int], noise: str, generator: Any
) -> None:
    """Fills `glimpse` with what there is of the image, and noise."""
    ends = [start + size for start, size in zip(corner, glimpse.shape[:2], strict=True)]
    if min(corner) < 0 or any(end >= size for end, size in zip(ends, image.shape[:2], strict=True)):
        if noise == "uniform":
            low, high = image.min(), image.max()
            glimpse[:] = low + generator.random(glimpse.shape, np.float32) * (high - low)
        elif noise == "gaussian":
            glimpse[:] = generator.standard_normal(glimpse.shape, np.float32)
    seen, shown = [], []
    for start, end, size in zip(corner, ends, image.shape[:2], strict=True):
        seen.append(slice(max(start, 0), max(min(end, size), 0)))
        first = max(-start, 0)
        shown.append(slice(first, first + max(seen[-1].stop - seen[-1].start, 0)))
    part = image[seen[0], seen[1]]
    if part.size:
        glimpse[shown[0], shown[1]] = part


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:
    """input: f32[n, h, w, c], offsets: f32[n, 2] -> f32[n, *size, c], a window around each place.

    Args:
      size: i32[2].
      offsets: (y, x) each.
      centered: (0, 0) is the image's centre, not its corner.
      normalized: (1, 1) is the image's corner; otherwise pixels are counted.
      uniform_noise: what lies outside of the image is uniform noise, else normal noise. It is not
        TensorFlow's, which is another in each run.
    """
    return extract_glimpse_op(input, size, offsets, centered, normalized, uniform_noise, name=name)


def extract_glimpse_v2(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    noise: str = "uniform",
    name: str | None = None,
) -> Tensor:
    """`extract_glimpse`, where `noise` is 'uniform', 'gaussian' or 'zero'."""
    return extract_glimpse_op(
        input, size, offsets, centered, normalized, uniform_noise=False, noise=noise, name=name
    )
