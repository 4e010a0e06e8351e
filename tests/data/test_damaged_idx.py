"""Files that are no gzipped IDX files, or damaged ones: ValueError, and little memory."""

import gzip
import io
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillflow.data import idx

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
WHOLE = struct.pack(">4I", idx.IMAGES_MAGIC, *PIXELS.shape) + PIXELS.tobytes()


def read(content):
    return idx.read_idx(io.BytesIO(content), idx.IMAGES_MAGIC, "image")


def check(content):
    """Right pixels, or a ValueError."""
    try:
        got = read(content)
    except ValueError:
        return
    assert got.tolist() == PIXELS.tolist()


@given(st.data())
def test_a_damaged_file_never_gives_other_pixels(data):
    """gzip has a checksum of what it holds; its header has none, nor does it matter."""
    content = bytearray(gzip.compress(WHOLE, mtime=0))
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    check(bytes(content))


@given(st.binary(max_size=100), st.booleans())
def test_any_content_is_refused(content, is_compressed):
    with pytest.raises(ValueError):  # noqa: PT011 (of many kinds)
        read(gzip.compress(content) if is_compressed else content)


@settings(deadline=None)
@given(st.tuples(*[st.integers(1001, 2**32 - 1)] * 3))
def test_a_header_that_claims_much_takes_no_memory(sizes):
    content = gzip.compress(struct.pack(">4I", idx.IMAGES_MAGIC, *sizes) + bytes(1000))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"expected .* bytes|the header claims"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_takes_the_memory_that_its_header_claims():
    """64 MB of zeros in 64 kB."""
    bomb = gzip.compress(WHOLE + bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more after them"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
