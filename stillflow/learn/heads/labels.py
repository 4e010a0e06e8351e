"""Labels and weights of a head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import rank
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import less_equal
from stillflow.ops.sparse.creating import sparse_to_indicator
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from stillflow.platform import logging


def chosen(labels: Any, name: str | None) -> Any:
    """The labels, those of `name` in a dict, as a tensor or a sparse one."""
    return convert_to_tensor_or_sparse_tensor(labels[name] if isinstance(labels, dict) else labels)


def dense(labels: Any, name: str | None) -> Tensor:
    """The labels as a tensor; ValueError for a sparse one."""
    tensor = chosen(labels, name)
    if isinstance(tensor, SparseTensor):
        raise ValueError("SparseTensor is not supported.")
    return tensor


def indicators(labels: Any, classes: int) -> Any:
    """int64[n, classes] with ones for the classes of sparse labels; dense ones as they are."""
    if not isinstance(labels, SparseTensor):
        return labels
    if classes < 2:
        raise ValueError("Must set num_classes >= 2 when passing labels as a SparseTensor.")
    return cast(sparse_to_indicator(labels, classes), dtypes.int64)


def assert_rank(labels: Any) -> Operation:
    """Refuses, when it runs, labels of a rank above 2."""
    message = "labels shape should be either [batch_size, 1] or [batch_size]"
    return assert_that(less_equal(rank(labels), 2), (message,))


def weights(features: Mapping[str, Any], name: str | None) -> Any:
    """float32[n, 1] or of a higher rank: the feature that weighs examples; None without a name.

    Raises:
      ValueError: there is no such feature.
    """
    if not name:
        return None
    if name not in features:
        raise ValueError(f"Weights {name} missing from features.")
    with name_scope(None, "weight_tensor", tuple(features.values())):
        tensor = cast(features[name], dtypes.float32)
        shape = tensor.get_shape()
        if shape.ndims != 1:
            return tensor
        logging.warning(f"Weights {name} has shape {shape}, expanding to make it 2d.")
        if isinstance(tensor, SparseTensor):
            return sparse_reshape(tensor, (-1, 1))
        return reshape(tensor, (-1, 1))
