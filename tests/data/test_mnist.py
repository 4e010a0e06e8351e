"""MNIST: the embedded files, the batches that TensorFlow 1.15 serves, and the user's own files."""

import gzip
import hashlib
import inspect
import json
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from stillflow.data import mnist
from stillflow.graph import dtypes, random_seed
from stillflow.graph.graph import Graph

FILES = Path(mnist.__file__).with_name("files")
GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "data" / "mnist_batches.json").read_text()
)
MD5 = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}


@pytest.fixture(autouse=True)
def own_graph_and_numpy_state():
    state = np.random.get_state()
    with Graph().as_default():
        yield
    np.random.set_state(state)


def summary(array):
    array = np.ascontiguousarray(array)
    return [list(array.shape), array.dtype.name, zlib.crc32(array)]


@pytest.mark.parametrize("name", MD5)
def test_embedded_files_are_the_originals(name):
    """The packaged files hold Yann LeCun's bytes, by md5."""
    original = gzip.decompress((FILES / name).read_bytes())
    assert hashlib.md5(original, usedforsecurity=False).hexdigest() == MD5[name]


@pytest.mark.parametrize("name", MD5)
def test_embedded_files_are_packed_reproducibly(name):
    """The gzip header carries neither a time nor a name."""
    assert (FILES / name).read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def replay(case):
    if "graph_seed" in case:
        random_seed.set_random_seed(case["graph_seed"])
    sets = mnist.read_data_sets("no-such-folder", **case.get("read", {}))
    if "numpy_seed" in case:
        np.random.seed(case["numpy_seed"])
    batches = []
    for size, shuffle in case["calls"]:
        images, labels = sets.train.next_batch(size, shuffle=shuffle)
        batches.append([summary(images), summary(labels), sets.train.epochs_completed])
    return {
        "num_examples": [s.num_examples for s in sets],
        "batches": batches,
        "whole": [[summary(s.images), summary(s.labels)] for s in sets],
        "next_random": np.random.randint(2**31 - 1),
    }


def cases(key):
    return [pytest.param(c, id=c["name"]) for c in GOLDEN["cases"] if key in c or key in c["want"]]


@pytest.mark.parametrize("case", cases("calls"))
def test_batches_are_tensorflows(case):
    """Same images, labels, epochs and use of numpy.random as TensorFlow 1.15, call by call."""
    assert replay(case) == case["want"]


@pytest.mark.parametrize("case", cases("fake_calls"))
def test_fake_batches_are_tensorflows(case):
    """fake_data gives lists of ones, and label 0, from 10,000 pretended examples."""
    train = mnist.read_data_sets("no-such-folder", **case["read"]).train
    batches = [list(train.next_batch(size, fake_data=True)) for size in case["fake_calls"]]
    assert {"num_examples": train.num_examples, "batches": batches} == case["want"]


@pytest.mark.parametrize("case", cases("error"))
def test_argument_errors_are_tensorflows(case):
    """A wrong validation_size or dtype raises TensorFlow's class with TensorFlow's text."""
    kind, text = case["want"]["error"]
    with pytest.raises({"ValueError": ValueError, "TypeError": TypeError}[kind]) as error:
        mnist.read_data_sets("no-such-folder", **case["read"])
    assert str(error.value) == text


def test_signatures_are_tensorflows():
    """Argument names, order and defaults of the public functions."""
    assert str(inspect.signature(mnist.read_data_sets)) == (
        "(train_dir, fake_data=False, one_hot=False, dtype=tf.float32, reshape=True, "
        "validation_size=5000, seed=None, "
        "source_url='https://storage.googleapis.com/cvdf-datasets/mnist/')"
    )
    assert str(inspect.signature(mnist.DataSet)) == (
        "(images, labels, fake_data=False, one_hot=False, dtype=tf.float32, reshape=True, "
        "seed=None)"
    )
    assert str(inspect.signature(mnist.DataSet.next_batch)) == (
        "(self, batch_size, fake_data=False, shuffle=True)"
    )


def small(n=10):
    pixels = np.random.RandomState(0).randint(0, 256, (n, 2, 3, 1)).astype(np.uint8)
    return pixels, np.arange(n)


def test_a_batch_is_the_callers_own():
    """Writing into a batch leaves the set alone."""
    data = mnist.DataSet(*small())
    images, labels = data.next_batch(4, shuffle=False)
    before = data.images.copy()
    images[:] = -1
    labels[:] = -1
    np.testing.assert_array_equal(data.images, before)
    np.testing.assert_array_equal(data.labels, np.arange(10))


def test_writing_into_images_changes_later_batches():
    """`images` is the set itself, as in TensorFlow: a program may normalise it in place."""
    data = mnist.DataSet(*small())
    data.images[:] -= 0.5
    images, labels = data.next_batch(10)
    np.testing.assert_array_equal(images, data.images)
    assert images.min() < 0
    np.testing.assert_array_equal(data.labels, labels)


def test_the_callers_pixels_are_copied():
    """Editing the array that a DataSet was made from does not change the DataSet."""
    pixels, labels = small()
    data = mnist.DataSet(pixels, labels)
    want = data.images.copy()
    pixels[:] = 0
    np.testing.assert_array_equal(data.next_batch(10, shuffle=False)[0], want)


def test_unequal_lengths_are_refused():
    """As in TensorFlow: an AssertionError that gives both shapes."""
    pixels, labels = small()
    with pytest.raises(AssertionError, match=r"images.shape: \(10, 2, 3, 1\) labels.shape: \(9,\)"):
        mnist.DataSet(pixels, labels[:9])


def test_reshape_needs_one_channel():
    with pytest.raises(AssertionError, match="expected \\(n, rows, columns, 1\\)"):
        mnist.DataSet(np.zeros((2, 4), np.uint8), np.zeros(2))


def test_a_fake_set_has_no_real_batches():
    with pytest.raises(TypeError, match="fake_data=True"):
        mnist.read_data_sets("", fake_data=True).test.next_batch(1)


@pytest.mark.parametrize("labels", [[0, 10], [3, 255]])
def test_one_hot_refuses_labels_outside_the_classes(labels):
    """TensorFlow would write such a label into the next row."""
    with pytest.raises(ValueError, match=r"Labels must be in \[0, 10\)"):
        mnist.dense_to_one_hot(np.array(labels, np.uint8), 10)


def test_dtype_may_be_any_spelling():
    """Whatever as_dtype takes: a DType, a NumPy type, a name."""
    for dtype in (dtypes.uint8, np.uint8, "uint8"):
        assert mnist.DataSet(*small(), dtype=dtype).images.dtype == np.uint8


# Files that the user gives.


def idx(magic, shape, elements):
    header = b"".join(n.to_bytes(4, "big") for n in (magic, *shape))
    return header + bytes(elements)


LABELS = idx(2049, [5], range(5))
BAD_LABELS = {
    "not gzip": (b"<html>404</html>", "expected a whole gzip file"),
    "empty": (b"", "expected 4 bytes, found only 0"),
    "cut gzip": (gzip.compress(LABELS)[:-12], "expected a whole gzip file"),
    "damaged gzip": (gzip.compress(LABELS)[:-6] + b"\0" * 6, "expected a whole gzip file"),
    "not IDX": (gzip.compress(b"hello, world"), "Invalid magic number 1751477356 in MNIST label"),
    "images": (
        gzip.compress(idx(2051, [1, 1, 1], [0])),
        "Invalid magic number 2051 in MNIST label",
    ),
    "no size": (gzip.compress(LABELS[:6]), "expected 4 bytes, found only 2"),
    "too short": (gzip.compress(LABELS[:-1]), "expected 5 bytes, found only 4"),
    "too long": (gzip.compress(LABELS + b"\0"), r"expected 5 bytes of shape \[5\], found more"),
    "absurd size": (
        gzip.compress(idx(2049, [2**32 - 1], [0])),
        r"claims labels of shape \[4294967295\]",
    ),
    "false size": (
        gzip.compress(idx(2049, [2**30], [0])),
        "expected 1073741824 bytes, found only 1",
    ),
}


@pytest.mark.parametrize("case", BAD_LABELS)
def test_a_bad_file_is_named(case, tmp_path):
    """The message names the file, what was expected and what was found."""
    content, message = BAD_LABELS[case]
    path = tmp_path / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        mnist.read_data_sets(tmp_path)
    assert str(path) in str(error.value)


def test_a_gzip_bomb_takes_no_memory(tmp_path):
    """A small file that unpacks to far more than its header says is not unpacked."""
    import resource  # POSIX only, as is the limit below

    bomb = tmp_path / "t10k-labels-idx1-ubyte.gz"
    bomb.write_bytes(gzip.compress(idx(2049, [5], bytes(200_000_000)), compresslevel=1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="found more"), open(bomb, "rb") as f:
        mnist.extract_labels(f)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_files_in_the_folder_come_first(tmp_path, capsys):
    """Each file is looked up in train_dir; only the missing ones are the embedded ones."""
    images = idx(2051, [4, 2, 3], range(24))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(
        gzip.compress(idx(2049, [4], [3, 1, 4, 1]))
    )
    test = mnist.read_data_sets(tmp_path, dtype=np.uint8, reshape=False).test
    np.testing.assert_array_equal(test.images.ravel(), range(24))
    assert test.images.shape == (4, 2, 3, 1)
    assert test.labels.tolist() == [3, 1, 4, 1]
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Extracting train-images-idx3-ubyte.gz (embedded in Stillflow)"
    assert printed[2] == f"Extracting {tmp_path}/t10k-images-idx3-ubyte.gz"


def test_a_full_folder_gives_what_the_embedded_files_give(tmp_path):
    for name in MD5:
        shutil.copy(FILES / name, tmp_path)
    embedded, given = (mnist.read_data_sets(d) for d in ("no-such-folder", str(tmp_path)))
    for a, b in zip(embedded, given, strict=True):
        assert summary(a.images) == summary(b.images)
        assert summary(a.labels) == summary(b.labels)


def test_no_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mnist.read_data_sets("./data/", one_hot=True)
    assert list(tmp_path.iterdir()) == []


def test_another_source_url_is_not_answered_with_mnist(tmp_path):
    """A program that asks for Fashion-MNIST must not train on digits unawares."""
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte.gz is not in"):
        mnist.read_data_sets(tmp_path, source_url="http://fashion-mnist.example/")


def test_reading_a_set_needs_no_jax_and_not_the_training_images():
    """A program that only tests starts at once."""
    code = """
import sys
from stillflow.data import mnist
test = mnist.read_data_sets("no-such-folder").test
assert test.images.shape == (10000, 784)
assert "jax" not in sys.modules
assert mnist._embedded_pixels.cache_info().misses == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
