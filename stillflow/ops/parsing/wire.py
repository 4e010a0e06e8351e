"""Reads serialized examples: where each feature lies, and the lists that it holds.

The bytes are those of the messages in `graph.protos.example`; to build the messages would take
longer than all the rest of a pipeline. A value is `data[start:stop]` for a Span of two numbers.
TensorFlow takes a message that is shorter than its length says as long as its fields are whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType

Span = tuple[int, int]
NOTHING: Span = (0, 0)

# Tags: a field's number, shifted by three, and how it is encoded.
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIRST, _SECOND = 1 << 3 | _LENGTH, 2 << 3 | _LENGTH
_FIRST_VARINT, _FIRST_FIXED32 = 1 << 3 | _VARINT, 1 << 3 | _FIXED32

TYPES: dict[int, DType] = {
    1 << 3 | _LENGTH: dtypes.string,
    2 << 3 | _LENGTH: dtypes.float32,
    3 << 3 | _LENGTH: dtypes.int64,
}
EMPTY: dict[DType, np.ndarray] = {
    dtypes.string: np.empty(0, np.object_),
    dtypes.float32: np.empty(0, np.float32),
    dtypes.int64: np.empty(0, np.int64),
}


class MalformedError(Exception):
    """The bytes are no such message."""


def maps(data: bytes, count: int = 1) -> list[dict[bytes, Span]]:
    """Where the values of the maps lie that are the first `count` fields of a message.

    Of equal keys the last one counts. Concatenated messages are merged.

    Raises:
      MalformedError: the bytes are no such message.
    """
    found: list[dict[bytes, Span]] = [{} for _ in range(count)]
    position, end = 0, len(data)
    try:
        while position < end:
            tag = data[position]
            if tag & 7 == _LENGTH and 0 < tag >> 3 <= count:
                size, position = _varint(data, position + 1)
                stop = min(position + size, end)
                _read_entries(data, position, stop, found[(tag >> 3) - 1])
                position = stop
            else:
                position = _skipped(data, position)
    except IndexError:
        raise MalformedError from None
    return found


def _read_entries(data: bytes, position: int, end: int, found: dict[bytes, Span]) -> None:
    """Adds the pairs of a map; each is a message of a key and then a value."""
    while position < end:
        if data[position] != _FIRST:
            raise MalformedError
        size = data[position + 1]
        position += 2
        if size > 127:
            size, position = _varint(data, position - 1)
        stop = min(position + size, end)
        if data[position] != _FIRST:
            raise MalformedError
        size = data[position + 1]
        position += 2
        if size > 127:
            size, position = _varint(data, position - 1)
        key = data[position : position + size]
        position += size
        if data[position] != _SECOND:
            raise MalformedError
        size = data[position + 1]
        position += 2
        if size > 127:
            size, position = _varint(data, position - 1)
        if position + size != stop:
            raise MalformedError
        found[key] = position, stop
        position = stop


def messages(data: bytes, span: Span) -> list[Span]:
    """Where the messages lie of which a value is a list.

    Raises:
      MalformedError: it is no such list.
    """
    position, end = span
    found = []
    try:
        while position < end:
            if data[position] != _FIRST:
                raise MalformedError
            size, position = _varint(data, position + 1)
            stop = _stop(position, size, end)
            found.append((position, stop))
            position = stop
    except IndexError:
        raise MalformedError from None
    return found


def type_of(data: bytes, span: Span) -> DType | None:
    """The type of a feature; None where it has no list.

    Raises:
      MalformedError: it has something else.
    """
    start, stop = span
    if start == stop:
        return None
    dtype = TYPES.get(data[start])
    if dtype is None:
        raise MalformedError
    return dtype


def values(data: bytes, span: Span, dtype: DType) -> np.ndarray:
    """The list of a feature of that type, n[k].

    Raises:
      MalformedError: the bytes are no such list.
    """
    try:
        size, position = _varint(data, span[0] + 1)
        end = min(position + size, span[1])
        return _LISTS[dtype](data, position, end) if size else EMPTY[dtype]
    except IndexError:
        raise MalformedError from None


def _floats(data: bytes, position: int, end: int) -> np.ndarray:
    tag = data[position]
    if tag == _FIRST:  # packed
        size, position = _varint(data, position + 1)
        return np.frombuffer(data, "<f4", (_stop(position, size, end) - position) // 4, position)
    if tag != _FIRST_FIXED32 or (end - position) % 5:
        raise MalformedError
    rows = np.frombuffer(data, np.uint8, end - position, position).reshape(-1, 5)
    if (rows[:, 0] != _FIRST_FIXED32).any():
        raise MalformedError
    return np.ascontiguousarray(rows[:, 1:]).view("<f4").ravel()


def _integers(data: bytes, position: int, end: int) -> np.ndarray:
    tag = data[position]
    if tag == _FIRST:  # packed
        size, position = _varint(data, position + 1)
        return _varints(data, position, min(position + size, end))
    found = []
    while position < end:
        if data[position] != _FIRST_VARINT:
            raise MalformedError
        value, position = _varint(data, position + 1)
        found.append(value)
    return _signed(found)


def _varints(data: bytes, position: int, end: int) -> np.ndarray:
    if end - position > 16:
        return _many_varints(np.frombuffer(data, np.uint8, end - position, position))
    found = []
    while position < end:
        value = data[position]
        position += 1
        if value > 127:
            value, position = _varint(data, position - 1)
        found.append(value)
    if position > end:
        raise MalformedError
    return _signed(found)


def _many_varints(packed: np.ndarray) -> np.ndarray:
    """packed: u8[n] -> i64[k], seven bits a byte, the lowest first; the last has no high bit"""
    is_last = packed < 128
    if is_last.all():
        return packed.astype(np.int64)
    stops = np.flatnonzero(is_last) + 1
    if not len(stops) or stops[-1] != len(packed):
        raise MalformedError
    starts = np.concatenate(([0], stops[:-1]))
    lengths = stops - starts
    if lengths.max() > 10:
        raise MalformedError
    places = np.arange(len(packed)) - np.repeat(starts, lengths)
    bits = (packed & 127).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.bitwise_or.reduceat(bits, starts).view(np.int64)


def _signed(numbers: list[int]) -> np.ndarray:
    """Numbers of 64 bits; the upper half of them are the negative ones."""
    if numbers and max(numbers) >> 63:
        return np.array([n & (1 << 64) - 1 for n in numbers], np.uint64).view(np.int64)
    return np.array(numbers, np.int64)


def _strings(data: bytes, position: int, end: int) -> np.ndarray:
    found = []
    while position < end:
        if data[position] != _FIRST:
            raise MalformedError
        size, position = _varint(data, position + 1)
        stop = _stop(position, size, end)
        found.append(data[position:stop])
        position = stop
    return np.array(found, np.object_)


_LISTS: dict[DType, Any] = {
    dtypes.string: _strings,
    dtypes.float32: _floats,
    dtypes.int64: _integers,
}


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """The number that begins at `position`, and where it ends."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
        if shift > 63:
            raise MalformedError


def _stop(position: int, size: int, end: int) -> int:
    if position + size > end:
        raise MalformedError
    return position + size


def _skipped(data: bytes, position: int) -> int:
    """Where a field ends that has another number."""
    tag, position = _varint(data, position)
    kind = tag & 7
    if kind == _VARINT:
        return _varint(data, position)[1]
    if kind == _FIXED64:
        return position + 8
    if kind == _LENGTH:
        size, position = _varint(data, position)
        return position + size
    if kind == _FIXED32:
        return position + 4
    raise MalformedError
