"""Columns of categories as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.learn.feeding.feeders import setup_processor_data_feeder
from stillflow.learn.preprocessing.vocabulary import CategoricalVocabulary
from stillflow.platform.deprecation import deprecated


class CategoricalProcessor:
    """Maps each column of a table to numbers by a vocabulary.

    Args:
      min_frequency: what comes more rarely is unknown, 0.
      share: whether all columns share one vocabulary.
      vocabularies: a CategoricalVocabulary for each column.
    """

    @deprecated(None, "Please use tensorflow/transform or tf.data for sequence processing.")
    def __init__(
        self,
        min_frequency: int = 0,
        share: bool = False,
        vocabularies: Sequence[CategoricalVocabulary] | None = None,
    ):
        self.min_frequency = min_frequency
        self.share = share
        self.vocabularies_ = vocabularies

    def freeze(self, freeze: bool = True) -> None:
        """Freezes all vocabularies, or with False thaws them."""
        for vocabulary in self.vocabularies_ or ():
            vocabulary.freeze(freeze)

    def fit(self, x: Iterable, unused_y: Any = None) -> CategoricalProcessor:
        """Learns the categories of each column of `x`, rows of values; NaN is none."""
        for row in setup_processor_data_feeder(x):
            if self.vocabularies_ is None:
                self.vocabularies_ = self._vocabularies(len(row))
            for vocabulary, value in zip(self.vocabularies_, row, strict=False):
                if not _is_nan(value):
                    vocabulary.add(value)
        if self.min_frequency > 0:
            for vocabulary in self.vocabularies_ or ():
                vocabulary.trim(self.min_frequency)
        self.freeze()
        return self

    def _vocabularies(self, columns: int) -> list[CategoricalVocabulary]:
        if self.share:
            return [CategoricalVocabulary()] * columns
        return [CategoricalVocabulary() for _ in range(columns)]

    def fit_transform(self, x: Iterable, unused_y: Any = None) -> Iterator[np.ndarray]:
        self.fit(x)
        return self.transform(x)

    def transform(self, x: Iterable) -> Iterator[np.ndarray]:
        """Yields int64[columns] for each row; NaN gives 0."""
        self.freeze()
        vocabularies = self.vocabularies_ or ()
        for row in setup_processor_data_feeder(x):
            numbers = [
                0 if _is_nan(value) else vocabulary.get(value)
                for vocabulary, value in zip(vocabularies, row, strict=False)
            ]
            yield np.array(numbers, np.int64)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value
