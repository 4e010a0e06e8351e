"""Data sets from the embedded files and from the user's cache, as TensorFlow 1.15 gave them."""

import io
import os
import pickle
import tarfile

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.datasets import (
    boston_housing,
    cifar10,
    cifar100,
    imdb,
    plain_pickle,
    reuters,
)
from stillflow.keras.utils import files

datasets = tf.keras.datasets

# What TensorFlow 1.15 gave for the files that the tests put into the cache.
REVIEWS = [
    [[[1, 13, 14, 15, 16], [1, 8, 9, 10], [1, 11, 12]], [1, 0, 1]],
    [[[1, 2], [1, 17, 18]], [0, 1]],
]
FEW_REVIEWS = [[[[9, 10], [11, 12], []], [0, 1, 0]], [[[]], [1]]]
NEWS = [[[[1, 11, 12], [1, 8, 9, 10], [1, 14, 15]], [1, 0, 3]], [[[1, 13], [1, 2]], [2, 4]]]
HOUSES = [
    [[[2.0, 3.0], [0.0, 1.0], [6.0, 7.0], [4.0, 5.0]], [1.0, 0.0, 3.0, 2.0]],
    [[[8.0, 9.0]], [4.0]],
]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of data sets of a user who has none yet, and no network."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".keras" / "datasets"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def put(cache, monkeypatch):
    """A function that puts arrays into a file of the cache, with the hash that is expected."""

    def put(module, name, **arrays):
        path = str(cache / name)
        np.savez(path, **arrays)
        monkeypatch.setattr(module, "_HASH", files.hash_of_file(path))

    return put


def texts(*lists):
    array = np.empty(len(lists), object)
    array[:] = lists
    return array


def plain(value):
    return [plain(each) for each in value] if isinstance(value, tuple) else value.tolist()


def test_digits_are_embedded(cache):
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    assert (x_train.shape, x_train.dtype) == ((60000, 28, 28), np.uint8)
    assert (x_test.shape, y_test.dtype) == ((10000, 28, 28), np.uint8)
    assert y_train[:6].tolist() == [5, 0, 4, 1, 9, 2]
    assert int(x_train[0].sum()) == 27525
    x_train[0] = 0
    assert int(datasets.mnist.load_data()[0][0][0].sum()) == 27525


def test_reviews(put):
    """Numbers as TensorFlow 1.15 gave them for the same file."""
    put(
        imdb,
        "imdb.npz",
        x_train=texts([5, 6, 7], [8, 9], [10, 11, 12, 13]),
        y_train=np.array([0, 1, 1]),
        x_test=texts([14, 15], [16]),
        y_test=np.array([1, 0]),
    )
    assert plain(datasets.imdb.load_data()) == REVIEWS
    few = datasets.imdb.load_data(num_words=14, skip_top=9, maxlen=5, oov_char=None)
    assert plain(few) == FEW_REVIEWS
    with pytest.raises(ValueError, match=r"shorter than maxlen=1, no sequence was"):
        datasets.imdb.load_data(maxlen=1)
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        datasets.imdb.load_data(words=3)


def test_news(put):
    x = texts([5, 6, 7], [8, 9], [10], [11, 12], [13])
    put(reuters, "reuters.npz", x=x, y=np.arange(5))
    assert plain(datasets.reuters.load_data(test_split=0.4)) == NEWS


def test_houses(put):
    put(boston_housing, "boston_housing.npz", x=np.arange(10.0).reshape(5, 2), y=np.arange(5.0))
    assert plain(datasets.boston_housing.load_data()) == HOUSES


def pack(cache, monkeypatch, module, folder, batches):
    """Puts an archive of pickles as Python 2 wrote them."""
    path = str(cache / f"{folder}.tar.gz")
    with tarfile.open(path, "w:gz") as archive:
        for name, batch in batches.items():
            data = pickle.dumps(batch, protocol=2)
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    monkeypatch.setattr(module, "_HASH", files.hash_of_file(path))


def pictures(count, at=0):
    return (np.arange(count * 3072) + at).astype(np.uint8).reshape(count, 3072)


def test_pictures_of_ten_kinds(cache, monkeypatch):
    names = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]
    batches = {n: {b"data": pictures(2, i), b"labels": [i, 9]} for i, n in enumerate(names)}
    pack(cache, monkeypatch, cifar10, "cifar-10-batches-py", batches)
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert (x_train.shape, y_train.shape, x_test.shape) == (
        (10, 32, 32, 3),
        (10, 1),
        (2, 32, 32, 3),
    )
    assert (y_train.dtype, y_test.tolist()) == (np.uint8, [[5], [9]])
    assert x_train[2, 0, :3, 1].tolist() == [1, 2, 3]


def test_pictures_of_a_hundred_kinds(cache, monkeypatch):
    batch = {b"data": pictures(2), b"fine_labels": [7, 99], b"coarse_labels": [1, 19]}
    pack(cache, monkeypatch, cifar100, "cifar-100-python", {"train": batch, "test": batch})
    (x_train, y_train), _ = datasets.cifar100.load_data()
    assert (x_train.shape, y_train.tolist()) == ((2, 32, 32, 3), [[7], [99]])
    assert datasets.cifar100.load_data("coarse")[1][1].tolist() == [[1], [19]]
    with pytest.raises(ValueError, match="`label_mode` must be one of"):
        datasets.cifar100.load_data("medium")


def test_without_the_file_it_says_where_to_put_it(cache, monkeypatch):
    def refuse(*args):
        raise files.URLError("no network")

    monkeypatch.setattr(files.urllib.request, "urlretrieve", refuse)
    for load in (datasets.fashion_mnist.load_data, datasets.reuters.get_word_index):
        with pytest.raises(Exception, match=r"(?s)URL fetch failure on https:.*by hand: ") as told:
            load()
        assert os.path.dirname(str(told.value).split("by hand: ")[1]).startswith(str(cache))


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize(
    "value",
    [
        [1, 255, 256, 70000, -3, 2**40, True, None, 0.5, "text", b"bytes", (), (1,), {"a": [2]}],
        list(range(3000)),
        {"one": (1, 2, 3, 4), "same": ["x", "x"]},
    ],
)
def test_plain_pickles_are_read(protocol, value):
    assert plain_pickle.loads(pickle.dumps(value, protocol=protocol)) == value


def test_arrays_in_pickles_are_read():
    held = {"a": np.arange(6, dtype=">i2").reshape(2, 3), "f": np.asfortranarray(np.eye(2))}
    held["again"] = held["a"]
    read = plain_pickle.loads(pickle.dumps(held, protocol=2).replace(b"numpy._core", b"numpy.core"))
    assert read["a"].tolist() == held["a"].tolist()
    assert read["again"] is read["a"]
    assert read["f"].tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "data", [pickle.dumps(os.getcwd), pickle.dumps(print, 2), b"no pickle", pickle.dumps([1])[:-2]]
)
def test_nothing_that_a_pickle_names_is_run(data):
    with pytest.raises(ValueError, match=r"plain data|ends early"):
        plain_pickle.loads(data)
