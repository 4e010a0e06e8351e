"""News of 46 topics: `tf.keras.datasets.reuters`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stillflow.keras.datasets import ORIGIN, Pair
from stillflow.keras.datasets.arrays import mixed, read_npz, rows
from stillflow.keras.datasets.words import checked_num_words, shifted, within
from stillflow.keras.preprocessing.sequence import remove_long_sequences
from stillflow.keras.utils.files import get_file

_HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
_WORDS_HASH = "4d44cc38712099c9e383dc6e5f11a921"


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[Pair, Pair]:
    """Returns ((texts, labels) to train with, (texts, labels) to test with).

    A text is a list of numbers, one for each word; a label is the number of its topic.

    Args:
      test_split: the share of texts to test with.
      path, num_words, skip_top, maxlen, seed, start_char, oov_char, index_from: as for IMDB.

    Raises:
      TypeError: another keyword.
    """
    num_words = checked_num_words(num_words, kwargs)
    path = get_file(path, origin=f"{ORIGIN}reuters.npz", file_hash=_HASH)
    np.random.seed(seed)
    read, labels = mixed(*read_npz(path, "x", "y"))
    texts: Any = shifted(read, start_char, index_from)
    if maxlen:
        texts, labels = remove_long_sequences(maxlen, texts, labels)  # type: ignore[assignment]
    texts = within(texts, num_words, skip_top, oov_char)
    count = int(len(texts) * (1 - test_split))
    train = rows(texts[:count]), np.array(labels[:count])
    return train, (rows(texts[count:]), np.array(labels[count:]))


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Returns the number of each word, which `index_from` of `load_data` is added to."""
    path = get_file(path, origin=f"{ORIGIN}reuters_word_index.json", file_hash=_WORDS_HASH)
    with open(path, encoding="utf-8") as file:
        words: dict[str, int] = json.load(file)
    return words
