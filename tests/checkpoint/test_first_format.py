"""TensorFlow's first checkpoint format: read, and written byte for byte as TensorFlow 1.15 does."""

import contextlib
import random
import shutil

import numpy as np
import pytest
import recorded
from hypothesis import given, settings
from hypothesis import strategies as st

import stillflow as tf
from stillflow.checkpoint import first_format, slices
from stillflow.checkpoint.first_format_writer import FirstFormatWriter
from stillflow.checkpoint.messages import message_class
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.checkpoint.table import TableWriter
from stillflow.checkpoint.table_reader import Table
from stillflow.graph import dtypes, errors

ENTRIES = recorded.load("first_format")
FILE = recorded.FOLDER / "first_format"


def part_of(entry):
    shape = tuple(entry["shape"])
    return slices.parse(entry["slice"]) if "slice" in entry else (shape, slices.whole(shape))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e['name']}{e.get('slice', '')}")
def test_reads_what_tensorflow_wrote(entry):
    """Every tensor, and every slice of a partitioned one, comes back bit for bit."""
    reader = CheckpointReader(FILE)
    key = recorded.key_of(entry)
    assert reader.dtype(key).name == entry["dtype"]
    if "slice" in entry:
        got = reader.read_slice(key, part_of(entry)[1])
    else:
        got = reader.read(key)
        assert reader.get_variable_to_shape_map()[entry["name"]] == entry["shape"]
    recorded.assert_identical(got, recorded.array_of(entry))


def test_assembles_a_partitioned_tensor():
    square = np.arange(48, dtype=np.float32).reshape(6, 8)
    reader = CheckpointReader(FILE)
    recorded.assert_identical(reader.get_tensor("square"), square)
    unaligned = reader.read_slice("square", ((1, 3), (2, 4)))
    recorded.assert_identical(unaligned, np.ascontiguousarray(square[1:4, 2:6]))


def test_reads_shards():
    reader = CheckpointReader(f"{recorded.FOLDER}/first_sharded-?????-of-00002")
    assert reader.get_variable_to_shape_map() == {"first": [2], "second": []}
    assert reader.get_tensor("first").tolist() == [1.5, 2.5]
    assert reader.get_tensor("second") == b"text"


def table_of(path):
    """Returns the list of a file, the slices of each tensor in order, and its other rows."""
    with open(path, "rb") as file:
        rows = dict(Table(file).entries())
    listed = message_class("SavedTensorSlices").FromString(rows.pop(b""))
    for tensor in listed.meta.tensor:
        tensor.slice.sort(key=lambda part: part.SerializeToString())
    return listed, rows


def test_writes_what_tensorflow_writes(tmp_path):
    """Byte for byte, but for the order in which the slices of one tensor are listed."""
    with FirstFormatWriter(f"{tmp_path}/c") as writer:
        for entry in ENTRIES:
            dtype = dtypes.as_dtype(entry["dtype"])
            shape, part = part_of(entry)
            writer.add(recorded.key_of(entry), shape, part, recorded.array_of(entry), dtype)
    assert table_of(tmp_path / "c") == table_of(FILE)


def test_writes_shards_as_tensorflow_does(tmp_path):
    for file, name, array in [
        ("first_sharded-00000-of-00002", "first", np.float32([1.5, 2.5])),
        ("first_sharded-00001-of-00002", "second", np.array(b"text", np.object_)),
    ]:
        with FirstFormatWriter(f"{tmp_path}/{file}") as writer:
            dtype = dtypes.as_dtype(array.dtype)
            writer.add(name, array.shape, slices.whole(array.shape), array, dtype)
        assert (tmp_path / file).read_bytes() == (recorded.FOLDER / file).read_bytes()


def test_refuses_what_does_not_fit(tmp_path):
    pair, one = np.ones(2), np.ones(1)
    with FirstFormatWriter(f"{tmp_path}/c") as writer:
        writer.add("x", [2], ((0, 1),), one, dtypes.float64)
        for name, shape, part, array, dtype in [
            ("x", [2], ((0, 1),), one, dtypes.float64),  # twice
            ("x", [2], ((1, 1),), pair, dtypes.float64),  # of another shape than the part
            ("x", [3], ((1, 1),), one, dtypes.float64),  # of another whole
            ("x", [2], ((1, 1),), one.astype("f"), dtypes.float32),
            ("y", [1], ((0, None),), one.astype("uint32"), dtypes.uint32),  # no such type
        ]:
            with pytest.raises(errors.InvalidArgumentError):
                writer.add(name, shape, part, array, dtype)


def readable(path):
    """Returns the names that can be read, after checking that their values are right."""
    names = set()
    with contextlib.suppress(errors.OpError):
        reader = CheckpointReader(path)
        for entry in ENTRIES:
            with contextlib.suppress(errors.OpError):
                key = recorded.key_of(entry)
                got = reader.read_slice(key, part_of(entry)[1])
                recorded.assert_identical(got, recorded.array_of(entry))
                names.add(key)
    return names


def test_a_changed_byte_never_changes_a_value(tmp_path):
    """Everything is under a checksum, or is padding."""
    content, rng = FILE.read_bytes(), random.Random(1)
    path = tmp_path / "c"
    for _ in range(150):
        changed = bytearray(content)
        changed[rng.randrange(len(content))] ^= rng.randrange(1, 256)
        path.write_bytes(changed if rng.random() < 0.8 else content[: rng.randrange(len(content))])
        assert readable(path) in (set(), {recorded.key_of(entry) for entry in ENTRIES})


def hostile(path, shape, parts, values, type_number=1):
    """Writes a sound table whose tensor `x` is not what its list says."""
    listed = message_class("SavedTensorSlices")()
    tensor = listed.meta.tensor.add(name=b"x", type=type_number)
    tensor.shape.dim.extend(message_class("Dim")(size=size) for size in shape)
    for part in parts:
        message = tensor.slice.add()
        for start, length in part:
            message.extent.add(**({} if length is None else {"start": start, "length": length}))
    row = message_class("SavedTensorSlices")()
    row.data.data.float_val.extend(values)
    rows = {slices.key(b"x", part): row.SerializeToString() for part in parts[:2]}
    with open(path, "wb") as file:
        table = TableWriter(file)
        table.add(b"", listed.SerializeToString())
        for key in sorted(rows):
            table.add(key, rows[key])
        table.finish()


@pytest.mark.parametrize(
    ("shape", "parts", "values", "type_number"),
    [
        ([2], [((0, None),)], [1.0], 1),
        ([1 << 40], [((0, None),)], [1.0], 1),
        ([-1, -1], [((0, None), (0, None))], [1.0], 1),
        ([1] * 70, [((0, None),) * 70], [1.0], 1),
        ([1 << 40], [((0, 1 << 39),), ((1 << 39, 1 << 39),)], [1.0], 1),
        ([2], [((0, 1),), ((0, 2),)], [1.0], 1),
        ([2], [((0, 1),), ((5, 1),)], [1.0], 1),
        ([2], [((0, 1),), ((0, 1),)], [1.0], 1),
        ([2], [((0, 1),)], [1.0], 1),
        ([2], [((0, 1), (0, 1))], [1.0], 1),
        ([3], [((0, 1),), ((1, 1),), ((2, 1),)], [1.0], 1),
        ([1], [((0, None),)], [1.0], 3),
        ([1], [((0, None),)], [1.0], 17),
        ([1], [((0, None),)], [1.0], 20),
        ([1], [((0, None),)], [1.0], 99),
        ([1], [], [1.0], 1),
    ],
)
def test_a_list_that_is_wrong(shape, parts, values, type_number, tmp_path):
    hostile(tmp_path / "c", shape, parts, values, type_number)
    with pytest.raises(errors.OpError, match="c"):
        CheckpointReader(tmp_path / "c").get_tensor("x")


@settings(deadline=None)
@given(listed=st.binary(max_size=60), row=st.binary(max_size=60))
def test_any_row_with_a_right_checksum_is_read_or_refused(tmp_path_factory, listed, row):
    path = tmp_path_factory.getbasetemp() / "hostile"
    with open(path, "wb") as file:
        table = TableWriter(file)
        table.add(b"", listed)
        table.add(slices.key(b"x", ((0, None),)), row)
        table.finish()
    with contextlib.suppress(errors.OpError):
        reader = CheckpointReader(path)
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name.encode(errors="surrogateescape"))


@settings(deadline=None)
@given(row=st.binary(max_size=60), count=st.integers(0, 5), kind=st.integers(0, 25))
def test_any_values_are_read_or_refused(tmp_path_factory, row, count, kind):
    """A list that is right, and a row that is anything."""
    path = tmp_path_factory.getbasetemp() / "hostile"
    listed = message_class("SavedTensorSlices")()
    tensor = listed.meta.tensor.add(name=b"x", type=kind)
    tensor.shape.dim.add(size=count)
    tensor.slice.add().extent.add()
    with open(path, "wb") as file:
        table = TableWriter(file)
        table.add(b"", listed.SerializeToString())
        table.add(slices.key(b"x", ((0, None),)), b"\x12" + bytes([len(row)]) + row)
        table.finish()
    with contextlib.suppress(errors.OpError):
        assert CheckpointReader(path).read("x").shape == (count,)


def test_shards_that_do_not_match(tmp_path):
    for shard, width in enumerate([2, 3]):
        part = ((shard, 1), (0, None))
        with FirstFormatWriter(f"{tmp_path}/c-{shard}") as writer:
            writer.add("x", [2, width], part, np.ones([1, width]), dtypes.float64)
    with pytest.raises(errors.DataLossError, match="another type or shape"):
        CheckpointReader(f"{tmp_path}/c-?")
    shutil.copy(tmp_path / "c-0", tmp_path / "c-1")
    with pytest.raises(errors.DataLossError, match="there twice"):
        CheckpointReader(f"{tmp_path}/c-?")


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "c").write_bytes(b"no checkpoint at all, but a text of more than fifty bytes")
    with pytest.raises(errors.DataLossError, match=r"Unable to open table file .*bad magic number"):
        first_format.FirstFormatFiles(f"{tmp_path}/c")


def test_a_slice_of_one_tensor_of_either_format(tmp_path):
    v = tf.get_variable("v", initializer=np.arange(8.0).reshape(2, 4))
    with tf.Session() as sess:
        sess.run(v.initializer)
        first, second = str(tmp_path / "first"), tf.train.Saver().save(sess, str(tmp_path / "m"))
        save = tf.raw_ops.SaveSlices(
            filename=first, tensor_names=["v"], shapes_and_slices=[""], data=[v]
        )
        sess.run(save)
        for path in (first, second):
            part = tf.raw_ops.RestoreSlice(
                file_pattern=path, tensor_name="v", shape_and_slice="2 4 1,1:1,2", dt=tf.float64
            )
            assert part.shape == [1, 2]
            assert sess.run(part).tolist() == [[5.0, 6.0]]


def test_slices_tell_shapes_before_anything_is_read():
    restored = tf.raw_ops.RestoreV2(
        prefix="m",
        tensor_names=["a", "b"],
        shape_and_slices=["", "3 4 0,1:-"],
        dtypes=[tf.float32] * 2,
    )
    assert [tensor.shape.ndims for tensor in restored] == [None, 2]
    assert restored[1].shape == [1, 4]
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and"):
        tf.raw_ops.RestoreV2(
            prefix="m", tensor_names=["a", "b"], shape_and_slices=[""], dtypes=[tf.float32] * 2
        )
    with pytest.raises(ValueError, match="Malformed shape_and_slice specification: 3 q"):
        tf.raw_ops.RestoreSlice(
            file_pattern="m", tensor_name="v", shape_and_slice="3 q", dt=tf.float32
        )
