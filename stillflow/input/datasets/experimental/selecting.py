"""One element of a dataset, how many there are, and what may be absent."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.ops.datasets.reducing import dataset_cardinality_op, dataset_to_single_element_op

INFINITE = -1
UNKNOWN = -2


def cardinality(dataset: DatasetV2) -> Tensor:
    """i64[], how many elements there are; INFINITE or UNKNOWN where that is not a number."""
    return dataset_cardinality_op(dataset._variant_tensor)


def get_single_element(dataset: DatasetV2) -> Any:
    """The one element of a dataset, as tensors.

    A run raises tf.errors.InvalidArgumentError where there is none, or more than one.

    Raises:
      TypeError: it is no dataset.
    """
    if not isinstance(dataset, DatasetV2):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    tensors: Any = dataset_to_single_element_op(dataset._variant_tensor, **dataset._flat_structure)
    return structure.from_compatible_tensor_list(dataset.element_spec, tensors)
