"""Datasets of given tensors and numbers."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetSource
from stillflow.ops.datasets.sources import (
    range_dataset_op,
    tensor_dataset_op,
    tensor_slice_dataset_op,
)


class TensorDataset(DatasetSource):
    """One element."""

    def __init__(self, element: Any):
        element = structure.normalize_element(element)
        self._structure = structure.type_spec_from_value(element)
        self._tensors = structure.to_tensor_list(self._structure, element)
        shapes = structure.get_flat_tensor_shapes(self._structure)
        super().__init__(tensor_dataset_op(self._tensors, output_shapes=shapes))

    @property
    def element_spec(self) -> Any:
        return self._structure


class TensorSliceDataset(DatasetSource):
    """The rows of an element."""

    def __init__(self, element: Any):
        element = structure.normalize_element(element)
        batched = structure.type_spec_from_value(element)
        self._tensors = structure.to_batched_tensor_list(batched, element)
        self._structure = nesting.map_structure(lambda spec: spec._unbatch(), batched)
        rows = Dimension(structure.batch_dimension(self._tensors[0]))
        for tensor in self._tensors[1:]:
            rows.assert_is_compatible_with(Dimension(structure.batch_dimension(tensor)))
        shapes = structure.get_flat_tensor_shapes(self._structure)
        super().__init__(tensor_slice_dataset_op(self._tensors, output_shapes=shapes))

    @property
    def element_spec(self) -> Any:
        return self._structure


class RangeDataset(DatasetSource):
    """Numbers."""

    def __init__(self, *args: Any):
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid arguments to RangeDataset: {args!s}")
        bounds = (0, *args) if len(args) == 1 else args
        start, stop, step = (*bounds, 1)[:3]
        numbers = (_number(start, "start"), _number(stop, "stop"), _number(step, "step"))
        super().__init__(range_dataset_op(*numbers, **self._flat_structure))

    @property
    def element_spec(self) -> TensorSpec:
        return TensorSpec([], dtypes.int64)


def _number(value: Any, name: str) -> Tensor:
    return convert_to_tensor(value, dtypes.int64, name)
