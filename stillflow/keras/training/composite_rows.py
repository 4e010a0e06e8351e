"""Rows of sparse and of ragged values, of which batches are made in eager mode."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.ops.ragged.arranging import gather
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def rows_of_composite(value: Any, start: Any, stop: int | None) -> Any:
    """Returns rows of a SparseTensor or of a RaggedTensor, as one of its kind.

    Args:
      start, stop: the rows from `start` up to `stop`; or `start` lists their numbers.
    """
    count = int(value.shape[0]) if isinstance(value, SparseTensor) else int(value.nrows())
    rows = np.arange(count)[start:stop] if not hasattr(start, "__len__") else np.asarray(start)
    return (
        _of_sparse(value, rows, count) if isinstance(value, SparseTensor) else gather(value, rows)
    )


def _of_sparse(value: Any, rows: np.ndarray, count: int) -> SparseTensor:
    indices, values = value.indices.numpy(), value.values.numpy()
    place = np.full(count, -1)
    place[rows] = np.arange(len(rows))
    new = place[indices[:, 0]]
    kept = np.flatnonzero(new >= 0)
    kept = kept[np.argsort(new[kept], kind="stable")]
    return SparseTensor(
        np.column_stack([new[kept], indices[kept, 1:]]),
        values[kept],
        [len(rows), *value.dense_shape.numpy()[1:]],
    )
