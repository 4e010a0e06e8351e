"""Datasets of batches, and of what batches are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value, constant_value_as_shape
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetSpec, DatasetV2, UnaryDataset
from stillflow.input.datasets.moving import number
from stillflow.ops.datasets.batching import batch_dataset_v2_op
from stillflow.ops.datasets.padding import padded_batch_dataset_v2_op
from stillflow.ops.datasets.windows import unbatch_dataset_op, window_dataset_op
from stillflow.ops.sparse.sparse_tensor import SparseTensorSpec


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


class PaddedBatchDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        batch_size: Any,
        padded_shapes: Any,
        padding_values: Any,
        drop_remainder: Any,
    ):
        spec = input_dataset.element_spec
        types, shapes = structure.legacy_output_types(spec), structure.legacy_output_shapes(spec)
        if any(isinstance(component, SparseTensorSpec) for component in nesting.flatten(spec)):
            raise TypeError("Batching of padded sparse tensors is not currently supported")
        self._batch_size = number(batch_size, "batch_size")
        if padding_values is None:
            padding_values = nesting.map_structure(_zero, types)
        wanted = nesting.flatten_up_to(shapes, padded_shapes)
        pairs = zip(nesting.flatten(shapes), wanted, strict=True)
        padded = [_padded_shape(shape, own) for own, shape in pairs]
        values = nesting.map_structure_up_to(shapes, _padding_value, padding_values, types)
        self._drop_remainder = convert_to_tensor(drop_remainder, dtypes.bool, "drop_remainder")
        drops = constant_value(self._drop_remainder)
        size = constant_value(self._batch_size) if drops else None
        rows = TensorShape([None if size is None else int(size)])
        batched = [rows.concatenate(_known_shape(shape)) for shape in padded]
        self._structure = structure.convert_legacy_structure(
            types,
            nesting.pack_sequence_as(shapes, batched),
            structure.legacy_output_classes(spec),
        )
        given = input_dataset._variant_tensor, self._batch_size, padded, nesting.flatten(values)
        told = structure.get_flat_tensor_shapes(self._structure)
        variant = padded_batch_dataset_v2_op(*given, self._drop_remainder, output_shapes=told)
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


def _padded_shape(padded_shape: Any, component_shape: TensorShape) -> Tensor:
    """i64[rank], -1 where the largest size is wanted; ValueError where it is too small."""
    try:
        shape = as_shape(padded_shape)
        tensor = convert_to_tensor([-1 if n is None else n for n in shape.as_list()], dtypes.int64)
    except (TypeError, ValueError):
        tensor = convert_to_tensor(padded_shape, preferred_dtype=dtypes.int64)
        if tensor.shape.ndims not in (None, 1):
            raise ValueError(
                f"Padded shape {padded_shape} must be a 1-D tensor of tf.int64 values, but its "
                f"shape was {tensor.shape}."
            ) from None
        if tensor.dtype != dtypes.int64:
            raise TypeError(
                f"Padded shape {padded_shape} must be a 1-D tensor of tf.int64 values, but its "
                f"element type was {tensor.dtype.name}."
            ) from None
        shape = _known_shape(tensor)
    if not _is_large_enough(shape, component_shape):
        raise ValueError(
            f"The padded shape {shape} is not compatible with the corresponding input component "
            f"shape {component_shape}."
        )
    return tensor


def _known_shape(tensor: Tensor) -> TensorShape:
    """What is known of the shape that a tensor says."""
    try:
        return TensorShape.of(constant_value_as_shape(tensor))
    except ValueError:
        return TensorShape([None] * int(tensor.shape[0]))  # a run will refuse it


def _is_large_enough(padded: TensorShape, own: TensorShape) -> bool:
    if padded.sizes is None or own.sizes is None:
        return True
    pairs = zip(padded.sizes, own.sizes, strict=False)
    is_enough = all(a is None or b is None or a >= b for a, b in pairs)
    return len(padded.sizes) == len(own.sizes) and is_enough


def _padding_value(value: Any, output_type: Any) -> Tensor:
    tensor = convert_to_tensor(value, name="padding_value")
    if not tensor.shape.is_compatible_with(TensorShape([])):
        raise ValueError(f"Padding value should be a scalar, but is not: {tensor}")
    if tensor.dtype != output_type:
        raise TypeError(
            f"Padding value tensor ({tensor}) does not match output type: {output_type}"
        )
    return tensor


def _zero(dtype: Any) -> Any:
    base = dtype.base_dtype
    if base == dtypes.string:
        return ""
    if base == dtypes.variant:
        raise TypeError(
            "Unable to create padding for field of type 'variant' because t.base_type == "
            f"dtypes.variant == {base}."
        )
    return np.zeros_like(base.as_numpy_dtype())


class WindowDataset(UnaryDataset):
    def __init__(
        self, input_dataset: DatasetV2, size: Any, shift: Any, stride: Any, drop_remainder: Any
    ):
        numbers = number(size, "size"), number(shift, "shift"), number(stride, "stride")
        drops = convert_to_tensor(drop_remainder, dtypes.bool, "drop_remainder")
        self._structure = nesting.map_structure(DatasetSpec, input_dataset.element_spec)
        variant = window_dataset_op(
            input_dataset._variant_tensor, *numbers, drops, **self._flat_structure
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


def unbatched(dataset: DatasetV2) -> DatasetV2:
    """The rows of a dataset's elements; ValueError where a component has none."""
    spec = dataset.element_spec

    def normalize(*components: Any) -> list:
        element = components if len(components) > 1 else components[0]
        return structure.to_batched_tensor_list(spec, element)

    return UnbatchDataset(RestructuredDataset(dataset.map(normalize), spec))


class RestructuredDataset(UnaryDataset):
    """Elements of another structure of the same tensors; no node of its own."""

    def __init__(self, dataset: DatasetV2, element_spec: Any):
        self._structure = element_spec
        super().__init__(dataset, dataset._variant_tensor)

    @property
    def element_spec(self) -> Any:
        return self._structure


class UnbatchDataset(UnaryDataset):
    def __init__(self, input_dataset: DatasetV2):
        shapes = input_dataset._flat_shapes
        if any(shape.ndims == 0 for shape in shapes):
            raise ValueError("Cannot unbatch an input with scalar components.")
        rows = Dimension(None)
        for shape in shapes:
            try:
                rows = rows.merge_with(shape[0])
            except ValueError:
                raise ValueError(
                    "Cannot unbatch an input whose components have different batch sizes."
                ) from None
        spec = input_dataset.element_spec
        self._structure = nesting.map_structure(lambda component: component._unbatch(), spec)
        variant = unbatch_dataset_op(input_dataset._variant_tensor, **self._flat_structure)
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure
