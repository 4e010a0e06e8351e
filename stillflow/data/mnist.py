"""MNIST as `tensorflow.examples.tutorials.mnist.input_data` gives it, from a folder or embedded.

Batches come in TensorFlow 1.15's order for the same `numpy.random` state. Two things differ:
nothing is downloaded, and a batch is the caller's own copy (TensorFlow's may be a view of the set).
"""

from __future__ import annotations

import functools
import math
import os
from collections import namedtuple
from pathlib import Path
from typing import BinaryIO

import numpy as np

from stillflow.data.idx import IMAGES_MAGIC, LABELS_MAGIC, read_idx
from stillflow.graph import dtypes, random_seed

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
# Other hosts of the very same files: asking for one of them is asking for MNIST.
_MNIST_URLS = (
    DEFAULT_SOURCE_URL,
    "http://yann.lecun.com/exdb/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_EMBEDDED = Path(__file__).with_name("files")
_FAKE_EXAMPLES = 10000

Datasets = namedtuple("Datasets", ["train", "validation", "test"])


def extract_images(f: BinaryIO) -> np.ndarray:
    """Reads a gzipped IDX image file: uint8[n, rows, columns, 1]."""
    return read_idx(f, IMAGES_MAGIC, "image")[..., np.newaxis]


def extract_labels(f: BinaryIO, one_hot: bool = False, num_classes: int = 10) -> np.ndarray:
    """Reads a gzipped IDX label file: uint8[n], or float64[n, num_classes] when `one_hot`."""
    labels = read_idx(f, LABELS_MAGIC, "label")
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: np.ndarray, num_classes: int) -> np.ndarray:
    """labels_dense: integer[n] -> float64[n, num_classes], a 1 at each label.

    Raises:
      ValueError: a label is not in [0, num_classes).
    """
    labels = labels_dense.ravel().astype(np.int64)
    if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
        raise ValueError(
            f"Labels must be in [0, {num_classes}), found {labels.min()} to {labels.max()}."
            "\n  Pass num_classes= for a set with other classes than ten digits."
        )
    one_hot = np.zeros((labels.size, num_classes))
    one_hot[np.arange(labels.size), labels] = 1
    return one_hot


class DataSet:
    """Examples served in batches, reshuffled by `numpy.random` at the start of each epoch.

    images: uint8[n, rows, columns, 1]; labels: [n] or [n, classes].
    The constructor reseeds `numpy.random` from the graph's seed and `seed`, as TensorFlow's does:
    with neither, from the operating system.
    """

    def __init__(
        self,
        images,
        labels,
        fake_data=False,
        one_hot=False,
        dtype=dtypes.float32,
        reshape=True,
        seed=None,
    ):
        graph_seed, op_seed = random_seed.get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        dtype = dtypes.as_dtype(dtype).base_dtype
        if dtype not in (dtypes.uint8, dtypes.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self.one_hot = one_hot
        self._fake = fake_data
        self._epochs_completed = 0
        self._index_in_epoch = 0
        if fake_data:
            self._num_examples = _FAKE_EXAMPLES
        else:
            _check_same_length(images, labels)
            self._num_examples = images.shape[0]
        self._images = _Column(images, flatten=reshape, scale=dtype == dtypes.float32)
        self._labels = _Column(labels)

    @property
    def images(self) -> np.ndarray:
        """All images in their present order: f32 in [0, 1] or uint8; [n, pixels] if reshaped."""
        return self._images.whole()

    @property
    def labels(self) -> np.ndarray:
        """All labels in their present order."""
        return self._labels.whole()

    @property
    def num_examples(self) -> int:
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        return self._epochs_completed

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """Returns the next `batch_size` images and labels; a batch may span the end of an epoch."""
        if fake_data:
            return self._fake_batch(batch_size)
        if self._fake:
            raise TypeError("A fake data set holds no examples: pass fake_data=True to next_batch.")
        start = self._index_in_epoch
        if shuffle and start == 0 and self._epochs_completed == 0:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch = start + batch_size
            return self._rows(start, start + batch_size)
        rest_images, rest_labels = self._rows(start, self._num_examples)
        self._epochs_completed += 1
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - (self._num_examples - start)
        images, labels = self._rows(0, self._index_in_epoch)
        return np.concatenate((rest_images, images)), np.concatenate((rest_labels, labels))

    def _fake_batch(self, batch_size):
        label = [1] + [0] * 9 if self.one_hot else 0
        return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images.reorder(order)
        self._labels.reorder(order)

    def _rows(self, start: int, stop: int):
        return self._images.rows(start, stop), self._labels.rows(start, stop)


class _Column:
    """One array of examples in an order that changes: rows move, and are scaled, when asked for.

    Gathering a batch from uint8 costs what gathering it from float32 does, and an epoch then
    starts without copying the whole set.
    """

    def __init__(self, array, flatten: bool = False, scale: bool = False):
        if flatten and len(array):
            _check_one_channel(array)
        # A caller may go on writing to an array that can be written: take its values now.
        if scale and isinstance(array, np.ndarray) and array.flags.writeable:
            array, scale = _scaled(array), False
        self._array = array
        self._flatten = flatten
        self._scale = scale
        self._order: np.ndarray | None = None

    def reorder(self, order: np.ndarray) -> None:
        """Row i becomes what row order[i] is now."""
        self._order = order if self._order is None else self._order[order]

    def rows(self, start: int, stop: int) -> np.ndarray:
        """A new array of the rows [start, stop), cut at the end as a slice is."""
        array = self._loaded()
        chosen = array[start:stop].copy() if self._order is None else array[self._order[start:stop]]
        return _scaled(chosen) if self._scale else chosen

    def whole(self) -> np.ndarray:
        """All rows; later calls and batches see what the caller writes into it."""
        if self._scale or self._order is not None:
            self._array = self.rows(0, len(self._array))
            self._order, self._scale = None, False
        return self._loaded()

    def _loaded(self) -> np.ndarray:
        if not isinstance(self._array, np.ndarray) or self._flatten:
            array = np.asarray(self._array)
            shape = (len(array), math.prod(array.shape[1:])) if self._flatten else array.shape
            self._array = array.reshape(shape)
            self._flatten = False
        return self._array


def _scaled(pixels: np.ndarray) -> np.ndarray:
    """[0, 255] -> f32[0, 1], rounded as TensorFlow rounds: a product with the float32 of 1/255."""
    scaled = pixels.astype(np.float32)
    scaled *= np.float32(1.0 / 255.0)
    return scaled


def _check_same_length(images, labels) -> None:
    if images.shape[0] != labels.shape[0]:
        raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")


def _check_one_channel(images) -> None:
    if len(images.shape) != 4 or images.shape[3] != 1:
        raise AssertionError(
            f"images.shape: {images.shape}, expected (n, rows, columns, 1)."
            "\n  Pass reshape=False to keep images as they are."
        )


def read_data_sets(
    train_dir,
    fake_data=False,
    one_hot=False,
    dtype=dtypes.float32,
    reshape=True,
    validation_size=5000,
    seed=None,
    source_url=DEFAULT_SOURCE_URL,
):
    """Returns MNIST's train, validation and test sets: 55,000, 5,000 and 10,000 examples.

    Each of the four files comes from `train_dir` when it is there, else from this package. Nothing
    is downloaded and no folder is made.

    Raises:
      ValueError: a bad file, or a `validation_size` outside the training set.
      FileNotFoundError: `source_url` asks for another data set than MNIST and a file is missing.
      TypeError: `dtype` is neither uint8 nor float32.
    """
    if fake_data:
        return Datasets(*(DataSet([], [], True, one_hot, dtype, seed=seed) for _ in range(3)))
    find = functools.partial(_find, os.fspath(train_dir), source_url or DEFAULT_SOURCE_URL)
    train_images = _images(find("train-images-idx3-ubyte.gz"), 60000)
    train_labels = _labels(find("train-labels-idx1-ubyte.gz"), one_hot)
    test_images = _images(find("t10k-images-idx3-ubyte.gz"), 10000)
    test_labels = _labels(find("t10k-labels-idx1-ubyte.gz"), one_hot)

    count = train_images.shape[0]
    if not 0 <= validation_size <= count:
        raise ValueError(
            f"Validation size should be between 0 and {count}. Received: {validation_size}."
        )
    make = functools.partial(DataSet, dtype=dtype, reshape=reshape, seed=seed)
    # The order matters: each constructor reseeds numpy.random.
    train = make(train_images[validation_size:], train_labels[validation_size:])
    validation = make(train_images[:validation_size], train_labels[:validation_size])
    return Datasets(train, validation, make(test_images, test_labels))


def load_mnist(train_dir="MNIST-data"):
    """`read_data_sets` with every default."""
    return read_data_sets(train_dir)


def embedded_arrays() -> list[tuple[np.ndarray, np.ndarray]]:
    """Pixels, uint8[n, 28, 28], and labels, uint8[n], of the training set and of the test set."""
    return [
        (
            _embedded_pixels(_EMBEDDED / f"{part}-images-idx3-ubyte.gz")[..., 0].copy(),
            _labels(_EMBEDDED / f"{part}-labels-idx1-ubyte.gz", one_hot=False),
        )
        for part in ("train", "t10k")
    ]


def _find(folder: str, source_url: str, name: str) -> Path:
    local = Path(folder, name)
    if local.exists():
        print("Extracting", os.path.join(folder, name))
        return local
    if source_url not in _MNIST_URLS:
        raise FileNotFoundError(
            f"{name} is not in {folder!r}, and Stillflow downloads nothing from {source_url}."
            "\n  Put the file there yourself; without source_url= you get MNIST itself, embedded."
        )
    print(f"Extracting {name} (embedded in Stillflow)")
    return _EMBEDDED / name


def _labels(path: Path, one_hot: bool) -> np.ndarray:
    with open(path, "rb") as f:
        return extract_labels(f, one_hot)


def _images(path: Path, embedded_count: int):
    """The images of a file: read now, unless it is our own, which needs no check."""
    if path.parent == _EMBEDDED:
        return _EmbeddedImages(path, range(embedded_count))
    with open(path, "rb") as f:
        return extract_images(f)


class _EmbeddedImages:
    """Images decompressed when first looked at, as a program that only tests looks at no others."""

    def __init__(self, path: Path, rows: range):
        self._path = path
        self._rows = rows
        self.shape = (len(rows), 28, 28, 1)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: slice) -> _EmbeddedImages:
        return _EmbeddedImages(self._path, self._rows[rows])

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return _embedded_pixels(self._path)[self._rows.start : self._rows.stop]


@functools.cache
def _embedded_pixels(path: Path) -> np.ndarray:
    with open(path, "rb") as f:
        return extract_images(f)
