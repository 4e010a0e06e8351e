"""Damaged checkpoints: a wrong value never comes out, and every failure is one of `tf.errors`."""

import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import recorded
from hypothesis import given, settings
from hypothesis import strategies as st

from stillflow.checkpoint import bundle, slices
from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.checkpoint.messages import message_class
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors

DATA = ".data-00000-of-00001"
DAMAGED = recorded.load("damage")

# What is raised instead of TensorFlow's class, and why.
GAPS = {
    "data cut short": (
        "DataLossError",
        "OutOfRangeError would silently end a training loop that takes it for the end of its data",
    ),
}


def put(prefix, record):
    for suffix, content in [(".index", record["index"]), (DATA, record["data"])]:
        if content is not None:
            with open(f"{prefix}{suffix}", "wb") as file:
                file.write(bytes.fromhex(content))


@pytest.mark.parametrize("record", DAMAGED, ids=lambda record: record["edit"])
def test_fails_as_tensorflow_does(record, tmp_path, monkeypatch):
    """The same reads fail, with the same class and first clause, and name the file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    put("d/bad", record)
    if record["open"]:
        assert_raises(record, record["open"], lambda: CheckpointReader("d/bad"))
        return
    reader = CheckpointReader("d/bad")
    for name, value in [("s", [b"ab", b"cde"]), ("w", [1.0, 2.0])]:
        if record[name]:
            assert_raises(record, record[name], lambda name=name: reader.get_tensor(name))
        else:
            assert reader.get_tensor(name).tolist() == value


def assert_raises(record, recorded_error, call):
    kind, message = recorded_error
    kind = GAPS.get(record["edit"], (kind,))[0]
    with pytest.raises(getattr(errors, kind)) as caught:
        call()
    assert message.split(": ")[-1] in caught.value.message
    assert "d/bad" in caught.value.message


@pytest.fixture(scope="module")
def sample():
    """The files and the tensors of a small bundle with every kind of entry."""
    return {
        "numbers": np.arange(5, dtype=np.float32),
        "strings": np.array([b"", b"abc", b"\xff" * 20], np.object_),
        "empty": np.zeros((0, 3), np.int64),
        "scalar": np.array(True),
        "split": np.arange(6, dtype=np.int16),
    }


@pytest.fixture
def prefix(sample, tmp_path):
    prefix = str(tmp_path / "b")
    with BundleWriter(prefix) as writer:
        for name, array in sample.items():
            if name != "split":
                writer.add(name, array)
        for part in [(0, 4), (4, 2)]:
            writer.add_slice("split", [6], (part,), sample["split"][part[0] : sum(part)])
    return prefix


def survivors(prefix, sample):
    """Returns the names that can be read, after checking that their values are right."""
    try:
        reader = CheckpointReader(prefix)
    except errors.OpError:
        return set()
    names = set()
    for name, array in sample.items():
        try:
            got = reader.read(name)
        except errors.OpError:
            continue
        recorded.assert_identical(got, array)
        names.add(name)
    return names


@pytest.mark.parametrize("suffix", [".index", DATA])
@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_a_changed_byte_never_changes_a_value(prefix, sample, suffix, flip):
    """Exhaustive: every byte of both files."""
    with open(prefix + suffix, "r+b", buffering=0) as file:
        content = file.read()
        for position, byte in enumerate(content):
            file.seek(position)
            file.write(bytes([byte ^ flip]))
            read = survivors(prefix, sample)
            assert suffix == ".index" or len(read) == len(sample) - 1
            file.seek(position)
            file.write(bytes([byte]))
    assert survivors(prefix, sample) == set(sample)


@pytest.mark.parametrize("suffix", [".index", DATA])
def test_a_cut_file_never_changes_a_value(prefix, sample, suffix):
    """Exhaustive: every length of both files."""
    with open(prefix + suffix, "r+b") as file:
        size = file.seek(0, 2)
        for length in reversed(range(size)):
            file.truncate(length)
            read = survivors(prefix, sample)
            assert read <= set(sample) - {"split"} if suffix == DATA else not read


def flipped(content, rng, _):
    content[rng.randrange(len(content))] ^= rng.randrange(1, 256)


def zeroed(content, rng, _):
    """A block that never reached the disk."""
    start = rng.randrange(len(content))
    stop = min(len(content), start + rng.randrange(1, 600))
    content[start:stop] = bytes(stop - start)


def cut(content, rng, _):
    del content[rng.randrange(len(content)) :]


def lengthened(content, rng, _):
    content += rng.randbytes(rng.randrange(1, 100))


def moved(content, rng, _):
    """A part of the file in the place of another."""
    start, to = rng.randrange(len(content)), rng.randrange(len(content))
    part = content[start : start + rng.randrange(1, 100)]
    content[to : to + len(part)] = part


def mixed(content, rng, other):
    """The rest of the file is that of another save of the same variables."""
    start = rng.randrange(len(content))
    content[start:] = other[start:]


@pytest.mark.parametrize("damage", [flipped, zeroed, cut, lengthened, moved, mixed])
def test_random_damage_never_changes_a_value(damage, prefix, sample, tmp_path):
    """200 of each kind, to the index or the data."""
    rng, found = random.Random(damage.__name__), 0
    with BundleWriter(f"{tmp_path}/other") as writer:
        for name, array in sample.items():
            writer.add(name, array if array.dtype == object else array + np.ones((), array.dtype))
    for _ in range(200):
        suffix = rng.choice([".index", DATA])
        path, other = Path(prefix + suffix), Path(f"{tmp_path}/other{suffix}").read_bytes()
        content = path.read_bytes()
        changed = bytearray(content)
        damage(changed, rng, other)
        path.write_bytes(changed)
        found += survivors(prefix, sample) != set(sample)
        path.write_bytes(content)
    assert found > (0 if damage is lengthened else 100)
    assert survivors(prefix, sample) == set(sample)


def test_two_saves_mixed_are_found_out(prefix, sample, tmp_path):
    """An index with the data of another save of the same tensors."""
    with BundleWriter(f"{tmp_path}/other") as writer:
        writer.add("numbers", sample["numbers"] + 1)
    (tmp_path / f"other{DATA}").rename(prefix + DATA)
    with pytest.raises(errors.DataLossError, match=rf"Checksum(.|\n)*'numbers'(.|\n)*{DATA}"):
        CheckpointReader(prefix).get_tensor("numbers")


big = st.one_of(st.integers(-2, 8), st.integers(-(2**63), 2**63 - 1))
numbers = st.integers(-(2**31), 2**31 - 1)
entries = st.builds(
    lambda dims, slices, **fields: message_class("BundleEntryProto")(
        shape={"dim": [{"size": size} for size in dims]},
        slices=[{"extent": [{"start": s, "length": n} for s, n in part]} for part in slices],
        **fields,
    ),
    dims=st.lists(big, max_size=70),
    slices=st.lists(st.lists(st.tuples(big, big), max_size=3), max_size=3),
    dtype=st.one_of(st.integers(0, 25), numbers),
    shard_id=st.one_of(st.just(0), numbers),
    offset=big,
    size=big,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(entries, max_size=3))
def test_hostile_entries_with_right_checksums(tmp_path_factory, hostile):
    """No entry, however wrong, makes the reader allocate much or raise anything else."""
    prefix = str(tmp_path_factory.getbasetemp() / "hostile")
    with open(prefix + DATA, "wb") as file:
        file.write(bytes(64))
    index = {bytes([65 + i]): entry for i, entry in enumerate(hostile)}
    with open(f"{prefix}.index", "wb") as file:
        file.write(bundle.encode_index(1, index))
    tracemalloc.start()
    try:
        reader = CheckpointReader(prefix)
        for name in index:
            with pytest.raises(errors.OpError):  # the stored CRC is 0, which no CRC here masks to
                reader.get_tensor(name)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, errors.DataLossError),
        (b"\xff", errors.DataLossError),
        (b"", errors.DataLossError),
        (message_class("BundleHeaderProto")(num_shards=1, endianness=1), errors.UnimplementedError),
        (
            message_class("BundleHeaderProto")(num_shards=1, version={"min_consumer": 2}),
            errors.UnimplementedError,
        ),
    ],
)
def test_refuses_other_headers(header, error, tmp_path):
    rows = {b"x": b""} if header is None else {b"": header}
    with open(tmp_path / "b.index", "wb") as file:
        writer = bundle.TableWriter(file)
        for key, row in rows.items():
            writer.add(key, row if isinstance(row, bytes) else row.SerializeToString())
        writer.finish()
    with pytest.raises(error, match=r"Unable to read file \(.*b.index\)"):
        CheckpointReader(tmp_path / "b")


def test_slices_that_share_bytes_are_data_loss(prefix):
    """Else a few bytes could be listed as any number of elements."""
    num_shards, index = bundle.read_index(prefix)
    first, second = (slices.key(b"split", (part,)) for part in [(0, 4), (4, 2)])
    index[second].offset = index[first].offset
    with open(f"{prefix}.index", "wb") as file:
        file.write(bundle.encode_index(num_shards, index))
    with pytest.raises(errors.DataLossError, match="share bytes"):
        CheckpointReader(prefix).get_tensor("split")


def test_a_missing_slice_is_data_loss(prefix):
    num_shards, index = bundle.read_index(prefix)
    del index[b"split"].slices[0]
    with open(f"{prefix}.index", "wb") as file:
        file.write(bundle.encode_index(num_shards, index))
    with pytest.raises(errors.DataLossError, match="do not make up the tensor"):
        CheckpointReader(prefix).get_tensor("split")
