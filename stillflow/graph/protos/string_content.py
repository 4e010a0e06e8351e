"""Strings of a tensor as bytes, as TensorFlow writes them: their lengths, then they themselves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np


def joined(texts: Sequence[bytes]) -> bytes:
    return b"".join([*(_varint(len(text)) for text in texts), *texts])


def parted(content: bytes, count: int) -> np.ndarray:
    """`count` strings that lie as `joined` puts them. ValueError for other bytes."""
    at, lengths = 0, []
    for _ in range(count):
        length, at = _read_varint(content, at)
        lengths.append(length)
    stops = list(itertools.accumulate(lengths, initial=at))
    if stops[-1] != len(content):
        raise ValueError(f"{len(content)} bytes are not {count} strings.")
    texts = np.empty(count, object)
    texts[:] = [content[start:stop] for start, stop in itertools.pairwise(stops)]
    return texts


def _varint(number: int) -> bytes:
    """A number, seven bits to a byte, the lowest first."""
    groups = [number & 127]
    while number := number >> 7:
        groups[-1] |= 128
        groups.append(number & 127)
    return bytes(groups)


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a byte, and where it ends."""
    number = shift = 0
    for byte in itertools.islice(content, at, None):
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            break
    return number, at
