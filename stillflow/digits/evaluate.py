"""How good a recogniser is on images that it has not been trained on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stillflow.digits import forward
from stillflow.digits.dataset import Examples, inputs_of
from stillflow.digits.recogniser import Recogniser

_CHUNK = 1000  # images in one run


class Assessment(NamedTuple):
    """A recogniser's answers for n images whose digits are known.

    step: of its checkpoint; probabilities: f32[n, 10]; labels: i64[n].
    """

    step: int
    probabilities: np.ndarray
    labels: np.ndarray

    @property
    def guesses(self) -> np.ndarray:
        """The likeliest digits, i64[n]."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of right guesses."""
        return float((self.guesses == self.labels).mean())

    @property
    def confusion(self) -> np.ndarray:
        """i64[10, 10]: how many images of the row's digit were taken for the column's."""
        counts = np.zeros((forward.DIGITS, forward.DIGITS), np.int64)
        np.add.at(counts, (self.labels, self.guesses), 1)
        return counts

    def worst(self, count: int) -> np.ndarray:
        """Which images have the least probability for their digit, the worst first: i64[count]."""
        given = self.probabilities[np.arange(len(self.labels)), self.labels]
        return np.argsort(given, kind="stable")[:count]


def assess(recogniser: Recogniser, examples: Examples) -> Assessment:
    """Asks `recogniser` about all of `examples`."""
    images = examples.images
    said = [
        recogniser.run(inputs_of(images[start : start + _CHUNK])).probabilities
        for start in range(0, len(images), _CHUNK)
    ]
    return Assessment(recogniser.step, np.concatenate(said), examples.labels)
