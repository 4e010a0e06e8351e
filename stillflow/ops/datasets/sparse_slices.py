"""A dataset of the rows of a sparse tensor."""

from __future__ import annotations

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State


class SparseRowsDataset(Dataset):
    """(indices i64[n, r - 1], values any[n], dense_shape i64[r - 1]) of each row."""

    def __init__(self, indices: np.ndarray, values: np.ndarray, dense_shape: np.ndarray):
        rank = len(dense_shape) - 1
        kind = dtypes.string if values.dtype == object else dtypes.as_dtype(values.dtype)
        super().__init__(
            (),
            [dtypes.int64, kind, dtypes.int64],
            [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])],
        )
        self.indices, self.values, self.dense_shape = indices, values, dense_shape

    def iterator(self, place: Place) -> ElementIterator:
        return _SparseRows(self)

    def cardinality(self) -> int:
        return int(self.dense_shape[0])


class _SparseRows(ElementIterator):
    kind = "SparseTensorSlice"

    def __init__(self, dataset: SparseRowsDataset):
        self._dataset = dataset
        self._next = 0

    def next(self) -> Element:
        dataset = self._dataset
        if self._next == dataset.cardinality():
            raise End
        rows = dataset.indices[:, 0]
        first, stop = np.searchsorted(rows, [self._next, self._next + 1])
        self._next += 1
        return (
            np.ascontiguousarray(dataset.indices[first:stop, 1:]),
            dataset.values[first:stop],
            dataset.dense_shape[1:],
        )

    def save(self, state: State) -> None:
        """TensorFlow reads one row that is not empty ahead of rows that are."""
        rows = self._dataset.indices[:, 0]
        before, first = np.searchsorted(rows, [self._next - 1, self._next]).tolist()
        state["i"] = self._next
        ahead = -1
        if self._next and before == first < len(rows):
            ahead, start = int(rows[first]), first
            first = int(np.searchsorted(rows, ahead + 1))
            state["next_indices_"] = np.ascontiguousarray(self._dataset.indices[start:first, 1:])
            state["next_values_"] = self._dataset.values[start:first]
        state["iter_loc"], state["next_non_empty_i_"] = first, ahead

    def restore(self, state: State) -> None:
        self._next = state.number("i")


@op(
    "SparseTensorSliceDataset",
    "indices: int64, values: Tvalues, dense_shape: int64 -> handle: variant",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def sparse_tensor_slice_dataset_op(xp, indices, values, dense_shape):
    """indices: i64[n, r], values: any[n], dense_shape: i64[r] -> variant[]"""
    if indices.ndim != 2:
        refuse(f"Input indices should be a matrix but received shape {format_sizes(indices.shape)}")
    if values.ndim != 1:
        refuse(f"Input values should be a vector but received shape {format_sizes(values.shape)}")
    if dense_shape.ndim != 1:
        refuse(
            f"Input shape should be a vector but received shape {format_sizes(dense_shape.shape)}"
        )
    if np.any(np.diff(indices[:, 0]) < 0):
        raise UnimplementedError(
            None,
            None,
            "The SparseTensor must be ordered in the batch dimension; handling arbitrarily ordered "
            "input is not currently supported.\n  Call tf.sparse.reorder before.",
        )
    return SparseRowsDataset(indices, values, dense_shape)


sparse_tensor_slice_dataset_op.not_differentiable()
