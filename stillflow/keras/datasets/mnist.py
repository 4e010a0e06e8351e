"""Handwritten digits: `tf.keras.datasets.mnist`."""

from __future__ import annotations

import os

from stillflow.data.mnist import embedded_arrays
from stillflow.keras.datasets import ORIGIN, Pair
from stillflow.keras.datasets.arrays import read_npz
from stillflow.keras.utils.files import cached_folder, get_file

_HASH = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: str = "mnist.npz") -> tuple[Pair, Pair]:
    """Returns ((pixels, labels) to train with, (pixels, labels) to test with).

    Pixels are uint8[n, 28, 28], labels uint8[n], of 60,000 and 10,000 digits. They are embedded: no
    file is needed; one that is in the cache is used.

    Args:
      path: its name there.
    """
    if not os.path.exists(os.path.join(cached_folder("datasets"), path)):
        train, test = embedded_arrays()
        return train, test
    path = get_file(path, origin=f"{ORIGIN}mnist.npz", file_hash=_HASH)
    x_train, y_train, x_test, y_test = read_npz(path, "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)
