"""Data of any form, as batches that come one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.keras.training.batches import make_batches, rows_of
from stillflow.keras.training.data_checks import STEPS_OF_ARRAYS
from stillflow.keras.utils.sequences import Sequence, is_generator_or_sequence


def generator_like(
    data: Any,
    batch_size: int | None = None,
    steps_per_epoch: int | None = None,
    epochs: int = 1,
    shuffle: Any = False,
) -> tuple[Any, int | None]:
    """Returns what yields batches, and how many an epoch has.

    Args:
      data: a generator or a Sequence, which stays as it is; or a nest of arrays, which are cut.
      batch_size: into batches of how many samples.
      epochs: how often.
      shuffle: whether NumPy mixes the samples of every epoch.

    Raises:
      ValueError: there are arrays but no `batch_size`.
    """
    if isinstance(data, tuple):
        data = tuple(e for e in data if any(each is not None for each in nest.flatten(e)))
    if isinstance(data, Sequence):
        return data, len(data) if steps_per_epoch is None else steps_per_epoch
    if is_generator_or_sequence(data) or hasattr(data, "__next__"):
        return data, steps_per_epoch
    count = int(nest.flatten(data)[0].shape[0])
    if batch_size is None:
        raise ValueError(STEPS_OF_ARRAYS)
    batches = _batches(data, count, batch_size, epochs, shuffle)
    return batches, math.ceil(count / batch_size)


def _batches(data: Any, count: int, batch_size: int, epochs: int, shuffle: Any) -> Iterator[Any]:
    order = np.arange(count)
    for _ in range(epochs):
        if shuffle:
            np.random.shuffle(order)
        for start, end in make_batches(count, batch_size):
            rows = rows_of(nest.flatten(data), order[start:end], contiguous=not shuffle)
            yield nest.pack_sequence_as(data, rows)
