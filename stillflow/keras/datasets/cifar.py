"""What the data sets of small coloured pictures have in common."""

from __future__ import annotations

import numpy as np

from stillflow.keras.datasets import Pair, plain_pickle
from stillflow.layers.settings import image_data_format


def load_batch(fpath: str, label_key: str = "labels") -> tuple[np.ndarray, list[int]]:
    """Returns the pixels, uint8[n, 3, 32, 32], and the labels of a file.

    Args:
      label_key: which labels, of those that the file has.
    """
    with open(fpath, "rb") as file:
        held = plain_pickle.loads(file.read())
    by_name = {k.decode() if isinstance(k, bytes) else k: v for k, v in held.items()}
    pixels = by_name["data"]
    return pixels.reshape(len(pixels), 3, 32, 32), by_name[label_key]


def in_set_format(pixels: np.ndarray, labels: np.ndarray) -> Pair:
    """Returns pixels with their channels where `image_data_format` says, and labels as a column."""
    if image_data_format() == "channels_last":
        pixels = pixels.transpose(0, 2, 3, 1)
    return pixels, labels.reshape(len(labels), 1)
