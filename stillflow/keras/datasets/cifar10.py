"""Small coloured pictures of ten kinds: `tf.keras.datasets.cifar10`."""

from __future__ import annotations

import os

import numpy as np

from stillflow.keras.datasets import Pair
from stillflow.keras.datasets.cifar import in_set_format, load_batch
from stillflow.keras.utils.files import get_file

_ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
_HASH = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data() -> tuple[Pair, Pair]:
    """Returns ((pixels, labels) to train with, (pixels, labels) to test with).

    Pixels are uint8[n, 32, 32, 3], channels first where `image_data_format` says so, and labels
    uint8[n, 1], of 50,000 and 10,000 pictures.
    """
    folder = get_file("cifar-10-batches-py", origin=_ORIGIN, untar=True, file_hash=_HASH)
    batches = [load_batch(os.path.join(folder, f"data_batch_{n}")) for n in range(1, 6)]
    pixels = np.concatenate([pixels for pixels, _ in batches])
    labels = np.concatenate([labels for _, labels in batches]).astype("uint8")
    test_pixels, test_labels = load_batch(os.path.join(folder, "test_batch"))
    train = in_set_format(pixels, labels)
    return train, in_set_format(test_pixels, np.asarray(test_labels, "uint8"))
