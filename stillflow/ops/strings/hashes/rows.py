"""Strings as rows of bytes, and what all hashes do with words of 64 bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

WORD = np.dtype("<u8")


class Rows(NamedTuple):
    """Strings of about one length.

    Attributes:
      data: u8[n, width], the strings and zeros after them.
      lengths: u64[n]
    """

    data: np.ndarray
    lengths: np.ndarray

    def word(self, at: Any) -> np.ndarray:
        """u64[n], the eight bytes from `at` on, an int or i[n] of its own for each row."""
        if isinstance(at, int):
            picked = self.data[:, at : at + 8]
        else:
            picked = np.take_along_axis(self.data, at.astype(np.int64)[:, None] + _EIGHT, axis=1)
        return np.ascontiguousarray(picked).view(WORD)[:, 0]

    def byte(self, at: np.ndarray) -> np.ndarray:
        """u64[n], the byte at `at`, i[n]."""
        return np.take_along_axis(self.data, at.astype(np.int64)[:, None], axis=1)[:, 0].astype(
            WORD
        )


_EIGHT = np.arange(8)


def by_length(
    texts: Sequence[bytes],
    kind_of: Callable[[np.ndarray], np.ndarray],
    hash_of: Callable[[int, Rows], np.ndarray],
) -> np.ndarray:
    """u64[n], of each text what `hash_of` gives for a kind of lengths and the rows of that kind."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    found = np.empty(len(texts), WORD)
    for kind, places in _groups(kind_of(lengths)):
        # A word more, so that reading one never ends beyond a row.
        width = int(lengths[places].max()) + 8
        data = np.array([texts[place] for place in places.tolist()], f"S{width}")
        rows = Rows(data.view(np.uint8).reshape(-1, width), lengths[places].astype(WORD))
        with np.errstate(over="ignore"):
            found[places] = hash_of(kind, rows)
    return found


def _groups(kinds: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for kind in np.unique(kinds).tolist():
        yield kind, np.flatnonzero(kinds == kind)


def rotated(x: np.ndarray, left: int) -> np.ndarray:
    """u64[n], the bits moved to the left, those that fall out put in again at the right."""
    return x << WORD.type(left) | x >> WORD.type(64 - left)


def constants(*values: int) -> tuple[np.ndarray, ...]:
    """Each as u64[1], with which arrays wrap around and scalars would warn."""
    return tuple(np.array([value], WORD) for value in values)
