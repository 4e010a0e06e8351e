"""Reviews of films, good ones and bad ones: `tf.keras.datasets.imdb`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stillflow.keras.datasets import ORIGIN, Pair
from stillflow.keras.datasets.arrays import mixed, read_npz, rows
from stillflow.keras.datasets.words import checked_num_words, shifted, within
from stillflow.keras.preprocessing.sequence import remove_long_sequences
from stillflow.keras.utils.files import get_file

_HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
_WORDS_HASH = "bfafd718b763782e994055a2d397834f"


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[Pair, Pair]:
    """Returns ((texts, labels) to train with, (texts, labels) to test with).

    A text is a list of numbers, one for each word; a label is 1 for good, else 0.

    Args:
      path: the file's name in the cache.
      num_words, skip_top: numbers are below the one, and not below the other.
      maxlen: only shorter texts are kept.
      seed: of NumPy, which mixes the texts.
      start_char: the number that every text starts with; None for none.
      oov_char: what stands for a number that is out of bounds; None leaves it out.
      index_from: the numbers of words begin here.

    Raises:
      ValueError: no text is short enough.
      TypeError: another keyword.
    """
    num_words = checked_num_words(num_words, kwargs)
    path = get_file(path, origin=f"{ORIGIN}imdb.npz", file_hash=_HASH)
    x_train, y_train, x_test, y_test = read_npz(path, "x_train", "y_train", "x_test", "y_test")
    np.random.seed(seed)
    x_train, y_train = mixed(x_train, y_train)
    x_test, y_test = mixed(x_test, y_test)
    texts = shifted([*x_train, *x_test], start_char, index_from)
    labels: Any = np.concatenate([y_train, y_test])
    if maxlen:
        texts, labels = remove_long_sequences(maxlen, texts, labels)
        if not texts:
            raise ValueError(
                f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was "
                "kept. Increase maxlen."
            )
    texts = within(texts, num_words, skip_top, oov_char)
    count = len(x_train)
    train = rows(texts[:count]), np.array(labels[:count])
    return train, (rows(texts[count:]), np.array(labels[count:]))


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Returns the number of each word, which `index_from` of `load_data` is added to."""
    path = get_file(path, origin=f"{ORIGIN}imdb_word_index.json", file_hash=_WORDS_HASH)
    with open(path, encoding="utf-8") as file:
        words: dict[str, int] = json.load(file)
    return words
