"""Sequences of numbers: brought to one length, and pairs of neighbours with pairs by chance."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

_EULER_GAMMA = 0.577


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Returns sequences as the rows of one array.

    Args:
      sequences: lists, or arrays of elements of one shape.
      maxlen: the length of rows; by default the greatest one there is.
      padding, truncating: "pre" or "post": where a short sequence is filled up, where a long
        one is cut.
      value: what fills up.

    Raises:
      ValueError: what is no list of lists, elements of different shapes, or another way to pad.
    """
    lengths = _lengths(sequences)
    filled = (each for each in sequences if len(each))
    shape = next((np.asarray(each).shape[1:] for each in filled), ())
    maxlen = int(np.max(lengths)) if maxlen is None else maxlen
    _check_fits(value, dtype)
    rows = np.full((len(lengths), maxlen, *shape), value, dtype=dtype)
    for place, each in enumerate(sequences):
        if not len(each):
            continue
        part = np.asarray(_cut(each, maxlen, truncating), dtype=dtype)
        if part.shape[1:] != shape:
            raise ValueError(
                f"Shape of sample {part.shape[1:]} of sequence at position {place} is different "
                f"from expected shape {shape}"
            )
        if padding == "post":
            rows[place, : len(part)] = part
        elif padding == "pre":
            rows[place, maxlen - len(part) :] = part
        else:
            raise ValueError(f'Padding type "{padding}" not understood\n  It is "pre" or "post".')
    return rows


def _lengths(sequences: Any) -> list[int]:
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.\n  Make a list of what a generator yields.")
    lengths = []
    for each in sequences:
        if not hasattr(each, "__len__"):
            raise ValueError(
                f"`sequences` must be a list of iterables. Found non-iterable: {each}\n"
                "  Of one sequence make a list: [sequence]."
            )
        lengths.append(len(each))
    return lengths


def _cut(sequence: Any, length: int, truncating: str) -> Any:
    if truncating == "pre":
        return sequence[-length:]
    if truncating == "post":
        return sequence[:length]
    raise ValueError(f'Truncating type "{truncating}" not understood\n  It is "pre" or "post".')


def _check_fits(value: Any, dtype: Any) -> None:
    is_text = np.issubdtype(dtype, np.str_)
    if isinstance(value, str) and dtype is not object and not is_text:
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}\n"
            "You should set `dtype=object` for variable length strings."
        )


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """Returns how likely `skipgrams` should keep the words of a vocabulary, by their ranks.

    That of rank i is what Zipf's law says of its frequency: the more frequent, the less likely.
    """
    rank = np.arange(size)
    rank[0] = 1
    inverse = rank * (np.log(rank) + _EULER_GAMMA) + 0.5 - 1.0 / (12.0 * rank)
    frequency = sampling_factor * inverse
    return np.minimum(1.0, frequency / np.sqrt(frequency))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[Any], list[Any]]:
    """Returns pairs of words, [word, other], and whether they were neighbours: 1 or 0.

    Args:
      sequence: the words' numbers; 0 counts as none.
      vocabulary_size: the number of words, 0 among them.
      window_size: how far from each other neighbours may be.
      negative_samples: how many pairs by chance there are for each of neighbours.
      shuffle: whether pairs are mixed.
      categorical: whether 1 and 0 are told as [0, 1] and [1, 0].
      sampling_table: how likely a word is kept; see `make_sampling_table`.
      seed: of the mixing; Python's `random` draws one if None.
    """
    pairs = [list(pair) for pair in _neighbours(sequence, window_size, sampling_table)]
    labels: list[Any] = [[0, 1] if categorical else 1] * len(pairs)
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [pair[0] for pair in pairs]
        random.shuffle(words)
        pairs += [
            [words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)
        ]
        labels += [[1, 0] if categorical else 0] * count
    if shuffle:
        seed = random.randint(0, 10**7) if seed is None else seed
        for each in (pairs, labels):
            random.seed(seed)
            random.shuffle(each)
    return pairs, labels


def _neighbours(
    sequence: Sequence[int], window_size: int, sampling_table: Any
) -> Iterator[tuple[int, int]]:
    for place, word in enumerate(sequence):
        if not word:
            continue
        if sampling_table is not None and sampling_table[word] < random.random():
            continue
        first, end = max(0, place - window_size), min(len(sequence), place + window_size + 1)
        for other in range(first, end):
            if other != place and sequence[other]:
                yield word, sequence[other]


def remove_long_sequences(
    maxlen: int, seq: Iterable[Any], label: Iterable[Any]
) -> tuple[list[Any], list[Any]]:
    """Returns the sequences that are shorter than `maxlen`, and their labels."""
    pairs = zip(seq, label, strict=False)
    kept = [(each, of_it) for each, of_it in pairs if len(each) < maxlen]
    return [each for each, _ in kept], [of_it for _, of_it in kept]
