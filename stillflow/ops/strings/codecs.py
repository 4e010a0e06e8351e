"""Bytes as characters, where not all of them need be any. Knows no op."""

from __future__ import annotations

import codecs
from typing import NamedTuple

import numpy as np

from stillflow.declare.refusing import refuse

REPLACEMENT = 0xFFFD
LAST = 0x10FFFF

# While decoding, bytes that are no character become a lone surrogate, which nothing else does; how
# many there are is added.
_MARK = 0xDC00
_MOST_MARKED = 0x80
_MARKING = "stillflow.marking"
_BYTES_OF_UNIT = {"utf-16-be": 2, "utf-16-le": 2, "utf-32-be": 4, "utf-32-le": 4}


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = min(error.end, error.start + _MOST_MARKED)
    return chr(_MARK + end - error.start), end


codecs.register_error(_MARKING, _marked)


class Characters(NamedTuple):
    """The characters of a string.

    Attributes:
      codes: i32[n], U+FFFD for bytes that are no character.
      lengths: i64[n], of how many bytes each is.
      is_wrong: bool[n], whether they are no character.
    """

    codes: np.ndarray
    lengths: np.ndarray
    is_wrong: np.ndarray


def known(encoding: str) -> str:
    """Python's name of an encoding; fails the run where there is none."""
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        found = None
    if found is None or not found._is_text_encoding:
        refuse(f"Could not create converter for input encoding: {encoding}")
    return found.name


def characters(text: bytes, encoding: str) -> Characters:
    """The characters of `text`; `encoding` is Python's name."""
    skipped = 0
    if encoding in ("utf-16", "utf-32"):
        encoding, skipped = _by_its_mark(text, encoding)
    decoded = text[skipped:].decode(encoding, _MARKING)
    codes = np.frombuffer(decoded.encode("utf-32-le", "surrogatepass"), "<i4").astype(np.int32)
    wrong_bytes = codes - _MARK
    is_wrong = (wrong_bytes > 0) & (wrong_bytes <= _MOST_MARKED)
    lengths = np.where(is_wrong, wrong_bytes, _lengths(codes, decoded, encoding)).astype(np.int64)
    if len(lengths):
        lengths[0] += skipped
    return Characters(np.where(is_wrong, np.int32(REPLACEMENT), codes), lengths, is_wrong)


class Rows(NamedTuple):
    """The characters of several strings, one string after another.

    Attributes:
      codes, is_wrong: as of Characters.
      starts: i64[m], at which byte of its string each begins.
      rows: i64[m], the string of each.
    """

    codes: np.ndarray
    starts: np.ndarray
    is_wrong: np.ndarray
    rows: np.ndarray


def characters_of_all(texts: list[bytes], encoding: str) -> Rows:
    """The characters of each of `texts`; of good UTF-8 all at once."""
    if encoding == "utf-8" and (found := _of_good_utf_8(texts)) is not None:
        return found
    each = [characters(text, encoding) for text in texts]
    if not each:
        nothing = np.empty(0, np.int64)
        return Rows(nothing.astype(np.int32), nothing, nothing.astype(bool), nothing)
    counts = [len(found.codes) for found in each]
    starts = [np.cumsum(found.lengths) - found.lengths for found in each]
    codes, _, is_wrong = (np.concatenate(parts) for parts in zip(*each, strict=True))
    rows = np.repeat(np.arange(len(texts)), counts)
    return Rows(codes, np.concatenate(starts), is_wrong, rows)


def _of_good_utf_8(texts: list[bytes]) -> Rows | None:
    whole = b"".join(texts)
    try:
        decoded = whole.decode()
    except UnicodeDecodeError:
        return None
    data = np.frombuffer(whole, np.uint8)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    begins_character = data & 0xC0 != 0x80
    if not begins_character[(ends - lengths)[lengths > 0]].all():
        return None  # a character lies in two strings
    codes = np.frombuffer(decoded.encode("utf-32-le"), "<i4").astype(np.int32)
    places = np.flatnonzero(begins_character)
    rows = np.searchsorted(ends, places, side="right")
    return Rows(codes, places - (ends - lengths)[rows], np.zeros(len(codes), bool), rows)


def _by_its_mark(text: bytes, encoding: str) -> tuple[str, int]:
    """The order of bytes that the mark in front says, the higher first without one; its length."""
    size = 2 if encoding == "utf-16" else 4
    mark = text[:size]
    if mark == "\ufeff".encode(f"{encoding}-le"):
        return f"{encoding}-le", size
    return f"{encoding}-be", size if mark == "\ufeff".encode(f"{encoding}-be") else 0


def _lengths(codes: np.ndarray, decoded: str, encoding: str) -> np.ndarray:
    if encoding == "utf-8":
        return 1 + (codes >= 0x80) + (codes >= 0x800).astype(int) + (codes >= 0x10000)
    if encoding in _BYTES_OF_UNIT:
        units = 1 + (codes >= 0x10000) if "16" in encoding else 1
        return np.full(codes.shape, _BYTES_OF_UNIT[encoding]) * units
    return np.array([len(letter.encode(encoding, "replace")) for letter in decoded], int)


def encoded(codes: np.ndarray, encoding: str) -> bytes:
    """The characters i32[n] as UTF-8, UTF-16-BE or UTF-32-BE, two halves of one put together."""
    text = codes.astype("<i4").tobytes().decode("utf-32-le", "surrogatepass")
    in_halves = text.encode("utf-16-be", "surrogatepass")
    if encoding == "UTF-16-BE":
        return in_halves
    if encoding == "UTF-32-BE":
        return in_halves.decode("utf-16-be", "surrogatepass").encode("utf-32-be", "surrogatepass")
    return in_halves.decode("utf-16-be", "replace").encode()
