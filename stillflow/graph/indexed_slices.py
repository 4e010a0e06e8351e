"""`IndexedSlices`: a sparse gradient, some rows of a large tensor. Knows no gradient rule."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor


class IndexedSlicesValue(NamedTuple):
    """The value of IndexedSlices in a run."""

    values: Any
    indices: Any
    dense_shape: Any


class IndexedSlices:
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

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"
