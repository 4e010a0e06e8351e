"""A tensor as the bytes that a bundle's data file holds. Knows no file format around it.

Numbers are stored little-endian in row-major order. Strings are stored as their lengths
(varints), the masked CRC of the lengths (u32), and their bytes on end. The CRC of a tensor of
strings is taken over something else than is stored: over its lengths as fixed integers, the
masked CRC, and the bytes. Variants are bytes, each stored as its length (a varint), itself, and the
masked CRC (u32) of all so far, in which lengths are fixed integers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, BinaryIO

import numpy as np

from stillflow.checkpoint import varint
from stillflow.graph import dtypes
from stillflow.platform import crc32c

_LENGTHS_CRC_SIZE = 4


class CorruptTensor(Exception):
    """The bytes are not those of the tensor that they should be."""


def write(file: BinaryIO, array: np.ndarray, dtype: dtypes.DType) -> tuple[int, int]:
    """Appends `array`, whose elements are of `dtype`. Returns the size in bytes and the CRC."""
    if dtype is dtypes.string:
        return _write_strings(file, array)
    if dtype is dtypes.variant:
        return _write_variants(file, array)
    little_endian = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    data = little_endian.reshape(-1).view(np.uint8).data
    crc = 0
    for chunk in crc32c.chunks(data):
        crc = crc32c.extend(crc, chunk)
        file.write(chunk)
    return len(data), crc


def check_size(size: int, dtype: dtypes.DType, shape: Sequence[int]) -> None:
    """Raises CorruptTensor unless a tensor of `dtype` and `shape` can have `size` bytes."""
    count = prod(shape)
    if dtype is dtypes.string:
        least = count + _LENGTHS_CRC_SIZE
        if size < least:
            raise CorruptTensor(f"stored size {size}; expected size at least {least}")
    elif dtype is dtypes.variant:
        if size < count * (1 + _LENGTHS_CRC_SIZE):
            raise CorruptTensor(f"stored size {size}; expected more for {count} values")
    elif size != count * dtype.size:
        raise CorruptTensor(f"stored size {size}; expected size {count * dtype.size}")


def decode(data: np.ndarray, dtype: dtypes.DType, shape: Sequence[int], crc: int) -> np.ndarray:
    """Returns the tensor in `data`, u8[size], whose size has been checked; numbers share memory.

    Raises:
      CorruptTensor: when `crc` is not the tensor's.
    """
    if dtype is dtypes.string:
        return _decode_strings(data.tobytes(), shape, crc)
    if dtype is dtypes.variant:
        return _decode_variants(data.tobytes(), shape, crc)
    _check_crc(crc32c.value(data.data), crc)
    array = data.view(np.dtype(dtype.stored_as).newbyteorder("<"))
    return array.astype(dtype.stored_as, copy=False).reshape(shape)


def _check_crc(actual: int, stored: int) -> None:
    if actual != stored:
        raise CorruptTensor(
            f"Checksum does not match: stored {stored} vs. "
            f"calculated on the restored bytes {actual}"
        )


def _write_strings(file: BinaryIO, array: np.ndarray) -> tuple[int, int]:
    elements = [as_bytes(element) for element in array.flat]
    lengths = [len(element) for element in elements]
    stored = b"".join(map(varint.encode, lengths))
    lengths_crc, crc = _lengths_crc(lengths)
    body = stored + lengths_crc
    file.write(body)
    for element in elements:
        file.write(element)
        crc = crc32c.extend(crc, element)
    return len(body) + sum(lengths), crc


def _decode_strings(data: bytes, shape: Sequence[int], stored_crc: int) -> np.ndarray:
    lengths, start = _decode_lengths(data, prod(shape))
    lengths_crc, crc = _lengths_crc(lengths)
    stored = data[start : start + _LENGTHS_CRC_SIZE]
    start += _LENGTHS_CRC_SIZE
    if stored != lengths_crc:
        expected, actual = (
            crc32c.unmask(int.from_bytes(masked, "little")) for masked in (stored, lengths_crc)
        )
        raise CorruptTensor(
            f"The length checksum does not match: expected {expected} but actual is {actual}"
        )
    if start + sum(lengths) != len(data):
        raise CorruptTensor(f"{len(data)} bytes stored; the lengths need {start + sum(lengths)}")
    _check_crc(crc32c.extend(crc, data[start:]), stored_crc)
    array = np.empty(len(lengths), np.object_)
    array[:] = list(_split(data, start, lengths))
    return array.reshape(shape)


def _write_variants(file: BinaryIO, array: np.ndarray) -> tuple[int, int]:
    crc = size = 0
    for element in array.flat:
        crc = crc32c.extend(crc32c.extend(crc, struct.pack("<Q", len(element))), element)
        checked = struct.pack("<I", crc32c.mask(crc))
        crc = crc32c.extend(crc, checked)
        stored = varint.encode(len(element)) + element + checked
        file.write(stored)
        size += len(stored)
    return size, crc


def _decode_variants(data: bytes, shape: Sequence[int], stored_crc: int) -> np.ndarray:
    array = np.empty(shape, np.object_)
    crc = start = 0
    for place in np.ndindex(*shape):
        try:
            length, start = varint.decode(data, start)
        except ValueError as error:
            raise CorruptTensor(f"bad length of a variant: {error}") from None
        element = data[start : start + length]
        checked = data[start + length : start + length + _LENGTHS_CRC_SIZE]
        start += length + _LENGTHS_CRC_SIZE
        crc = crc32c.extend(crc32c.extend(crc, struct.pack("<Q", length)), element)
        if checked != struct.pack("<I", crc32c.mask(crc)):
            raise CorruptTensor("The checksum after a variant does not match")
        crc = crc32c.extend(crc, checked)
        array[place] = element
    if start != len(data):
        raise CorruptTensor(f"{len(data)} bytes stored; the variants need {start}")
    _check_crc(crc, stored_crc)
    return array


def _decode_lengths(data: bytes, count: int) -> tuple[list[int], int]:
    lengths = []
    position = 0
    try:
        for _ in range(count):
            length, position = varint.decode(data, position)
            lengths.append(length)
    except ValueError as error:
        raise CorruptTensor(f"bad string length: {error}") from None
    return lengths, position


def _split(data: bytes, start: int, lengths: Sequence[int]) -> Iterator[bytes]:
    for length in lengths:
        yield data[start : start + length]
        start += length


def _lengths_crc(lengths: Sequence[int]) -> tuple[bytes, int]:
    """Returns the masked CRC of the lengths, as stored, and the CRC of both."""
    fixed = b"".join(struct.pack("<I" if n < 1 << 32 else "<Q", n) for n in lengths)
    crc = crc32c.value(fixed)
    stored = struct.pack("<I", crc32c.mask(crc))
    return stored, crc32c.extend(crc, stored)


def as_bytes(element: Any) -> bytes:
    """Returns a string tensor's element as bytes; text is UTF-8."""
    if isinstance(element, str):
        return element.encode()
    if isinstance(element, bytes):
        return element
    raise TypeError(f"Expected binary or unicode string, got {element!r}")
