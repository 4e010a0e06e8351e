"""The loss of connectionist temporal classification, and its gradient, of a batch on the host.

Graves et al., "Connectionist temporal classification" (ICML 2006); equations of section 7.3 of
Graves, "Supervised sequence labelling with recurrent neural networks" (2008).

Arrays are [t, b, ...]: times, then rows of the batch. A row's *path* is its labels with blanks
between and around them; paths are padded to the longest.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.refusing import refuse


class Paths(NamedTuple):
    """What the rows of a batch may go through.

    labels: i64[b, u], padded with blanks; lengths: i64[b], 0 for a row that does not count;
    stays: bool[b, u], whether a state may last; skips: bool[b, u], whether it may follow the one
    but last.
    """

    labels: np.ndarray
    lengths: np.ndarray
    stays: np.ndarray
    skips: np.ndarray


def paths_of(rows: list[list[int]], counts: np.ndarray, blank: int, merge_repeated: bool) -> Paths:
    """The paths of rows of labels; `counts`: bool[b], the rows that count."""
    lengths = np.where(counts, [2 * len(row) + 1 for row in rows], 0)
    labels = np.full((len(rows), max(int(lengths.max()), 1)), blank)
    for index, row in enumerate(rows):
        if counts[index]:
            labels[index, 1 : 2 * len(row) : 2] = row
    is_blank = labels == blank
    repeats = np.zeros_like(is_blank)
    repeats[:, 2:] = labels[:, 2:] == labels[:, :-2]
    skips = ~is_blank & ~(repeats & merge_repeated)
    skips[:, :2] = False
    return Paths(labels, lengths, is_blank | merge_repeated, skips)


def labels_in_rows(indices: np.ndarray, values: np.ndarray, batch: int) -> list[list[int]]:
    """The labels of each row of a sparse [batch, ...], in order."""
    rows: list[list[int]] = [[] for _ in range(batch)]
    for (row, _), value in zip(indices.tolist(), values.tolist(), strict=True):
        if not 0 <= row < batch:
            refuse(f"labels batch index must be between 0 and {batch} but saw: {row}")
        rows[row].append(value)
    return rows


def checked_labels(row: int, labels: list[int], classes: int, collapse_repeated: bool) -> list[int]:
    """The labels of a row but for blanks at its end, and repeated ones with `collapse_repeated`."""
    if not labels:
        refuse(f"Labels length is zero in batch {row}")
    kept: list[int] = []
    has_ended = False
    for place, label in enumerate(labels):
        if place and collapse_repeated and label == labels[place - 1]:
            continue
        if label >= classes - 1:
            has_ended = True
        elif has_ended:
            shown, seen = (",".join(map(str, some)) for some in (labels, kept))
            refuse(
                "Saw a non-null label (index >= num_classes - 1) following a null label, "
                f"batch: {row} num_classes: {classes} labels: {shown} labels seen so far: {seen}"
            )
        else:
            kept.append(label)
    if any(label < 0 for label in kept):
        shown = ",".join(map(str, kept))
        refuse(f"All labels must be nonnegative integers, batch: {row} labels: {shown}")
    return kept


def loss_and_gradient(
    logits: np.ndarray, paths: Paths, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """logits: f[t, b, c], times: i[b] -> f[b], minus the log probability of the labels; f[t, b, c]

    A row that does not count has neither.
    """
    counts = paths.lengths > 0
    if not counts.any():
        return np.zeros(len(times), logits.dtype), np.zeros_like(logits)
    within = (np.arange(len(logits))[:, None] < times) & counts
    # Behind a row's times may be anything, also what is no number.
    log_y, y = _log_softmax(np.where(within[..., None], logits, 0))
    rows = np.arange(len(paths.labels))[:, None]
    emitted = log_y[:, rows, paths.labels]
    emitted[:, np.arange(paths.labels.shape[1]) >= paths.lengths[:, None]] = -np.inf
    alpha = _forward(emitted, paths)
    beta = _backward(emitted, paths, times)
    log_p = np.logaddexp.reduce(alpha[0] + beta[0], axis=1)
    states = np.exp(alpha + beta - np.where(np.isfinite(log_p), log_p, 0)[:, None])
    expected = np.zeros_like(y)
    index: Any = (slice(None), rows, paths.labels)
    np.add.at(expected, index, states)
    gradient = np.where(within[..., None], y - expected, 0)
    return np.where(counts, -log_p, 0).astype(logits.dtype), gradient.astype(logits.dtype)


def _log_softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shifted = logits - logits.max(axis=-1, keepdims=True, initial=-np.inf)
    y = np.exp(shifted)
    y /= y.sum(axis=-1, keepdims=True)
    return np.log(y), y


def _forward(emitted: np.ndarray, paths: Paths) -> np.ndarray:
    """emitted: f[t, b, u] -> f[t, b, u], of starting, and being in a state at a time: eq. 7.9."""
    alpha = np.full_like(emitted, -np.inf)
    alpha[0, :, :2] = emitted[0, :, :2]
    for t in range(1, len(emitted)):
        before = alpha[t - 1]
        total = np.where(paths.stays, before, -np.inf)
        total = np.logaddexp(total, _moved(before, 1))
        total = np.logaddexp(total, np.where(paths.skips, _moved(before, 2), -np.inf))
        alpha[t] = emitted[t] + total
    return alpha


def _backward(emitted: np.ndarray, paths: Paths, times: np.ndarray) -> np.ndarray:
    """emitted: f[t, b, u] -> f[t, b, u], of going on from a state to the end: eq. 7.15."""
    beta = np.full_like(emitted, -np.inf)
    places = np.arange(paths.labels.shape[1])
    ends = (places >= paths.lengths[:, None] - 2) & (places < paths.lengths[:, None])
    leaves = _moved(paths.skips, -2, False)
    for t in reversed(range(len(emitted))):
        if t + 1 < len(emitted):
            after = beta[t + 1] + emitted[t + 1]
            total = np.where(paths.stays, after, -np.inf)
            total = np.logaddexp(total, _moved(after, -1))
            beta[t] = np.logaddexp(total, np.where(leaves, _moved(after, -2), -np.inf))
        beta[t][ends & (times == t + 1)[:, None]] = 0
    return beta


def _moved(states: np.ndarray, by: int, filling: Any = -np.inf) -> np.ndarray:
    """states: [b, u] -> [b, u], each row moved by some places."""
    moved = np.full_like(states, filling)
    if by > 0:
        moved[:, by:] = states[:, :-by]
    else:
        moved[:, :by] = states[:, -by:]
    return moved
