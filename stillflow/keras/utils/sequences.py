"""Batches by their numbers: `tf.keras.utils.Sequence`."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any


class Sequence:
    """A data set whose batches can be asked for by number, by several workers at once.

    Subclasses define `__getitem__(index)`, which returns a whole batch, and `__len__`.
    """

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """Returns the batch of a number."""
        raise NotImplementedError

    @abstractmethod
    def __len__(self) -> int:
        """Returns how many batches there are."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """Is called at the end of every epoch."""

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))


def batches_without_end(sequence: Sequence) -> Iterator[Any]:
    """Yields all batches in order, again and again."""
    while True:
        yield from sequence


def is_generator_or_sequence(data: Any) -> bool:
    return inspect.isgenerator(data) or isinstance(data, Sequence)
