"""`IndexedSlices`: a sparse gradient, some rows of a large tensor. Knows no gradient rule."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_like import TensorLike
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec


class IndexedSlicesSpec(TypeSpec):
    """IndexedSlices of a dense shape, with elements, indices and sizes of certain types.

    `dense_shape_dtype` is None where there are no sizes; `indices_shape` says how many rows there
    are.
    """

    __slots__ = ("_arguments",)

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        indices_dtype: Any = dtypes.int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ):
        sizes_type = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        kinds = dtypes.as_dtype(dtype), dtypes.as_dtype(indices_dtype), sizes_type
        self._arguments = (as_shape(shape), *kinds, as_shape(indices_shape).with_rank(1))

    @property
    def value_type(self) -> type:
        return IndexedSlices

    def _serialize(self) -> tuple:
        return self._arguments

    @property
    def _component_specs(self) -> tuple[TensorSpec, ...]:
        shape, dtype, indices_type, sizes_type, rows = self._arguments
        specs = TensorSpec(rows.concatenate(shape[1:]), dtype), TensorSpec(rows, indices_type)
        return specs if sizes_type is None else (*specs, TensorSpec([shape.ndims], sizes_type))

    def _to_components(self, value: IndexedSlices) -> tuple[Tensor, ...]:
        return tuple(value.fetch_parts())

    def _from_components(self, components: Any) -> Any:
        if all(isinstance(part, np.ndarray) for part in components):
            return IndexedSlices.from_fetched(components)
        return IndexedSlices(*components)


class IndexedSlicesValue(NamedTuple):
    """The value of IndexedSlices in a run."""

    values: Any
    indices: Any
    dense_shape: Any


class IndexedSlices(TensorLike, CompositeTensor):
    """Rows `indices`, i[k], of a tensor of shape `dense_shape` are `values`, n[k, ...].

    An index that occurs twice adds up; rows that do not occur are zero.
    """

    _is_indexed_slices = True

    def __init__(self, values: Tensor, indices: Tensor, dense_shape: Tensor | None = None):
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Tensor:
        return self._values

    @property
    def indices(self) -> Tensor:
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        return self._dense_shape

    @property
    def name(self) -> str:
        return self._values.name

    @property
    def device(self) -> str:
        return self._values.device

    @property
    def op(self) -> Operation:
        return self._values.op

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def graph(self) -> Graph:
        return self._values.graph

    def fetch_parts(self) -> list[Tensor]:
        """The tensors that a run computes for this."""
        parts = [self._values, self._indices]
        return parts if self._dense_shape is None else [*parts, self._dense_shape]

    @staticmethod
    def from_fetched(parts: list[Any]) -> IndexedSlicesValue:
        return IndexedSlicesValue(parts[0], parts[1], parts[2] if len(parts) > 2 else None)

    @property
    def _type_spec(self) -> IndexedSlicesSpec:
        rows = self._indices.shape.merge_with(self._values.shape[:1])
        return self._spec(TensorShape([None]).concatenate(self._values.shape[1:]), rows)

    def _shape_invariant_to_type_spec(self, shape: TensorShape) -> IndexedSlicesSpec:
        """`shape` is that of the values."""
        return self._spec(TensorShape([None]).concatenate(shape[1:]), shape[:1])

    def _spec(self, whole: TensorShape, rows: TensorShape) -> IndexedSlicesSpec:
        sizes_type = None if self._dense_shape is None else self._dense_shape.dtype
        return IndexedSlicesSpec(whole, self.dtype, self._indices.dtype, sizes_type, rows)

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"
