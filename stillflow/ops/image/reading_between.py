"""Pixels read at places that may lie between them or outside of the picture."""

from __future__ import annotations

from typing import Any


def pixels_at(xp: Any, images: Any, y: Any, x: Any) -> tuple[Any, Any]:
    """images: n[b, h, w, c], y, x: i64[b, ...] -> n[b, ..., c], bool[b, ..., 1]

    Where a place is outside of its image, some pixel of it, and False.
    """
    _, height, width, depth = images.shape
    inside = ((y >= 0) & (y < height) & (x >= 0) & (x < width))[..., None]
    rows = numbers_of(xp, y, x, images.shape)
    return xp.take(images.reshape(-1, depth), rows, 0, mode="clip"), inside


def read_or_zero(xp: Any, images: Any, y: Any, x: Any) -> Any:
    """`pixels_at`, zeros outside: n[b, ..., c]"""
    pixels, inside = pixels_at(xp, images, y, x)
    return xp.where(inside, pixels, xp.zeros((), pixels.dtype))


def numbers_of(xp: Any, y: Any, x: Any, sizes: tuple[int, ...]) -> Any:
    """The numbers of pixels among all pixels of a batch, i64[b, ...]; of clipped places."""
    batch, height, width, _ = sizes
    images = xp.arange(batch).reshape(-1, *([1] * (y.ndim - 1)))
    return (images * height + xp.clip(y, 0, height - 1)) * width + xp.clip(x, 0, width - 1)
