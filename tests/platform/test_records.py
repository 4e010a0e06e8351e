"""Files of records: TensorFlow's bytes, both ways, and what is said of damaged ones."""

import gzip
import itertools
import zlib

import pytest

import stillflow.api as tf
from stillflow.platform import records

CONTENT = [b"first", b"", b"x" * 30]
# What TensorFlow 1.15 writes.
TENSORFLOWS = {
    "": b"\x05\0\0\0\0\0\0\0\xea\xb2\x04>firstU\xff#\xe5\0\0\0\0\0\0\0\0)\x03\x98\x07\xd8"
    b"\xea\x82\xa2\x1e\0\0\0\0\0\0\0\xd9\xdc\x122xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0i\xa1\x88",
    "GZIP": b"\x1f\x8b\x08\0\0\0\0\0\0\x03ce\x80\x80W\x9bX\xec\xd22\x8b\x8aKB\xff+?\x85\x8a1h2\xcf`"
    b"\xbf\xf1\xaai\x91\x1c\x94\x7f\xf3\x8e\x90Q\x05^`\x90\xb9\xb0\x03\x00:0\x16*S\0\0\0",
    "ZLIB": b"x\x9cce\x80\x80W\x9bX\xec\xd22\x8b\x8aKB\xff+?\x85\x8a1h2\xcf`\xbf\xf1\xaai\x91\x1c"
    b"\x94\x7f\xf3\x8e\x90Q\x05^`\x90\xb9\xb0\x03\0\xd4~\x1c\x02",
}


def written(path, options=None, content=CONTENT):
    with tf.python_io.TFRecordWriter(str(path), options) as writer:
        for record in content:
            writer.write(record)
    return path.read_bytes()


def in_file(path, data, options=None):
    path.write_bytes(data)
    return list(tf.python_io.tf_record_iterator(str(path), options))


@pytest.mark.parametrize("kind", TENSORFLOWS)
def test_tensorflows_bytes(tmp_path, kind):
    assert in_file(tmp_path / "theirs", TENSORFLOWS[kind], kind) == CONTENT
    ours = written(tmp_path / "ours", kind)
    unpacked = {"": bytes, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}[kind]
    assert unpacked(ours) == TENSORFLOWS[""]


@pytest.mark.parametrize("kind", TENSORFLOWS)
@pytest.mark.parametrize("buffer_size", [1, 17, 1 << 18])
def test_buffers_of_any_size_and_going_on_anywhere(tmp_path, kind, buffer_size):
    written(tmp_path / "file", kind)
    with records.RecordReader(str(tmp_path / "file"), kind, buffer_size) as reader:
        offsets = [reader.offset]
        for record in reader:
            offsets.append(reader.offset)
            assert record == CONTENT[len(offsets) - 2]
    assert offsets == [0, 21, 37, 83]
    for index, offset in enumerate(offsets):
        with records.RecordReader(str(tmp_path / "file"), kind, buffer_size) as reader:
            reader.skip_to(offset)
            assert list(reader) == CONTENT[index:]


@pytest.mark.parametrize("size", range(83))
def test_a_file_that_was_cut_off(tmp_path, size):
    """A header that is not whole ends a file, for TensorFlow too."""
    bounds = [0, 21, 37, 83]
    begun = max(bound for bound in bounds if bound <= size)
    if size - begun < 12:
        assert in_file(tmp_path / "a", TENSORFLOWS[""][:size]) == CONTENT[: bounds.index(begun)]
        return
    with pytest.raises(tf.errors.DataLossError, match=rf"truncated record at {begun}\n.*/a"):
        in_file(tmp_path / "a", TENSORFLOWS[""][:size])


@pytest.mark.parametrize(
    ("position", "where"), [(0, 0), (9, 0), (12, 12), (17, 12), (30, 21), (60, 49)]
)
def test_a_changed_byte(tmp_path, position, where):
    damaged = bytearray(TENSORFLOWS[""])
    damaged[position] ^= 1
    with pytest.raises(tf.errors.DataLossError, match=rf"corrupted record at {where}\n.*/b"):
        in_file(tmp_path / "b", bytes(damaged))


@pytest.mark.parametrize(("kind", "options"), [*itertools.permutations(TENSORFLOWS, 2)])
def test_another_compression_than_the_files(tmp_path, kind, options):
    said = r"inflate\(\) failed with error -3: incorrect header" if options else "corrupted record"
    with pytest.raises(tf.errors.DataLossError, match=said):
        in_file(tmp_path / "c", TENSORFLOWS[kind], options)


def test_the_options_of_compression(tmp_path):
    content = [b"abc" * 100] * 50
    kinds = tf.python_io.TFRecordCompressionType
    sizes = {}
    for name, value in [
        ("compression_level", 1),
        ("window_bits", 9),
        ("compression_strategy", 2),
        ("flush_mode", zlib.Z_FULL_FLUSH),
    ]:
        options = tf.python_io.TFRecordOptions(kinds.ZLIB, **{name: value}, input_buffer_size=999)
        path = tmp_path / name
        sizes[name] = len(written(path, options, content))
        assert list(tf.io.tf_record_iterator(str(path), options)) == content
    # Found with TensorFlow 1.15.
    assert sizes["window_bits"] == 510
    assert sizes["compression_strategy"] == 4301
    assert sizes["flush_mode"] > len(written(tmp_path / "plain", "ZLIB", content)) == 129


def test_types_of_compression():
    options = tf.python_io.TFRecordOptions
    named = options.get_compression_type_string
    assert [named(value) for value in (None, 0, 1, 2, "ZLIB", options("GZIP"))] == [
        *("", "", "ZLIB", "GZIP", "ZLIB", "GZIP")
    ]
    for wrong in (5, "BZ2"):
        with pytest.raises(ValueError, match=f'Not a valid compression_type: "{wrong}"'):
            options(wrong)


def test_a_closed_writer(tmp_path):
    writer = tf.io.TFRecordWriter(str(tmp_path / "file"))
    writer.write(b"1")
    writer.flush()
    assert list(tf.io.tf_record_iterator(str(tmp_path / "file"))) == [b"1"]
    writer.close()
    writer.close()
    for use in (writer.flush, lambda: writer.write(b"2")):
        with pytest.raises(tf.errors.FailedPreconditionError, match="previously closed"):
            use()


def test_what_cannot_be_written_or_read(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
        tf.io.TFRecordWriter(str(tmp_path / "no" / "file"))
    with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
        next(tf.io.tf_record_iterator(str(tmp_path / "none")))
    with (
        tf.io.TFRecordWriter(str(tmp_path / "file")) as writer,
        pytest.raises(TypeError, match="expected bytes, str found"),
    ):
        writer.write("text")
