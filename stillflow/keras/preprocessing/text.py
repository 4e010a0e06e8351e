"""Texts as sequences of numbers, one for each word or character."""

from __future__ import annotations

import json
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import md5
from typing import Any

import numpy as np

_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(
    text: str, filters: str = _PUNCTUATION, lower: bool = True, split: str = " "
) -> list[str]:
    """Returns the words of a text.

    Args:
      filters: characters that count as `split`.
      lower: whether words are in small letters.
      split: what is between words.
    """
    text = text.lower() if lower else text
    text = text.translate({ord(each): split for each in filters})
    return [word for word in text.split(split) if word]


def one_hot(
    text: str, n: int, filters: str = _PUNCTUATION, lower: bool = True, split: str = " "
) -> list[int]:
    """Returns a number from 1 to n - 1 for each word: its hash, by which words may share one.

    Python hashes text differently in every process, unless PYTHONHASHSEED is set.
    """
    return hashing_trick(text, n, hash, filters, lower, split)


def hashing_trick(
    text: str,
    n: int,
    hash_function: Any = None,
    filters: str = _PUNCTUATION,
    lower: bool = True,
    split: str = " ",
) -> list[int]:
    """Returns a number from 1 to n - 1 for each word: its hash, by which words may share one.

    Args:
      hash_function: Python's `hash` by default; "md5", which is the same in every process; or a
        function of a word.
    """
    hash_of: Callable[[str], int] = hash if hash_function is None else hash_function
    if hash_function == "md5":
        hash_of = _md5
    words = text_to_word_sequence(text, filters=filters, lower=lower, split=split)
    return [hash_of(word) % (n - 1) + 1 for word in words]


def _md5(word: str) -> int:
    return int(md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Gives words numbers, the more frequent the smaller; 0 is for none.

    Args:
      num_words: only numbers below it are used.
      filters, lower, split: how a text is taken apart; see `text_to_word_sequence`.
      char_level: whether each character is a word. A text that is a list is one of words already.
      oov_token: what stands for a word without a number, which is else left out.
      document_count: how many texts were seen.

    Attributes:
      word_counts: how often each word was seen.
      word_docs, index_docs: in how many texts, by the word and by its number.
      word_index, index_word: the words' numbers, and back.

    Raises:
      TypeError: another keyword.
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = _PUNCTUATION,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        document_count: int = 0,
        **kwargs: Any,
    ):
        if "nb_words" in kwargs:
            warnings.warn(
                "The `nb_words` argument in `Tokenizer` has been renamed `num_words`.", stacklevel=2
            )
            num_words = kwargs.pop("nb_words")
        if kwargs:
            raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: defaultdict[str, int] = defaultdict(int)
        self.filters = filters
        self.split = split
        self.lower = lower
        self.num_words = num_words
        self.document_count = document_count
        self.char_level = char_level
        self.oov_token = oov_token
        self.index_docs: defaultdict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Counts the words of texts, and gives all that were seen their numbers."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in dict.fromkeys(words):
                self.word_docs[word] += 1
        by_frequency = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        known = [] if self.oov_token is None else [self.oov_token]
        numbers = enumerate([*known, *by_frequency], 1)
        self.word_index = {word: number for number, word in numbers}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Sequence[Iterable[int]]) -> None:
        """Counts in how many sequences each number is; for use without `fit_on_texts`."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Returns for each text the numbers of its words."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """Yields for each text the numbers of its words."""
        for text in texts:
            numbers = (self._used(self.word_index.get(word)) for word in self._words(text))
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Returns for each sequence its words with spaces between."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yields for each sequence its words with spaces between."""
        for sequence in sequences:
            known = (number if number in self.index_word else None for number in sequence)
            used = map(self._used, known)
            yield " ".join(self.index_word[number] for number in used if number is not None)

    def _words(self, text: Any) -> Any:
        """The words of a text; of one that is a list, its elements."""
        if not self.char_level and not isinstance(text, list):
            return text_to_word_sequence(text, self.filters, self.lower, self.split)
        if not self.lower:
            return text
        return [word.lower() for word in text] if isinstance(text, list) else text.lower()

    def _used(self, number: int | None) -> int | None:
        """A word's number, or that of the token for such that have none to use."""
        if number is not None and not (self.num_words and number >= self.num_words):
            return number
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """Returns a row for each text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> np.ndarray:
        """Returns a row for each sequence, with a place for each word.

        Args:
          mode: "binary": 1 for words that are in it; "count": how often they are; "freq": that by
            the length; "tfidf": the more, the fewer texts have the word.

        Raises:
          ValueError: another mode, or nothing is known of the words yet.
        """
        if not self.num_words and not self.word_index:
            raise ValueError(
                "Specify a dimension (`num_words` argument), or fit on some text data first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        width = self.num_words or len(self.word_index) + 1
        rows = np.zeros((len(sequences), width))
        for row, sequence in zip(rows, sequences, strict=True):
            counts: defaultdict[int, int] = defaultdict(int)
            for number in sequence:
                if number < width:
                    counts[number] += 1
            for number, count in counts.items():
                row[number] = self._weight(number, count, len(sequence), mode)
        return rows

    def _weight(self, number: int, count: int, length: int, mode: str) -> Any:
        if mode == "binary":
            return 1
        if mode == "count":
            return count
        if mode == "freq":
            return count / length
        if mode != "tfidf":
            raise ValueError("Unknown vectorization mode:", mode)
        texts = self.index_docs.get(number, 0)
        return (1 + np.log(count)) * np.log(1 + self.document_count / (1 + texts))

    def get_config(self) -> dict[str, Any]:
        """What it was made with and what it has seen; tables as JSON."""
        plain = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        tables = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        return {
            **{name: getattr(self, name) for name in (*plain, "document_count")},
            **{name: json.dumps(getattr(self, name)) for name in tables},
        }

    def to_json(self, **kwargs: Any) -> str:
        """Returns its configuration as JSON; keywords are those of `json.dumps`."""
        told = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(told, **kwargs)
