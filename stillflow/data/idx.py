"""Reads gzipped IDX files, the format of MNIST. Knows the format, not the dataset.

An IDX file is a big-endian 32-bit magic number, one 32-bit size per axis, then the elements. The
low byte of the magic number is the rank and the next one the element type, of which only 8 (uint8)
is read here.
"""

from __future__ import annotations

import gzip
import math
import zlib
from typing import BinaryIO

import numpy as np

IMAGES_MAGIC = 0x0803  # 2051: uint8[n, rows, columns]
LABELS_MAGIC = 0x0801  # 2049: uint8[n]

# The largest dataset in this format that people use (EMNIST by class) has 0.6 GB of pixels.
_MAX_ELEMENTS = 2**30
_CHUNK = 2**20


def read_idx(file: BinaryIO, magic: int, what: str) -> np.ndarray:
    """Reads a gzipped IDX file of the given magic number into a read-only uint8 array.

    Memory is taken for bytes that are there, never for what a header claims.

    Raises:
      ValueError: the file is not gzip, not IDX, of another kind, damaged, too short or too long;
        the message names the file, what was expected and what was found.
    """
    name = getattr(file, "name", repr(file))
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            shape = _read_shape(stream, magic, what, name)
            elements = _read_elements(stream, shape, name)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(
            f"{name}: expected a whole gzip file of MNIST {what}s, found a damaged or different one"
            f" ({error}).\n  Fetch it again, or remove it to use the MNIST that Stillflow carries."
        ) from error
    return np.frombuffer(elements, np.uint8).reshape(shape)


def _read_shape(stream: gzip.GzipFile, magic: int, what: str, name: str) -> tuple[int, ...]:
    found = int.from_bytes(_take(stream, 4, name), "big")
    if found != magic:
        raise ValueError(
            f"Invalid magic number {found} in MNIST {what} file: {name}\n"
            f"  Expected {magic}, which starts an IDX file of uint8 {what}s."
        )
    rank = magic & 0xFF
    shape = tuple(np.frombuffer(_take(stream, 4 * rank, name), ">u4").tolist())
    if math.prod(shape) > _MAX_ELEMENTS:
        raise ValueError(
            f"{name}: the header claims {what}s of shape {list(shape)},"
            f" more than the {_MAX_ELEMENTS} bytes that are read at most."
        )
    return shape


def _read_elements(stream: gzip.GzipFile, shape: tuple[int, ...], name: str) -> bytes:
    elements = _take(stream, math.prod(shape), name)
    if stream.read(1):
        raise ValueError(
            f"{name}: expected {len(elements)} bytes of shape {list(shape)}, found more after them."
        )
    return elements


def _take(stream: gzip.GzipFile, size: int, name: str) -> bytes:
    """Reads exactly `size` bytes, in chunks: a false header must not make us allocate."""
    chunks = []
    missing = size
    while missing:
        chunk = stream.read(min(missing, _CHUNK))
        if not chunk:
            raise ValueError(f"{name}: expected {size} bytes, found only {size - missing}.")
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks)
