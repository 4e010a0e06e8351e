"""MNIST for training and testing: arrays, and the batches of each step."""

from __future__ import annotations

import contextlib
import functools
import os
from typing import NamedTuple

import numpy as np

import stillflow as tf
from stillflow.api.examples.tutorials.mnist import input_data
from stillflow.digits.distort import Distortion


class Examples(NamedTuple):
    """n images of digits: u8[n, 784], and which they show: i64[n]."""

    images: np.ndarray
    labels: np.ndarray


@functools.cache
def mnist() -> tuple[Examples, Examples, Examples]:
    """55,000 images for training, 5,000 for validation, 10,000 for testing."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        sets = input_data.read_data_sets("", dtype=tf.uint8)
    train, validation, test = (Examples(part.images, part.labels.astype(np.int64)) for part in sets)
    return train, validation, test


def inputs_of(images: np.ndarray) -> np.ndarray:
    """images: u8[n, 784] -> f32[n, 784] in [0, 1], rounded as `read_data_sets` rounds."""
    return images.astype(np.float32) * np.float32(1 / 255)


class Batches:
    """The batch of each step, which depends on the seed and the step alone.

    So a training that is stopped and resumed sees what it would have seen without the stop.
    """

    def __init__(self, examples: Examples, size: int, seed: int, distort: float = 0.0):
        self._examples = examples
        self._size = size
        self._seed = seed
        self._distortion = Distortion(distort, seed) if distort else None
        self._order_of = functools.lru_cache(maxsize=2)(self._shuffled)

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """(f32[size, 784], i64[size]) for the step of that number, from 0."""
        rows = self._rows(step)
        images, labels = inputs_of(self._examples.images[rows]), self._examples.labels[rows]
        if self._distortion is not None:
            images = self._distortion(images, step)
        return images, labels

    def _rows(self, step: int) -> np.ndarray:
        """Which examples: each once in an epoch; a batch may reach into the next epoch."""
        count = len(self._examples.labels)
        places = np.arange(step * self._size, (step + 1) * self._size)
        epochs = places // count
        return np.concatenate(
            [self._order_of(epoch)[places[epochs == epoch] % count] for epoch in np.unique(epochs)]
        )

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.RandomState([self._seed, epoch]).permutation(len(self._examples.labels))
