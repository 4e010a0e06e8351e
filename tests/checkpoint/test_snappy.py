"""What Snappy compressed is read; what it would not write is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillflow.checkpoint.snappy import decompressed
from stillflow.checkpoint.varint import encode


def literal(data):
    """One element: a tag with the size, in bytes of its own from 61 bytes on."""
    if len(data) <= 60:
        return bytes([(len(data) - 1) << 2]) + data
    width = (len(data) - 1).bit_length() + 7 >> 3
    return bytes([(59 + width) << 2]) + (len(data) - 1).to_bytes(width, "little") + data


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        (b"", b""),
        (literal(b"abc"), b"abc"),
        (literal(b"a" * 61), b"a" * 61),
        (literal(b"a" * 70_000), b"a" * 70_000),
        (literal(b"abcdef") + bytes([1 | 0 << 2, 6]), b"abcdefabcd"),
        (literal(b"ab" * 200) + bytes([1 | 7 << 2 | 1 << 5, 0x40]), b"ab" * 200 + b"ab" * 5 + b"a"),
        (literal(b"abc") + bytes([2 | 5 << 2, 3, 0]), b"abcabcabc"),
        (literal(b"ab") + bytes([2 | 63 << 2, 1, 0]), b"ab" + b"b" * 64),
        (literal(b"abcd") + bytes([3 | 1 << 2, 4, 0, 0, 0]), b"abcdab"),
    ],
    ids=["nothing", "literal", "61", "70000", "near", "farther", "overlaps", "one byte", "far"],
)
def test_each_kind_of_element_is_read(elements, found):
    assert decompressed(encode(len(found)) + elements) == found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encode(3) + literal(b"ab"), "is to be 3 bytes, and is 2"),
        (encode(1) + literal(b"ab"), "is to be 1 bytes, and is 2"),
        (encode(9) + literal(b"abc")[:-1], "a literal goes on behind the end"),
        (encode(9) + bytes([60 << 2]), "it is cut off"),
        (encode(9) + literal(b"abc") + bytes([2 | 5 << 2, 3]), "it is cut off"),
        (encode(9) + literal(b"abc") + bytes([2 | 5 << 2, 4, 0]), "a copy begins 4 bytes before"),
        (encode(9) + literal(b"abc") + bytes([2 | 5 << 2, 0, 0]), "a copy begins 0 bytes before"),
        (encode(1 << 40) + literal(b"abc"), "cannot stand for"),
        (b"", "malformed variable-length integer"),
    ],
)
def test_what_snappy_does_not_write_is_refused(data, reason):
    with pytest.raises(ValueError, match=reason):
        decompressed(data)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(ValueError):
        decompressed(data)
