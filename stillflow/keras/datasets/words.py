"""What the data sets of texts have in common: words as numbers, the more frequent the smaller."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.platform import logging


def checked_num_words(num_words: int | None, kwargs: dict[str, Any]) -> int | None:
    """The number of words, by its older keyword too. TypeError for any other keyword."""
    if "nb_words" in kwargs:
        logging.warning("The `nb_words` argument in `load_data` has been renamed `num_words`.")
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
    return num_words


def shifted(texts: Iterable[Any], start_char: int | None, index_from: int) -> list[Any]:
    """Texts whose numbers begin at `index_from`, each after `start_char`."""
    if start_char is not None:
        return [[start_char, *(word + index_from for word in text)] for text in texts]
    if index_from:
        return [[word + index_from for word in text] for text in texts]
    return list(texts)


def within(
    texts: list[Any], num_words: int | None, skip_top: int, oov_char: int | None
) -> list[list[int]]:
    """Texts in which numbers outside of skip_top to num_words are `oov_char`, or left out."""
    end = num_words or max(max(text) for text in texts)
    if oov_char is None:
        return [[word for word in text if skip_top <= word < end] for text in texts]
    return [[word if skip_top <= word < end else oov_char for word in text] for text in texts]
