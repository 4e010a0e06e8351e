"""Datasets of batches, and of what batches are made of."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.input.datasets import nesting
from stillflow.input.datasets.dataset import DatasetV2, UnaryDataset
from stillflow.input.datasets.moving import number
from stillflow.ops.datasets.batching import batch_dataset_v2_op


class BatchDataset(UnaryDataset):
    def __init__(self, input_dataset: DatasetV2, batch_size: Any, drop_remainder: Any):
        self._batch_size = number(batch_size, "batch_size")
        self._drop_remainder = convert_to_tensor(drop_remainder, dtypes.bool, "drop_remainder")
        drops = constant_value(self._drop_remainder)
        size = constant_value(self._batch_size) if drops else None
        rows = None if size is None else int(size)
        spec = input_dataset.element_spec
        self._structure = nesting.map_structure(lambda component: component._batch(rows), spec)
        variant = batch_dataset_v2_op(
            input_dataset._variant_tensor,
            self._batch_size,
            self._drop_remainder,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure
