"""Datasets of sparse batches of dense elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import DataLossError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import with_scalars
from stillflow.ops.datasets.batching import BatchDataset, BatchIterator, checked_batch_size
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, Place, dataset_of
from stillflow.ops.sparse.serializing import boxed


class SparseBatchDataset(BatchDataset):
    """Sparse tensors of `size` rows; -1 in `row_shape` is as much as the largest element has."""

    kind = "DenseToSparseBatch"

    def __init__(self, source: Dataset, size: int, row_shape: Sequence[int], *structure: Any):
        super().__init__(source, size, False, *structure)
        self.row_shape = row_shape

    def iterator(self, place: Place) -> ElementIterator:
        return _SparseBatches(self, place)


class _SparseBatches(BatchIterator):
    empty = ""

    def next(self) -> Element:
        values = [value for (value,) in self.taken()]
        wanted = self.dataset.row_shape
        for value in values:
            _check(value.shape, wanted)
        sizes = [
            max(value.shape[axis] for value in values) if size < 0 else size
            for axis, size in enumerate(wanted)
        ]
        indices = [_indices(row, value.shape) for row, value in enumerate(values)]
        flat = np.concatenate([value.ravel() for value in values])
        dense_shape = np.array([len(values), *sizes], np.int64)
        return (boxed(np.concatenate(indices), flat, dense_shape),)


def _check(shape: tuple[int, ...], wanted: Sequence[int]) -> None:
    told = format_sizes(tuple(None if size < 0 else size for size in wanted))
    if len(shape) != len(wanted):
        refuse(
            f"Input element had shape ({format_sizes(shape)}) that is incompatible with the row "
            f"shape ({told})."
        )
    if any(0 <= size < own for own, size in zip(shape, wanted, strict=True)):
        raise DataLossError(
            None,
            None,
            f"Input element had shape ({format_sizes(shape)}) that is larger than the row shape "
            f"({told}).",
        )


def _indices(row: int, shape: tuple[int, ...]) -> np.ndarray:
    """i64[elements, 1 + rank], the places of a row's elements, in order."""
    places = np.indices(shape, np.int64).reshape(len(shape), -1)
    return np.concatenate([np.full((1, places.shape[1]), row, np.int64), places]).T


@op(
    "DenseToSparseBatchDataset",
    "input_dataset: variant, batch_size: int64, row_shape: int64 -> handle: variant",
    shape=with_scalars(1),
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def dense_to_sparse_batch_dataset_op(
    xp,
    input_dataset,
    batch_size,
    row_shape,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """batch_size: i64[], row_shape: i64[rank] -> variant[]"""
    source = dataset_of(input_dataset)
    if len(source.types) != 1:
        refuse("DenseToSparseBatchDataset only supports inputs with a single component.")
    size = checked_batch_size(batch_size)
    if row_shape.ndim != 1:
        refuse("row_shape must be a vector")
    return SparseBatchDataset(source, size, row_shape.tolist(), output_types, output_shapes)


dense_to_sparse_batch_dataset_op.not_differentiable()
