"""Batches of pictures, again and again in orders that NumPy draws."""

from __future__ import annotations

import threading
from collections.abc import Iterator as Iterates
from typing import Any

import numpy as np

from stillflow.keras.utils.sequences import Sequence


class Iterator(Sequence):
    """What iterators of pictures have in common; subclasses make the batches.

    Args:
      n: how many pictures there are.
      batch_size: how many are in a batch; the last one may have fewer.
      shuffle: whether their order is drawn for each epoch.
      seed: of NumPy, whose state is set before each batch; None leaves it.
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None):
        self.n = n
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_array: Any = None
        self.index_generator = self._flow_index()

    def __getitem__(self, idx: int) -> Any:
        """Returns the batch of a number. ValueError where there are not that many."""
        if idx >= len(self):
            raise ValueError(
                f"Asked to retrieve element {idx}, but the Sequence has length {len(self)}"
            )
        self._set_seed()
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        first = self.batch_size * idx
        numbers = self.index_array[first : first + self.batch_size]
        return self._get_batches_of_transformed_samples(numbers)

    def __len__(self) -> int:
        return (self.n + self.batch_size - 1) // self.batch_size

    def on_epoch_end(self) -> None:
        self._set_index_array()

    def reset(self) -> None:
        """Lets the next batch be the first one."""
        self.batch_index = 0

    def __iter__(self) -> Iterates[Any]:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self) -> Any:
        """Returns the next batch; after the last one comes the first of another epoch."""
        with self.lock:
            numbers = next(self.index_generator)
        return self._get_batches_of_transformed_samples(numbers)

    def _flow_index(self) -> Iterates[Any]:
        """The numbers of the pictures of one batch after the other."""
        self.reset()
        while True:
            self._set_seed()
            if self.batch_index == 0:
                self._set_index_array()
            first = (self.batch_index * self.batch_size) % self.n if self.n else 0
            has_more = self.n > first + self.batch_size
            self.batch_index = self.batch_index + 1 if has_more else 0
            self.total_batches_seen += 1
            yield self.index_array[first : first + self.batch_size]

    def _set_seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        """Returns the batch of the pictures of these numbers."""
        raise NotImplementedError
