"""The table format: laws that hold for any content, and for any damage."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillflow.checkpoint import slices, table, varint
from stillflow.checkpoint.table_reader import CorruptTable, Table, Unsupported
from stillflow.platform import crc32c

contents = st.dictionaries(st.binary(max_size=40), st.binary(max_size=40), max_size=60)


def encode(rows):
    file = io.BytesIO()
    writer = table.TableWriter(file)
    for key in sorted(rows):
        writer.add(key, rows[key])
    writer.finish()
    return file.getvalue()


def rows_of(content):
    return list(Table(io.BytesIO(content)).entries())


@pytest.fixture(autouse=True, scope="module")
def _small_blocks():
    """Small tables have several blocks, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_BLOCK_SIZE", 256)
        yield


@given(contents)
def test_what_is_written_is_read(rows):
    assert rows_of(encode(rows)) == sorted(rows.items())


@given(contents, st.data())
def test_a_changed_byte_never_changes_an_entry(rows, data):
    """Every byte is under a checksum, or is padding."""
    encoded = bytearray(encode(rows))
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    try:
        got = rows_of(bytes(encoded))
    except (CorruptTable, Unsupported):
        return
    assert got == sorted(rows.items())


@given(contents, st.data())
def test_a_cut_table_is_no_table(rows, data):
    encoded = encode(rows)
    with pytest.raises(CorruptTable):
        rows_of(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


def sealed(block, compression=0):
    typed = block + bytes([compression])
    return typed + crc32c.mask(crc32c.value(typed)).to_bytes(4, "little")


def table_of(block, compression=0):
    """Returns a table whose index block is `block`."""
    handle = varint.encode(0) + varint.encode(len(block))
    footer = (handle * 2).ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    return sealed(block, compression) + footer


@given(st.binary(max_size=64))
def test_any_block_with_a_right_checksum_is_read_or_refused(block):
    """A hostile table raises what it should, and nothing else."""
    with contextlib.suppress(CorruptTable, Unsupported):
        rows_of(table_of(block))


def test_names_an_unknown_compression():
    with pytest.raises(Unsupported, match=r"compression type 7 \(unknown\)"):
        rows_of(table_of(b"\0" * 8, compression=7))


def test_says_that_a_block_cannot_be_decompressed():
    with pytest.raises(CorruptTable, match="cannot be decompressed: it is to be 8 bytes"):
        rows_of(table_of(b"\x08", compression=1))


def test_refuses_keys_out_of_order():
    file = io.BytesIO()
    writer = table.TableWriter(file)
    for key in [b"b", b"a"]:
        writer.add(key, b"")
    writer.finish()
    with pytest.raises(CorruptTable, match="out of order"):
        rows_of(file.getvalue())


def table_around(block, bounds):
    """Returns a table whose only data block is listed in its index once for each of `bounds`."""
    index = table._Block(1)
    for bound in bounds:
        index.add(bound, varint.encode(0) + varint.encode(len(block)))
    content = index.finish()
    handle = varint.encode(len(block) + 5) + varint.encode(len(content))
    footer = (handle * 2).ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    return sealed(block) + sealed(content) + footer


def test_refuses_a_block_that_is_listed_twice():
    """A small index could otherwise have a large block read any number of times."""
    empty = bytes(4) + b"\1\0\0\0"
    assert rows_of(table_around(empty, [b"a"])) == []
    with pytest.raises(CorruptTable, match="blocks out of order"):
        rows_of(table_around(empty, [b"a", b"b"]))


def test_refuses_keys_that_a_small_file_cannot_have():
    """Each key repeats the one before it: here 220 kB would be 1.3 GB of keys."""
    size = varint.encode(30_000)
    rows = b"\0" + size + b"\0" + b"k" * 30_000
    rows += b"".join(varint.encode(30_000 + n) + b"\1\0k" for n in range(32_000))
    assert len(rows) < 240_000
    with pytest.raises(CorruptTable, match="too long"):
        rows_of(table_around(rows + bytes(4) + b"\1\0\0\0", [b"l"]))


@given(contents)
def test_rows_by_key(rows):
    """`get` finds what is there, and nothing else."""
    content = io.BytesIO(encode(rows))
    for key in [*rows, b"", b"absent"]:
        assert Table(content).get(key) == rows.get(key)


@given(st.binary(max_size=4), st.binary(max_size=4))
def test_separators_separate(a, b):
    """A key in the index block is at least the last of its block, and below all that follow."""
    low, high = sorted([a, b])
    assert table._short_successor(low) >= low
    if low != high:
        assert low <= table._shortest_separator(low, high) < high


@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_varints(value, before):
    encoded = varint.encode(value)
    assert varint.decode(before + encoded, len(before)) == (value, len(before) + len(encoded))
    with pytest.raises(ValueError, match="malformed"):
        varint.decode(encoded[:-1], 0)


def test_refuses_a_varint_of_65_bits():
    with pytest.raises(ValueError, match="malformed"):
        varint.decode(varint.encode(2**64), 0)


@given(st.binary())
def test_masks_are_inverted(data):
    assert crc32c.unmask(crc32c.mask(crc32c.value(data))) == crc32c.value(data)


def test_crc_of_the_standard_example():
    """RFC 3720, appendix B.4: 32 bytes of zeros."""
    assert crc32c.value(bytes(32)) == 0x8A9136AA


extents = st.tuples(st.integers(0, 2**62), st.one_of(st.none(), st.integers(0, 2**62)))


@given(st.binary(), st.binary(), st.lists(extents), st.lists(extents))
def test_slice_keys_sort_as_slices_do(name, other, part, other_part):
    """Ordered code: by name, then by the number of axes, then axis by axis."""

    def order(name, part):
        return name, len(part), [(start, -1 if n is None else n) for start, n in part]

    keys = slices.key(name, tuple(part)), slices.key(other, tuple(other_part))
    assert (keys[0] < keys[1]) == (order(name, part) < order(other, other_part))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("zzz", "Need least two elements"),
        ("2 x 0,1:0,2", "Malformed"),
        ("2 0", "Malformed"),
        ("2 3 0,1", "rank"),
        ("2 3 0,1:0,9", "out of bounds"),
        ("2 -1,1", "out of bounds"),
        ("-2 -", "rank"),
    ],
)
def test_refuses_malformed_slices(spec, message):
    with pytest.raises(ValueError, match=message):
        slices.parse(spec)


@pytest.mark.parametrize(
    ("shape", "parts", "is_partition"),
    [
        ((), [()], True),
        ((), [(), ()], False),
        ((), [], False),
        ((0, 2), [], True),
        ((4,), [((0, 2),), ((2, 2),)], True),
        ((4,), [((0, 2),), ((1, 2),)], False),
        ((4,), [((0, 3),)], False),
        ((2, 2), [((0, 1), (0, None)), ((1, 1), (0, 1)), ((1, 1), (1, 1))], True),
        ((1 << 50,), [((0, 1),)], False),
    ],
)
def test_partitions(shape, parts, is_partition):
    assert slices.fit(parts, shape)
    assert slices.are_partition(parts, shape) is is_partition


def test_parts_that_do_not_fit():
    assert not slices.fit([((0, 1),)], ())
    assert not slices.fit([((2, 1),)], (2,))
    assert not slices.fit([((-1, 1),)], (2,))
    assert not slices.fit([((0, None),) * 70], (1,) * 70)


def test_reads_slices():
    assert slices.parse("4 2 0,2:-") == ((4, 2), ((0, 2), (0, None)))
    assert slices.shape_of(((0, 2), (0, None)), (4, 2)) == (2, 2)
