"""Parts of a partitioned tensor. Knows no file.

A slice is a tuple with a `(start, length)` for each axis; the length None means the whole axis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

_MAX_AXES = 64  # of a NumPy array

Shape = tuple[int, ...]
Slice = tuple[tuple[int, int | None], ...]


def parse(spec: str) -> tuple[Shape, Slice]:
    """Reads "4 2 0,2:-": rows 0 and 1 of a tensor of shape [4, 2]. Returns that shape and slice.

    Raises:
      ValueError: for anything else, or when the slice leaves the shape.
    """
    *sizes, extents = spec.split(" ")
    if not sizes:
        raise ValueError(f"Need least two elements in shape_and_slice specification: {spec}")
    try:
        shape = tuple(int(size) for size in sizes)
        part = tuple(_parse_extent(extent) for extent in extents.split(":"))
    except ValueError:
        raise ValueError(f"Malformed shape_and_slice specification: {spec}") from None
    if len(part) != len(shape) or any(size < 0 for size in shape):
        raise ValueError(f"Slice and shape differ in rank in shape_and_slice specification: {spec}")
    if not _within(bounds(part, shape), shape):
        raise ValueError(f"Extent out of bounds in shape_and_slice specification: {spec}")
    return shape, part


def _parse_extent(extent: str) -> tuple[int, int | None]:
    if extent == "-":
        return 0, None
    start, length = extent.split(",")
    return int(start), int(length)


def bounds(part: Slice, shape: Sequence[int]) -> list[tuple[int, int]]:
    """Returns the (start, stop) of `part` on each axis of a tensor of `shape`."""
    return [
        (start, size if length is None else start + length)
        for (start, length), size in zip(part, shape, strict=True)
    ]


def index(part: Slice, shape: Sequence[int]) -> tuple[Any, ...]:
    """Returns what selects `part` of an array of `shape` as an array, also one without axes."""
    return (*(slice(*bound) for bound in bounds(part, shape)), ...)


def shape_of(part: Slice, shape: Sequence[int]) -> Shape:
    """Returns the shape of `part` of a tensor of `shape`."""
    return tuple(stop - start for start, stop in bounds(part, shape))


def overlap(
    part: Slice, wanted: Slice, shape: Sequence[int]
) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """Returns what selects the elements in both from `part` and from `wanted`; None for none."""
    in_part, in_wanted = [], []
    for (a, b), (c, d) in zip(bounds(part, shape), bounds(wanted, shape), strict=True):
        start, stop = max(a, c), min(b, d)
        if start >= stop:
            return None
        in_part.append(slice(start - a, stop - a))
        in_wanted.append(slice(start - c, stop - c))
    return (*in_part, ...), (*in_wanted, ...)


def is_whole(part: Slice, shape: Sequence[int]) -> bool:
    return all(bound == (0, size) for bound, size in zip(bounds(part, shape), shape, strict=True))


def whole(shape: Sequence[int]) -> Slice:
    """Returns the part without bounds."""
    return ((0, None),) * len(shape)


def fit(parts: Iterable[Slice], shape: Sequence[int]) -> bool:
    """True when `parts` have the axes of `shape`, an array can, and they lie within it."""
    if len(shape) > _MAX_AXES:
        return False
    return all(len(part) == len(shape) and _within(bounds(part, shape), shape) for part in parts)


def are_partition(parts: Sequence[Slice], shape: Sequence[int]) -> bool:
    """True when `parts`, which lie within `shape`, hold each element once.

    Takes one byte for an element when the parts have as many as the shape, and none otherwise.
    """
    if sum(prod(shape_of(part, shape)) for part in parts) != prod(shape):
        return False
    seen = np.zeros(shape, bool)
    for part in parts:
        region = seen[index(part, shape)]
        if region.any():
            return False
        region[...] = True
    return True


def _within(box: list[tuple[int, int]], shape: Sequence[int]) -> bool:
    return all(0 <= start <= stop <= size for (start, stop), size in zip(box, shape, strict=True))


def key(name: bytes, part: Slice) -> bytes:
    """Returns the table key under which `part` of the tensor `name` is stored.

    It is TensorFlow's "ordered code", whose bytes sort as the values do.
    """
    escaped = re.sub(rb"[\x00\xff]", lambda match: match[0] + bytes([0xFF - match[0][0]]), name)
    out = _unsigned(0) + escaped + b"\x00\x01" + _unsigned(len(part))
    for start, length in part:
        out += _signed(start) + _signed(-1 if length is None else length)
    return out


def _unsigned(value: int) -> bytes:
    """One byte with the number of bytes that follow, then the value, big-endian."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _signed(value: int) -> bytes:
    """Two's complement, big-endian, in the n bytes that hold 7 n - 1 bits and the sign.

    The sign bit is inverted and followed by n - 1 bits equal to it, then one that differs.
    """
    bits = (value if value >= 0 else ~value).bit_length()
    size = bits // 7 + 1
    header = ((1 << size) - 1) << (8 * size - size)
    return ((value & ((1 << 8 * size) - 1)) ^ header).to_bytes(size, "big")
