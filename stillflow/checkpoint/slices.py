"""Parts of a partitioned tensor. Knows no file.

A slice is a tuple with a `(start, length)` for each axis; the length None means the whole axis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

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


def index(part: Slice, shape: Sequence[int]) -> tuple[slice, ...]:
    """Returns what selects `part` from an array of `shape`."""
    return tuple(slice(*bound) for bound in bounds(part, shape))


def shape_of(part: Slice, shape: Sequence[int]) -> Shape:
    """Returns the shape of `part` of a tensor of `shape`."""
    return tuple(stop - start for start, stop in bounds(part, shape))


def is_whole(part: Slice, shape: Sequence[int]) -> bool:
    return all(bound == (0, size) for bound, size in zip(bounds(part, shape), shape, strict=True))


def are_partition(parts: Sequence[Slice], shape: Sequence[int]) -> bool:
    """True when `parts` lie within `shape` and hold each element once."""
    boxes = [bounds(part, shape) for part in parts]
    return (
        all(_within(box, shape) for box in boxes)
        and sum(prod(stop - start for start, stop in box) for box in boxes) == prod(shape)
        and not any(_overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    )


def _within(box: list[tuple[int, int]], shape: Sequence[int]) -> bool:
    return all(0 <= start <= stop <= size for (start, stop), size in zip(box, shape, strict=True))


def _overlap(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> bool:
    return all(max(p[0], q[0]) < min(p[1], q[1]) for p, q in zip(a, b, strict=True))


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
