"""What the batches of an epoch gave, as one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.ops.ragged.joining import concat
from stillflow.ops.ragged.ragged_tensor import RaggedTensor


class Aggregator(ABC):
    """Takes what batches give, and makes one result of it.

    Args:
      use_steps: whether batches count alike, however many samples they have.
      num_samples: how many samples there are.
      steps: how many batches there are.
      batch_size: the most that an output may have; None for any number.
    """

    def __init__(
        self,
        use_steps: bool,
        num_samples: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
    ):
        self.use_steps = use_steps
        self.num_samples = num_samples
        self.steps = steps
        self.batch_size = batch_size
        self.results: Any = []

    @abstractmethod
    def create(self, batch_outs: Any) -> None:
        """Prepares for what is like the first batch's."""

    @abstractmethod
    def aggregate(self, batch_outs: Any, batch_start: int = 0, batch_end: int = 0) -> None:
        """Takes what the samples from `batch_start` up to `batch_end` gave."""

    @abstractmethod
    def finalize(self) -> None:
        """Makes `results` of it."""


class MetricsAggregator(Aggregator):
    """The mean of losses; of metrics, which average themselves, the last ones."""

    def create(self, batch_outs: Any) -> None:
        self.results = [np.float64(0.0)] * len(batch_outs)

    def aggregate(self, batch_outs: Any, batch_start: int = 0, batch_end: int = 0) -> None:
        size = 1 if self.use_steps else batch_end - batch_start
        self.results[0] += np.float64(batch_outs[0]) * size
        self.results[1:] = batch_outs[1:]

    def finalize(self) -> None:
        if not self.results:
            raise ValueError("Empty training data.")
        self.results[0] /= self.num_samples or self.steps


class ConcatAggregator(Aggregator):
    """Outputs of one kind, one after the other; it is not known how many will come."""

    def __init__(self, batch_size: int | None = None):
        super().__init__(use_steps=True, batch_size=batch_size)

    def create(self, batch_outs: Any) -> None:
        self.results = []

    def aggregate(self, batch_outs: Any, batch_start: int = 0, batch_end: int = 0) -> None:
        if self.batch_size and self.batch_size < batch_outs.shape[0]:
            raise ValueError(
                "Mismatch between expected batch size and model output batch size. Output shape = "
                f"{batch_outs.shape}, expected output shape = shape "
                f"{(self.batch_size, *batch_outs.shape[1:])}"
            )
        self.results.append(batch_outs)

    def finalize(self) -> None:
        if len(self.results) == 1:
            self.results = self.results[0]
        elif isinstance(self.results[0], RaggedTensor):
            self.results = concat(self.results, axis=0)
        elif hasattr(self.results[0], "dense_shape"):
            self.results = _joined_sparse(self.results)
        elif hasattr(self.results[0], "row_splits"):
            self.results = _joined_ragged(self.results)
        else:
            self.results = np.concatenate(self.results, axis=0)


class SliceAggregator(Aggregator):
    """Outputs of one kind, each at the place of its samples in one array."""

    def __init__(self, num_samples: int, batch_size: int | None = None):
        super().__init__(use_steps=False, num_samples=num_samples, batch_size=batch_size)

    def create(self, batch_outs: Any) -> None:
        self.results = np.empty((self.num_samples, *batch_outs.shape[1:]), batch_outs.dtype)

    def aggregate(self, batch_outs: Any, batch_start: int = 0, batch_end: int = 0) -> None:
        if batch_end - batch_start != self.num_samples:
            self.results[batch_start:batch_end] = batch_outs
            return
        if self.num_samples != batch_outs.shape[0]:
            raise ValueError(
                "Mismatch between expected batch size and model output batch size. Output shape = "
                f"{batch_outs.shape}, expected output shape = shape {self.results.shape}"
            )
        self.results = batch_outs

    def finalize(self) -> None:
        """Nothing is left to do."""


class OutputsAggregator(Aggregator):
    """Predictions: a nest of arrays, each of all samples."""

    _parts: list[Aggregator] | None = None

    def create(self, batch_outs: Any) -> None:
        self._structure = batch_outs
        self._parts = [self._aggregator_of(each) for each in _leaves(batch_outs)]
        for part, each in zip(self._parts, _leaves(batch_outs), strict=True):
            part.create(each)

    def _aggregator_of(self, output: Any) -> Aggregator:
        if self.use_steps or _is_composite(output):
            return ConcatAggregator(self.batch_size)
        if not isinstance(output, (np.ndarray, np.generic)):
            raise RuntimeError(f"Attempted to aggregate unsupported object {output}.")
        assert self.num_samples is not None
        return SliceAggregator(self.num_samples, self.batch_size)

    def aggregate(self, batch_outs: Any, batch_start: int = 0, batch_end: int = 0) -> None:
        assert self._parts is not None
        for part, each in zip(self._parts, _leaves(batch_outs), strict=True):
            part.aggregate(each, batch_start, batch_end)

    def finalize(self) -> None:
        if self._parts is None:
            raise ValueError(
                "Structure is a scalar but len(flat_sequence) == 0 > 1\n"
                "  There was nothing to predict: give it at least one sample."
            )
        for part in self._parts:
            part.finalize()
        joined = iter([part.results for part in self._parts])
        self.results = _packed(self._structure, joined)


def _leaves(outputs: Any) -> list[Any]:
    """The arrays of a nest; a sparse value is one leaf, though it is a tuple."""
    if _is_leaf(outputs):
        return [outputs]
    if isinstance(outputs, (list, tuple)):
        return [leaf for each in outputs for leaf in _leaves(each)]
    return nest.flatten(outputs)


def _packed(structure: Any, leaves: Any) -> Any:
    if _is_leaf(structure):
        return next(leaves)
    if isinstance(structure, (list, tuple)):
        return type(structure)([_packed(each, leaves) for each in structure])
    return nest.pack_sequence_as(structure, list(leaves))


def _is_leaf(value: Any) -> bool:
    return isinstance(value, np.ndarray) or _is_composite(value)


def _is_composite(value: Any) -> bool:
    """Whether it is the value of a SparseTensor or of a RaggedTensor."""
    return hasattr(value, "dense_shape") or hasattr(value, "row_splits")


def _joined_sparse(values: list[Any]) -> Any:
    """Sparse values, the rows of one below those of another."""
    first = values[0]
    rows = np.cumsum([0, *(each.dense_shape[0] for each in values)])
    indices = [
        each.indices + np.eye(1, each.indices.shape[1], dtype=np.int64) * start
        for each, start in zip(values, rows, strict=False)
    ]
    sizes = np.max([each.dense_shape for each in values], axis=0)
    return type(first)(
        indices=np.concatenate(indices),
        values=np.concatenate([each.values for each in values]),
        dense_shape=np.concatenate([rows[-1:], sizes[1:]]),
    )


def _joined_ragged(values: list[Any]) -> Any:
    """Ragged values, the rows of one below those of another; arrays at the innermost."""
    first = values[0]
    if not hasattr(first, "row_splits"):
        return np.concatenate(values)
    starts = np.cumsum([0, *(each.row_splits[-1] for each in values)])
    ends = [each.row_splits[1:] + start for each, start in zip(values, starts, strict=False)]
    return type(first)(
        values=_joined_ragged([each.values for each in values]),
        row_splits=np.concatenate([first.row_splits[:1], *ends]),
    )
