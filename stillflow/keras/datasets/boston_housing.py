"""Prices of houses in Boston: `tf.keras.datasets.boston_housing`."""

from __future__ import annotations

import numpy as np

from stillflow.keras.datasets import ORIGIN, Pair
from stillflow.keras.datasets.arrays import mixed, read_npz
from stillflow.keras.utils.files import get_file

_HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(
    path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[Pair, Pair]:
    """Returns ((features, prices) to train with, (features, prices) to test with).

    Features are float64[n, 13], prices float64[n], in thousands of dollars.

    Args:
      path: the file's name in the cache.
      test_split: the share of houses to test with.
      seed: of NumPy, which mixes the houses.
    """
    assert 0 <= test_split < 1, f"test_split is {test_split}, not a share below 1"
    path = get_file(path, origin=f"{ORIGIN}boston_housing.npz", file_hash=_HASH)
    np.random.seed(seed)
    x, y = mixed(*read_npz(path, "x", "y"))
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])
