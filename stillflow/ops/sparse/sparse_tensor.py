"""`SparseTensor`: three tensors that stand for one of which most elements are zero."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import context, dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import check_not_eager
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_like import TensorLike
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec, register_type_spec_from_value_converter
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.known_values import constant_value_as_shape
from stillflow.ops.sparse import dense_operators


class SparseTensorValue(namedtuple("SparseTensorValue", ["indices", "values", "dense_shape"])):
    """The value of a SparseTensor in a run, or what it is fed."""

    __slots__ = ()
    _is_sparse_tensor = True


class SparseTensorSpec(TypeSpec):
    """SparseTensors of a dense shape, with elements of a type."""

    __slots__ = ("_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32):
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    @property
    def value_type(self) -> type:
        return SparseTensor

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def dtype(self) -> DType:
        return self._dtype

    def _serialize(self) -> tuple:
        return self._shape, self._dtype

    @property
    def _component_specs(self) -> list[TensorSpec]:
        rank = self._shape.ndims
        return [
            TensorSpec([None, rank], dtypes.int64),
            TensorSpec([None], self._dtype),
            TensorSpec([rank], dtypes.int64),
        ]

    def _to_components(self, value: Any) -> list[Tensor]:
        return as_sparse_tensor(value).fetch_parts()

    def _from_components(self, components: Any) -> Any:
        if all(isinstance(part, np.ndarray) for part in components):
            return SparseTensorValue(*components)
        return SparseTensor(*components)

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """What is known of a SparseTensor, or of the value of one; TypeError if it is neither."""
        if isinstance(value, SparseTensorValue) and isinstance(value.values, np.ndarray):
            return cls(value.dense_shape, value.values.dtype)
        if not is_sparse(value):
            raise TypeError("Expected SparseTensor or SparseTensorValue")
        return as_sparse_tensor(value)._type_spec

    # As elements of datasets: one tensor, whose elements are boxes with a part each ---------------

    @property
    def _flat_tensor_specs(self) -> list[TensorSpec]:
        return [TensorSpec(None, dtypes.variant)]

    def _to_tensor_list(self, value: Any) -> list[Tensor]:
        from stillflow.ops.sparse.serializing import serialize_sparse

        return [serialize_sparse(SparseTensor.from_value(value), out_type=dtypes.variant)]

    def _to_batched_tensor_list(self, value: Any) -> list[Tensor]:
        from stillflow.ops.sparse.serializing import serialize_many_sparse

        if self._shape.merge_with(value.shape).ndims == 0:
            raise ValueError("Unbatching a sparse tensor is only supported for rank >= 1")
        return [serialize_many_sparse(value, out_type=dtypes.variant)]

    def _from_compatible_tensor_list(self, tensor_list: list) -> SparseTensor:
        from stillflow.ops.sparse.serializing import deserialize_sparse

        return deserialize_sparse(tensor_list[0], self._dtype, self._shape.ndims)

    def _batch(self, batch_size: int | None) -> SparseTensorSpec:
        return SparseTensorSpec(TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self) -> SparseTensorSpec:
        if self._shape.ndims == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return SparseTensorSpec(self._shape[1:], self._dtype)

    def _to_legacy_output_types(self) -> DType:
        return self._dtype

    def _to_legacy_output_shapes(self) -> TensorShape:
        return self._shape

    def _to_legacy_output_classes(self) -> type:
        return SparseTensor


class SparseTensor(TensorLike, CompositeTensor):
    """A tensor of shape `dense_shape`, i64[r], whose elements `indices`, i64[n, r], are `values`.

    values: any[n]. All other elements are zero. Most ops want `indices` in the order of rows.

    Raises:
      ValueError: the shapes of the three do not fit together.
    """

    _is_sparse_tensor = True

    def __init__(self, indices: Any, values: Any, dense_shape: Any):
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, dtypes.int64, "indices")
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, dtypes.int64, "dense_shape")
        count, rank = self._indices.shape.with_rank(2).dims  # type: ignore[misc]
        count.merge_with(self._values.shape.with_rank(1)[0])
        rank.merge_with(self._dense_shape.shape.with_rank(1)[0])

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """The SparseTensor of a SparseTensorValue, or of the parts of another.

        Raises:
          TypeError: it is neither.
        """
        if not is_sparse(sparse_tensor_value):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        return SparseTensor(
            sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape
        )

    @property
    def indices(self) -> Tensor:
        return self._indices

    @property
    def values(self) -> Tensor:
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """The shape of the dense tensor, as far as it is known."""
        return TensorShape(constant_value_as_shape(self._dense_shape))

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def op(self) -> Operation:
        return self._values.op

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def graph(self) -> Graph:
        return self._indices.graph

    def fetch_parts(self) -> list[Tensor]:
        """The tensors that a run computes for this, or is fed."""
        return [self._indices, self._values, self._dense_shape]

    def _with_values(self, values: Any) -> SparseTensor:
        """The same places with other values."""
        return SparseTensor(self._indices, values, self._dense_shape)

    @staticmethod
    def from_fetched(parts: list[Any]) -> SparseTensorValue:
        return SparseTensorValue(*parts)

    @property
    def _type_spec(self) -> SparseTensorSpec:
        return SparseTensorSpec(self.shape, self.dtype)

    def _shape_invariant_to_type_spec(self, shape: TensorShape) -> SparseTensorSpec:
        """`shape` is that of `dense_shape`, a vector."""
        if shape.ndims not in (None, 1):
            raise ValueError("Expected a shape with 1 dimension")
        rank = None if shape.ndims is None else shape.as_list()[0]
        return SparseTensorSpec(None if rank is None else [None] * rank, self.dtype)

    def consumers(self) -> list[Operation]:
        """The operations that take any of the three tensors."""
        return list(dict.fromkeys(op for part in self.fetch_parts() for op in part.consumers()))

    def __mul__(self, y: Any) -> SparseTensor:
        """Its elements multiplied by those of a dense tensor, which is broadcast to it."""
        return dense_operators.multiplied(self, y)

    def __truediv__(self, y: Any) -> SparseTensor:
        """Its elements divided by those of a dense tensor, which is broadcast to it."""
        return dense_operators.truly_divided(self, y)

    def __div__(self, y: Any) -> SparseTensor:
        """The same as Python 2 has it: quotients of integers are integers."""
        return dense_operators.divided(self, y)

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """Runs what computes this in `session`, or in the default one."""
        runner = context.session_for(session, self.graph, "evaluate tensor")
        return SparseTensorValue(*runner.run(self.fetch_parts(), feed_dict))

    def __str__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, "
            f"dense_shape={self._dense_shape})"
        )


register_type_spec_from_value_converter(SparseTensorValue, SparseTensorSpec.from_value)


def is_sparse(x: Any) -> bool:
    """Whether `x` is a SparseTensor or the value of one."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def as_sparse_tensor(value: Any) -> SparseTensor:
    """`value` as a SparseTensor; TypeError when it is none, nor the value of one."""
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | SparseTensor:
    """`value` as a SparseTensor if it is one or the value of one, else as a Tensor.

    Raises:
      RuntimeError: a sparse tensor of another type than `dtype`.
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        return convert_to_tensor(value, dtype, name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise RuntimeError(
            f"Sparse dtype: requested = {dtypes.as_dtype(dtype).name}, actual = {value.dtype.name}"
        )
    return value


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """Returns a SparseTensor that every run must feed: a SparseTensorValue, or its three parts.

    `shape` is the dense one; when it is None or holds None it is fed as well.
    """
    check_not_eager("tf.placeholder() is not compatible with eager execution.")
    part = lambda suffix: None if name is None else f"{name}/{suffix}"
    rank, sizes = None, None
    if shape is not None:
        rank = shape.shape[0] if isinstance(shape, Tensor) else len(shape)
        if isinstance(shape, Tensor) or None not in shape:
            sizes = convert_to_tensor(shape, dtypes.int64, part("shape"))
    if sizes is None:
        sizes = placeholder(dtypes.int64, [rank], part("shape"))
    values = placeholder(dtype, [None], part("values"))
    return SparseTensor(placeholder(dtypes.int64, [None, rank], part("indices")), values, sizes)
