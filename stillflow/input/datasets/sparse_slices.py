"""Datasets of the rows of a sparse tensor, as the parts of sparse tensors."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import DatasetSource
from stillflow.ops.datasets.sparse_slices import sparse_tensor_slice_dataset_op
from stillflow.ops.sparse.sparse_tensor import SparseTensor


class SparseTensorSliceDataset(DatasetSource):
    """(indices, values, dense_shape) of each row of a SparseTensor whose indices are in order."""

    def __init__(self, sparse_tensor: Any):
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError(
                f"`sparse_tensor` must be a `tf.SparseTensor` object. Was {sparse_tensor}."
            )
        indices, shape = sparse_tensor.indices.shape, sparse_tensor.dense_shape.shape
        rank = (indices[1] - 1).merge_with(shape[0] - 1)
        self._structure = (
            TensorSpec([None, rank], dtypes.int64),
            TensorSpec([None], sparse_tensor.dtype),
            TensorSpec([rank], dtypes.int64),
        )
        super().__init__(sparse_tensor_slice_dataset_op(*sparse_tensor.fetch_parts()))

    @property
    def element_spec(self) -> Any:
        return self._structure
