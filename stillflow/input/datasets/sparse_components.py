"""Structures of components some of which are sparse, as structures of tensors and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.datasets.nesting import flatten, pack_sequence_as
from stillflow.ops.sparse.serializing import (
    deserialize_sparse,
    serialize_many_sparse,
    serialize_sparse,
)
from stillflow.ops.sparse.sparse_tensor import SparseTensor, is_sparse


def any_sparse(classes: Any) -> bool:
    """Whether a component's class is SparseTensor."""
    return SparseTensor in flatten(classes)


def as_dense_shapes(shapes: Any, classes: Any) -> Any:
    """`shapes`, where those of sparse components are unknown."""
    return _where_sparse(shapes, classes, lambda shape: TensorShape(None))


def as_dense_types(types: Any, classes: Any) -> Any:
    """`types`, where those of sparse components are variant."""
    return _where_sparse(types, classes, lambda dtype: dtypes.variant)


def get_classes(tensors: Any) -> Any:
    """The structure of the classes of components: SparseTensor or Tensor."""
    classes = [
        SparseTensor if isinstance(component, SparseTensor) else Tensor
        for component in flatten(tensors)
    ]
    return pack_sequence_as(tensors, classes)


def serialize_sparse_tensors(tensors: Any) -> Any:
    """`tensors`, with variant[3] in the place of each SparseTensor."""
    return _each(tensors, lambda sparse: serialize_sparse(sparse, out_type=dtypes.variant))


def serialize_many_sparse_tensors(tensors: Any) -> Any:
    """`tensors`, with variant[N, 3] in the place of each SparseTensor, of N rows."""
    return _each(tensors, lambda sparse: serialize_many_sparse(sparse, out_type=dtypes.variant))


def deserialize_sparse_tensors(tensors: Any, types: Any, shapes: Any, classes: Any) -> Any:
    """`tensors`, with SparseTensors where `classes` tells so, of these types and ranks."""
    told = zip(*map(flatten, (tensors, types, shapes, classes)), strict=True)
    parts = [
        deserialize_sparse(tensor, dtype, shape.ndims) if kind is SparseTensor else tensor
        for tensor, dtype, shape, kind in told
    ]
    return pack_sequence_as(types, parts)


def _where_sparse(structure: Any, classes: Any, other: Callable[[Any], Any]) -> Any:
    pairs = zip(flatten(structure), flatten(classes), strict=True)
    parts = [other(part) if kind is SparseTensor else part for part, kind in pairs]
    return pack_sequence_as(structure, parts)


def _each(tensors: Any, serialized: Callable[[Any], Any]) -> Any:
    parts = [serialized(part) if is_sparse(part) else part for part in flatten(tensors)]
    return pack_sequence_as(tensors, parts)
