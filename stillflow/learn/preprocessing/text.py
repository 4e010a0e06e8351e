"""Documents as rows of numbers, one for each word or byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from stillflow.learn.preprocessing.vocabulary import CategoricalVocabulary
from stillflow.platform.deprecation import deprecated
from stillflow.platform.files import GFile

_INSTEAD = "Please use tensorflow/transform or tf.data."

TOKENIZER_RE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


@deprecated(None, _INSTEAD)
def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Yields the words of each document: abbreviations, parts of CamelCase, runs of letters."""
    return map(TOKENIZER_RE.findall, iterator)


class ByteProcessor:
    """Maps documents to the bytes of their UTF-8, `max_document_length` of them."""

    @deprecated(None, _INSTEAD)
    def __init__(self, max_document_length: int):
        self.max_document_length = max_document_length

    def fit(self, x: Any) -> None:
        """There is nothing to learn."""

    def fit_transform(self, x: Iterable[str | bytes]) -> Iterator[np.ndarray]:
        return self.transform(x)

    def reverse(self, x: Iterable[np.ndarray]) -> Iterator[str]:
        """Yields the documents again, "" where the bytes are no UTF-8."""
        for row in x:
            whole = np.trim_zeros(row.astype(np.int8), trim="b").tobytes()
            try:
                yield whole.decode("utf-8")
            except UnicodeDecodeError:
                yield ""

    def transform(self, x: Iterable[str | bytes]) -> Iterator[np.ndarray]:
        """Yields uint8[max_document_length] for each document, cut or filled with 0."""
        for document in x:
            encoded = document.encode() if isinstance(document, str) else document
            row = np.zeros(self.max_document_length, np.uint8)
            kept = np.frombuffer(encoded[: self.max_document_length], np.uint8)
            row[: len(kept)] = kept
            yield row


class VocabularyProcessor:
    """Maps documents to the numbers of their words.

    Args:
      max_document_length: as many numbers each row has, the rest is cut or filled with 0.
      min_frequency: words that come at most so often are unknown ones, 0.
      vocabulary: a CategoricalVocabulary to begin with.
      tokenizer_fn: from documents to lists of words; `tokenizer` by default.
    """

    @deprecated(None, _INSTEAD)
    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[Iterable[str]]] | None = None,
    ):
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learns the words of documents."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> Iterator[np.ndarray]:
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[np.ndarray]:
        """Yields int64[max_document_length] for each document."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for place, word in zip(range(self.max_document_length), words, strict=False):
                row[place] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yields the words of each row, joined by spaces."""
        for row in documents:
            yield " ".join(str(self.vocabulary_.reverse(number)) for number in row)

    def save(self, filename: str) -> None:
        """Writes the processor, in the form that TensorFlow 1.15 reads too.

        Raises:
          TypeError: the vocabulary holds something other than texts and numbers.
        """
        from stillflow.learn.preprocessing.pickled import dumps

        with GFile(filename, "wb") as file:
            file.write(dumps(self))

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """Reads what `save` wrote, here or in TensorFlow.

        The file is read as data: it cannot run anything. A tokenizer is found again by its name,
        in a module that the program has imported.

        Raises:
          ValueError: the file holds something else.
        """
        from stillflow.learn.preprocessing.pickled import loads

        with GFile(filename, "rb") as file:
            return loads(file.read())
