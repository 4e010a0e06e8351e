"""Small coloured pictures of a hundred kinds: `tf.keras.datasets.cifar100`."""

from __future__ import annotations

import os

import numpy as np

from stillflow.keras.datasets import Pair
from stillflow.keras.datasets.cifar import in_set_format, load_batch
from stillflow.keras.utils.files import get_file

_ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
_HASH = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode: str = "fine") -> tuple[Pair, Pair]:
    """Returns ((pixels, labels) to train with, (pixels, labels) to test with).

    Pixels are uint8[n, 32, 32, 3], channels first where `image_data_format` says so, and labels
    integer[n, 1], of 50,000 and 10,000 pictures.

    Args:
      label_mode: "fine" for a hundred kinds, "coarse" for twenty.

    Raises:
      ValueError: another mode.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(
            '`label_mode` must be one of `"fine"`, `"coarse"`.\n'
            f"  It is {label_mode!r}: fine for a hundred kinds, coarse for twenty."
        )
    folder = get_file("cifar-100-python", origin=_ORIGIN, untar=True, file_hash=_HASH)
    train, test = (
        in_set_format(pixels, np.asarray(labels))
        for pixels, labels in (
            load_batch(os.path.join(folder, part), f"{label_mode}_labels")
            for part in ("train", "test")
        )
    )
    return train, test
