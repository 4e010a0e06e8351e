"""Bundles: what TensorFlow 1.15 wrote is read, and what it wrote is written, byte for byte."""

import hashlib
import itertools
import os

import ml_dtypes
import numpy as np
import pytest
import recorded
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stillflow.checkpoint import bundle_writer, slices
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import dtypes, errors

every_bundle = pytest.mark.parametrize("name", recorded.BUNDLES)


@every_bundle
def test_reads_what_tensorflow_wrote(name):
    """Every tensor, and every slice of a partitioned one, comes back bit for bit."""
    reader = CheckpointReader(recorded.FOLDER / name)
    for entry in recorded.BUNDLES[name]:
        if "slice" in entry:
            _, part = slices.parse(entry["slice"])
            got = reader.read_slice(recorded.key_of(entry), part)
        else:
            got = reader.read(recorded.key_of(entry))
        recorded.assert_identical(got, recorded.array_of(entry))


@every_bundle
def test_maps_name_every_tensor(name):
    reader = CheckpointReader(recorded.FOLDER / name)
    entries = recorded.BUNDLES[name]
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    assert set(shapes) == set(types) == {entry["name"] for entry in entries}
    for entry in entries:
        assert reader.has_tensor(recorded.key_of(entry))
        assert types[entry["name"]].name == entry["dtype"]
        if "slice" not in entry:
            assert shapes[entry["name"]] == entry["shape"]


@pytest.mark.parametrize("name", [n for n in recorded.BUNDLES if n != "sharded"])
def test_writes_what_tensorflow_writes(name, tmp_path):
    recorded.write(tmp_path / name, recorded.BUNDLES[name])
    written = recorded.contents(tmp_path)
    assert written == {file: (recorded.FOLDER / file).read_bytes() for file in written}
    assert set(written) == {f"{name}.index", f"{name}.data-00000-of-00001"}


def test_writes_an_index_of_several_blocks(tmp_path):
    """The sizes and hashes are those of TensorFlow's files; the tensors are those of the tool."""
    with BundleWriter(f"{tmp_path}/many") as writer:
        for i in range(9000):
            writer.add(f"layer_{i * i % 9973}/{'w' * (i % 40)}", np.float32(i))
    assert {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in recorded.contents(tmp_path).items()
    } == recorded.load("many")
    reader = CheckpointReader(f"{tmp_path}/many")
    assert len(reader.get_variable_to_shape_map()) == 9000
    assert reader.get_tensor("layer_4/ww") == 2


def test_merges_shards_as_tensorflow_does(tmp_path):
    """Three bundles of one data file become one bundle of three."""
    first, second, third, split = recorded.BUNDLES["sharded"]
    matrix = recorded.array_of(split)
    shards = [str(tmp_path / "parts" / str(shard)) for shard in range(3)]
    with BundleWriter(shards[0]) as writer:
        writer.add("first", recorded.array_of(first))
        for start, stop in [(0, 3), (3, 5), (5, 7)]:
            part = ((start, stop - start), (0, 4))
            writer.add_slice("split", matrix.shape, part, matrix[start:stop])
    recorded.write(shards[1], [second])
    recorded.write(shards[2], [third])
    bundle_writer.merge(shards, str(tmp_path / "whole" / "sharded"))
    written = recorded.contents(tmp_path / "whole")
    assert written == {file: (recorded.FOLDER / file).read_bytes() for file in written}
    assert len(written) == 4
    assert recorded.contents(tmp_path / "parts") == {}


def test_assembles_a_partitioned_tensor():
    reader = CheckpointReader(recorded.FOLDER / "slices")
    square = np.arange(48, dtype=np.float32).reshape(6, 8)
    recorded.assert_identical(reader.get_tensor("square"), square)
    unaligned = reader.read_slice("square", ((1, 3), (2, 4)))
    recorded.assert_identical(unaligned, np.ascontiguousarray(square[1:4, 2:6]))
    assert reader.get_variable_to_shape_map()["square"] == [6, 8]
    odd = reader.get_tensor(b"odd\x00name\xff")
    recorded.assert_identical(odd, np.float32([1, 2]))


sides = st.lists(st.integers(1, 6), min_size=1, max_size=3)


@settings(deadline=None, max_examples=40)
@given(sides, st.data())
def test_any_slice_of_any_partition(tmp_path_factory, shape, data):
    """Parts are cut along one axis, the slice is any box."""
    whole = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    cuts = sorted(data.draw(st.sets(st.integers(1, shape[axis]), max_size=3)) | {0, shape[axis]})
    prefix = f"{tmp_path_factory.mktemp('parts')}/b"
    with BundleWriter(prefix) as writer:
        for start, stop in itertools.pairwise(cuts):
            part = [(0, None)] * len(shape)
            part[axis] = (start, stop - start)
            content = whole[slices.index(part, shape)]
            writer.add_slice("x", shape, tuple(part), content)
    bounds = [sorted(data.draw(st.tuples(*[st.integers(0, size)] * 2))) for size in shape]
    wanted = tuple((start, stop - start) for start, stop in bounds)
    got = CheckpointReader(prefix).read_slice("x", wanted)
    recorded.assert_identical(got, np.ascontiguousarray(whole[slices.index(wanted, shape)]))


def test_only_the_parts_of_a_slice_are_read(tmp_path):
    """The parts of a large variable are restored without putting it together."""
    with BundleWriter(f"{tmp_path}/b") as writer:
        for start in range(4):
            writer.add_slice("x", [4, 8], ((start, 1), (0, None)), np.full([1, 8], start))
    with open(f"{tmp_path}/b.data-00000-of-00001", "r+b") as file:
        file.write(b"damage")
    reader = CheckpointReader(f"{tmp_path}/b")
    assert reader.read_slice("x", ((1, 2), (0, 1))).tolist() == [[1], [2]]
    with pytest.raises(errors.DataLossError, match="Checksum"):
        reader.read_slice("x", ((0, 2), (0, 1)))


def test_a_scalar_comes_as_a_numpy_scalar():
    """As TensorFlow's reader gives it: not as an array without axes."""
    assert type(CheckpointReader(recorded.FOLDER / "shapes").get_tensor("scalar")) is np.float32
    assert CheckpointReader(recorded.FOLDER / "strings").get_tensor("scalar") == b"abc"


def test_debug_string_is_tensorflows():
    assert CheckpointReader(recorded.FOLDER / "strings").debug_string() == (
        b"empty (DT_STRING) []\nmatrix (DT_STRING) [2,2]\nnone (DT_STRING) [0,2]\n"
        b"scalar (DT_STRING) []\nutf8 (DT_STRING) []\n"
    )
    lines = CheckpointReader(recorded.FOLDER / "dtypes").debug_string().splitlines()
    assert b"float16 (DT_HALF) [2,3]" in lines
    assert b"float64 (DT_DOUBLE) [2,3]" in lines


NUMBERS = [np.dtype(char) for char in "?bhilBHILefdFD"]
tensors = st.one_of(
    hnp.arrays(st.sampled_from(NUMBERS), hnp.array_shapes(min_dims=0, min_side=0)),
    hnp.arrays(np.object_, hnp.array_shapes(min_dims=0, min_side=0), elements=st.binary()),
)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.binary(min_size=1), tensors, max_size=8))
def test_what_is_written_is_read(tmp_path_factory, named):
    prefix = str(tmp_path_factory.mktemp("bundle") / "b")
    with BundleWriter(prefix) as writer:
        for name, array in named.items():
            writer.add(name, array)
    reader = CheckpointReader(prefix)
    assert {n.encode(errors="surrogateescape") for n in reader.get_variable_to_shape_map()} == set(
        named
    )
    for name, array in named.items():
        recorded.assert_identical(reader.read(name), array)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24.0).reshape(4, 6).T,
        np.arange(24.0)[::-2],
        np.arange(4, dtype=">i4"),
        np.array(["a", "é"]),
        np.array([b"a", b"bc"]),
        np.arange(3).astype(ml_dtypes.bfloat16),
        np.zeros((1 << 20) + 3, np.float32),
    ],
    ids=["transposed", "strided", "big-endian", "text", "bytes", "bfloat16", "large"],
)
def test_memory_layout_does_not_matter(array, tmp_path):
    with BundleWriter(f"{tmp_path}/b") as writer:
        writer.add("x", array)
    got = CheckpointReader(f"{tmp_path}/b").get_tensor("x")
    want = [s.encode() for s in array] if array.dtype.kind == "U" else array.tolist()
    assert got.tolist() == want
    assert got.flags.writeable


def test_an_empty_bundle_is_a_bundle(tmp_path):
    with BundleWriter(f"{tmp_path}/b"):
        pass
    assert CheckpointReader(f"{tmp_path}/b").get_variable_to_shape_map() == {}


def test_a_failed_write_leaves_nothing(tmp_path):
    with pytest.raises(TypeError, match="got 3"), BundleWriter(f"{tmp_path}/b") as writer:
        writer.add("x", np.array([b"a", 3], np.object_))
    assert recorded.contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("prefix", "error"),
    [
        ("no/such/b", errors.NotFoundError),
        ("file/b", errors.FailedPreconditionError),
        ("x" * 300, errors.InvalidArgumentError),
    ],
)
def test_system_errors_are_tensorflows(prefix, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(error, match=prefix.split("/")[0]):
        BundleWriter(prefix)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_resource_exhausted(tmp_path):
    with open("/dev/full", "wb", buffering=0) as full:
        writer = BundleWriter(f"{tmp_path}/b")
        writer._data.file.close()
        writer._data.file = full
        with pytest.raises(errors.ResourceExhaustedError, match="No space left"), writer:
            writer.add("x", np.ones(3))


def test_a_directory_is_created_but_not_two(tmp_path):
    with BundleWriter(f"{tmp_path}/new/b"):
        pass
    assert (tmp_path / "new" / "b.index").exists()
    with pytest.raises(errors.NotFoundError, match="No such file or directory"):
        BundleWriter(f"{tmp_path}/newer/new/b")


def test_refuses_duplicates(tmp_path):
    whole, half = np.ones(4), np.ones(2)
    with BundleWriter(f"{tmp_path}/b") as writer:
        writer.add("x", whole)
        writer.add_slice("y", [4], ((0, 2),), half)
        for name, part, array in [
            ("x", ((0, 4),), whole),  # whole, twice
            ("x", ((0, 2),), half),  # a part of what is stored whole
            ("y", ((0, 2),), half),  # a part, twice
            ("y", ((2, 2),), half.astype(np.float32)),  # of another type
            ("y", ((2, 2),), whole),  # of another shape
        ]:
            with pytest.raises(errors.InvalidArgumentError):
                writer.add_slice(name, [4], part, array)


def test_refuses_a_merge_of_duplicates(tmp_path):
    for name in "ab":
        with BundleWriter(f"{tmp_path}/{name}") as writer:
            writer.add("x", np.ones(4))
    with pytest.raises(errors.InvalidArgumentError, match="x"):
        bundle_writer.merge([f"{tmp_path}/a", f"{tmp_path}/b"], f"{tmp_path}/c")


def test_names_the_file_that_was_meant(tmp_path):
    """A common mistake: passing one of a checkpoint's files for the checkpoint."""
    with BundleWriter(f"{tmp_path}/b-1"):
        pass
    for suffix in [".index", ".data-00000-of-00001"]:
        with pytest.raises(errors.DataLossError, match=f"pass '{tmp_path}/b-1'"):
            CheckpointReader(f"{tmp_path}/b-1{suffix}")
    with pytest.raises(errors.DataLossError, match="is a directory"):
        CheckpointReader(tmp_path)


def test_missing_tensor():
    reader = CheckpointReader(recorded.FOLDER / "shapes")
    assert not reader.has_tensor("nope")
    with pytest.raises(errors.NotFoundError, match=r"^Key nope not found in checkpoint"):
        reader.get_tensor("nope")


def test_unknown_types_are_named_and_hide_nothing_else(tmp_path):
    """A later TensorFlow's element types leave the other tensors readable."""
    with BundleWriter(f"{tmp_path}/b") as writer:
        for name in ["new", "known", "handle"]:
            writer.add(name, np.ones(2))
        writer._index[b"new"].dtype = 99
        writer._index[b"handle"].dtype = dtypes.resource.as_datatype_enum
    reader = CheckpointReader(f"{tmp_path}/b")
    assert reader.get_tensor("known").tolist() == [1, 1]
    assert b"new (99) [2]" in reader.debug_string()
    with pytest.raises(errors.UnimplementedError, match=r"'new' .* number 99"):
        reader.get_tensor("new")
    with pytest.raises(errors.UnimplementedError, match="resource"):
        reader.get_tensor("handle")


def test_reading_a_checkpoint_does_not_need_its_other_shards(tmp_path):
    for file, content in recorded.contents(recorded.FOLDER).items():
        if file.startswith("sharded") and "00001-of" not in file:
            (tmp_path / file).write_bytes(content)
    reader = CheckpointReader(tmp_path / "sharded")
    assert reader.get_tensor("third") == b"text"
    with pytest.raises(errors.NotFoundError, match=r"data-00001-of-00003; No such file"):
        reader.get_tensor("second")
