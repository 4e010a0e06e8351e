"""Pictures of clothes: `tf.keras.datasets.fashion_mnist`."""

from __future__ import annotations

import os

from stillflow.data.idx import IMAGES_MAGIC, LABELS_MAGIC, read_idx
from stillflow.keras.datasets import ORIGIN, Pair
from stillflow.keras.utils.files import get_file


def load_data() -> tuple[Pair, Pair]:
    """Returns ((pixels, labels) to train with, (pixels, labels) to test with).

    Pixels are uint8[n, 28, 28], labels uint8[n], of 60,000 and 10,000 pictures.
    """
    folder = os.path.join("datasets", "fashion-mnist")
    names = [
        f"{part}-{kind}-ubyte.gz"
        for part in ("train", "t10k")
        for kind in ("labels-idx1", "images-idx3")
    ]
    paths = [get_file(name, origin=ORIGIN + name, cache_subdir=folder) for name in names]
    arrays = []
    for path in paths:
        is_labels = "labels" in os.path.basename(path)
        with open(path, "rb") as file:
            magic = LABELS_MAGIC if is_labels else IMAGES_MAGIC
            arrays.append(read_idx(file, magic, "label" if is_labels else "image"))
    y_train, x_train, y_test, x_test = arrays
    return (x_train, y_train), (x_test, y_test)
