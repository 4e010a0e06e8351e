"""`RaggedTensor`: rows of different lengths, as their values one after another and the splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.type_sets import INDEX
from stillflow.graph import context, dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec, register_type_spec_from_value_converter
from stillflow.ops.array import filling, gathering, joining, shape_of, stacking
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.ragged import dense, indexing, sparse, splits, variants
from stillflow.ops.ragged.factories import RaggedFactories
from stillflow.ops.ragged.operators import RaggedOperators
from stillflow.ops.ragged.ragged_value import RaggedTensorValue, from_parts
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.sparse_tensor import SparseTensor


class RaggedTensorSpec(TypeSpec):
    """RaggedTensors of a shape and a number of ragged axes, with elements of a type."""

    __slots__ = ("_dtype", "_ragged_rank", "_row_splits_dtype", "_shape")

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        ragged_rank: int | None = None,
        row_splits_dtype: Any = dtypes.int64,
    ):
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        rank = self._shape.ndims
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError("ragged_rank must be an int")
        if rank is not None and ragged_rank >= rank:
            raise ValueError("ragged_rank must be less than rank.")
        self._ragged_rank = ragged_rank

    @property
    def value_type(self) -> type:
        return RaggedTensor if self._ragged_rank > 0 else Tensor

    def _serialize(self) -> tuple:
        return self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype

    @property
    def _component_specs(self) -> list[TensorSpec]:
        if self._ragged_rank == 0:
            return [TensorSpec(self._shape, self._dtype)]
        flat = TensorShape([None]).concatenate(self._shape[self._ragged_rank + 1 :])
        rows = None if self._shape.ndims is None else self._shape.as_list()[0]
        outer = TensorSpec([None if rows is None else rows + 1], self._row_splits_dtype)
        inner = TensorSpec([None], self._row_splits_dtype)
        return [TensorSpec(flat, self._dtype), outer, *[inner] * (self._ragged_rank - 1)]

    def _to_components(self, value: Any) -> list[Any]:
        return [value.flat_values, *value.nested_row_splits] if is_ragged(value) else [value]

    def _from_components(self, components: Any) -> Any:
        if all(isinstance(part, np.ndarray) for part in components):
            return from_parts(list(components))
        return _from_tensors(components)

    @classmethod
    def from_value(cls, value: Any) -> RaggedTensorSpec:
        """The type of a RaggedTensor or the value of one."""
        return cls(value.shape, value.values.dtype, value.ragged_rank, value.row_splits.dtype)

    # As elements of datasets: one tensor, whose elements are boxes with a ragged tensor each ------

    @property
    def _flat_tensor_specs(self) -> list[TensorSpec]:
        return [TensorSpec(None, dtypes.variant)]

    def _to_tensor_list(self, value: Any) -> list[Tensor]:
        return [_boxed(value, False)]

    def _to_batched_tensor_list(self, value: Any) -> list[Tensor]:
        return [_boxed(value, True)]

    def _from_compatible_tensor_list(self, tensor_list: list) -> RaggedTensor:
        if self._ragged_rank <= 0:
            raise ValueError(f"ragged_rank must be non-negative; got {self._ragged_rank}.")
        with name_scope(None, "RaggedFromVariant", tensor_list):
            nested, flat = variants.ragged_tensor_from_variant_op(
                tensor_list[0],
                input_ragged_rank=-1,
                output_ragged_rank=self._ragged_rank,
                Tvalues=self._dtype,
                Tsplits=dtypes.int64,
            )
            result = RaggedTensor.from_nested_row_splits(flat, nested, validate=False)
        if self._shape.ndims is not None:
            rows = self._shape.as_list()[0]
            if rows is not None:
                result.row_splits.set_shape([rows + 1])
            inner = self._shape[1 + self._ragged_rank :]
            result.flat_values.set_shape(TensorShape([None]).concatenate(inner))
        return result

    def _batch(self, batch_size: int | None) -> RaggedTensorSpec:
        shape = TensorShape([batch_size]).concatenate(self._shape)
        return RaggedTensorSpec(shape, self._dtype, self._ragged_rank + 1)

    def _unbatch(self) -> RaggedTensorSpec:
        # Less than one axis: what is batched again has its own.
        return RaggedTensorSpec(self._shape[1:], self._dtype, self._ragged_rank - 1)

    def _to_legacy_output_types(self) -> DType:
        return self._dtype

    def _to_legacy_output_shapes(self) -> TensorShape:
        return self._shape

    def _to_legacy_output_classes(self) -> RaggedTensorSpec:
        return self


register_type_spec_from_value_converter(RaggedTensorValue, RaggedTensorSpec.from_value)


class RaggedTensor(RaggedFactories, RaggedOperators, CompositeTensor):
    """Rows of different lengths: row i is values[row_splits[i]:row_splits[i + 1]].

    It is made by one of `from_row_splits`, `from_value_rowids`, `from_row_lengths`,
    `from_row_starts`, `from_row_limits`, `from_tensor`, `from_sparse`, and those of nested rows.
    With `validate` a run fails where the parts do not fit together.
    """

    _is_ragged_tensor = True

    def __init__(
        self,
        values: Any,
        row_splits: Any,
        cached_row_lengths: Tensor | None = None,
        cached_value_rowids: Tensor | None = None,
        cached_nrows: Tensor | None = None,
        internal: bool = False,
    ):
        if not internal:
            raise ValueError(
                "RaggedTensor constructor is private; please use one of the factory methods instead"
                " (e.g., RaggedTensor.from_row_lengths())"
            )
        if not isinstance(row_splits, Tensor):
            raise TypeError(f"Row-partitioning argument must be a Tensor, got {row_splits!r}")
        if not isinstance(values, (RaggedTensor, Tensor)):
            raise TypeError(f"values must be a Tensor or RaggedTensor, got {values!r}")
        if row_splits.dtype not in INDEX:
            raise ValueError("Row-partitioning argument must be int32 or int64")
        for known in (cached_row_lengths, cached_value_rowids, cached_nrows):
            if known is not None and not isinstance(known, Tensor):
                raise TypeError("Cached value must be a Tensor or None.")
            if known is not None and known.dtype not in INDEX:
                raise TypeError("Cached value must be int32 or int64.")
        row_splits.shape.assert_has_rank(1)
        values.shape.with_rank_at_least(1)
        row_splits.set_shape([None])
        self._values: Any = values
        self._row_splits = row_splits
        self._cached_row_lengths = cached_row_lengths
        self._cached_value_rowids = cached_value_rowids
        self._cached_nrows = cached_nrows

    # What it is made of ---------------------------------------------------------------------------

    @property
    def values(self) -> Any:
        """The rows' values one after another, any[m, ...]; a RaggedTensor where these are rows."""
        return self._values

    @property
    def row_splits(self) -> Tensor:
        """i[n + 1], where each row begins and ends among the values."""
        return self._row_splits

    @property
    def flat_values(self) -> Tensor:
        """The innermost values."""
        return self._values.flat_values if is_ragged(self._values) else self._values

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        """The splits of all ragged axes, the outermost first."""
        return tuple(level.row_splits for level in self._levels())

    @property
    def ragged_rank(self) -> int:
        """The number of ragged axes."""
        return len(self._levels())

    def _levels(self) -> list[RaggedTensor]:
        """This, the values, the values of these, as far as they are ragged."""
        inner = self._values
        return [self, *(inner._levels() if isinstance(inner, RaggedTensor) else [])]

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """The shape, of which a ragged axis is None."""
        sizes = self._row_splits.shape.as_list()
        nrows = None if sizes[0] is None else sizes[0] - 1
        return TensorShape([nrows, None]).concatenate(self._values.shape[1:])

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def op(self) -> Operation:
        return self.flat_values.op

    @property
    def graph(self) -> Graph:
        return self._row_splits.graph

    # Its rows in other words ----------------------------------------------------------------------

    def value_rowids(self, name: str | None = None) -> Tensor:
        """i[m], the row of each value."""
        if self._cached_value_rowids is not None:
            return self._cached_value_rowids
        with name_scope(name, "RaggedValueRowIds", [self]):
            return splits.row_splits_to_segment_ids(self._row_splits)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Tensor, ...]:
        """`value_rowids` of each ragged axis, the outermost first."""
        with name_scope(name, "RaggedNestedValueRowIds", [self]):
            return tuple(level.value_rowids() for level in self._levels())

    def nrows(self, out_type: Any = None, name: str | None = None) -> Tensor:
        """i[], the number of rows."""
        kind = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        if self._cached_nrows is not None:
            return casts.cast(self._cached_nrows, kind)
        with name_scope(name, "RaggedNRows", [self]):
            return shape_of.shape(self._row_splits, out_type=kind)[0] - 1

    def row_starts(self, name: str | None = None) -> Tensor:
        """i[n], where each row begins."""
        with name_scope(name, "RaggedRowStarts", [self]):
            return self._row_splits[:-1]

    def row_limits(self, name: str | None = None) -> Tensor:
        """i[n], where each row ends."""
        with name_scope(name, "RaggedRowLimits", [self]):
            return self._row_splits[1:]

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """i[n], the length of each row; of a deeper `axis`, those within the rows."""
        if self._cached_row_lengths is not None:
            return self._cached_row_lengths
        with name_scope(name, "RaggedRowLengths", [self]):
            axis = positive_axis(axis, self.shape.ndims)
            if axis == 0:
                return self.nrows()
            if axis == 1:
                return self._row_splits[1:] - self._row_splits[:-1]
            if isinstance(self._values, RaggedTensor):
                return self.with_values(self._values.row_lengths(axis - 1))
            kind = self._row_splits.dtype
            sizes = shape_of.shape(self._values, out_type=kind)
            return self.with_values(filling.ones(sizes[: axis - 1], kind) * sizes[axis - 1])

    def nested_row_lengths(self, name: str | None = None) -> tuple[Any, ...]:
        """`row_lengths` of each ragged axis, the outermost first."""
        with name_scope(name, "RaggedNestedRowLengths", [self]):
            return tuple(level.row_lengths() for level in self._levels())

    def bounding_shape(
        self, axis: Any = None, name: str | None = None, out_type: Any = None
    ) -> Tensor:
        """i[rank], the sizes of the smallest dense tensor that holds this; or that of an axis."""
        kind = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        with name_scope(name, "RaggedBoundingBox", [self, axis]):
            nested = self.nested_row_splits
            flat_values = self.flat_values
            if isinstance(axis, int) and axis == 0:
                return shape_of.shape(nested[0], out_type=kind)[0] - 1
            if isinstance(axis, int) and axis == 1:
                return arithmetic.maximum(reductions.reduce_max(self.row_lengths()), 0)
            rows = shape_of.shape(self._row_splits, out_type=kind)
            sizes = shape_of.shape(flat_values, out_type=kind)
            count = rows[0] - 1
            longest = [
                arithmetic.maximum(reductions.reduce_max(ends[1:] - ends[:-1]), 0)
                for ends in nested
            ]
            ragged = stacking.stack([count, *longest])
            box = joining.concat([ragged, sizes[1:]], axis=0)
            return box if axis is None else gathering.gather(box, axis)

    # The same rows with something else ------------------------------------------------------------

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other values.

        Raises:
          ValueError: there cannot be as many of them, or their splits are of another type.
        """
        new_values.shape.with_rank_at_least(1)
        self._values.shape[:1].assert_is_compatible_with(new_values.shape[:1])
        if is_ragged(new_values) and self._row_splits.dtype != new_values.row_splits.dtype:
            raise ValueError(
                "self and new_values have mismatched row_splits dtypes; use "
                "RaggedTensor.with_row_splits_dtype() to convert them to compatible dtypes."
            )
        return RaggedTensor(
            new_values,
            self._row_splits,
            self._cached_row_lengths,
            self._cached_value_rowids,
            self._cached_nrows,
            internal=True,
        )

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows, at all depths, of other innermost values."""
        if isinstance(self._values, RaggedTensor):
            new_values = self._values.with_flat_values(new_values)
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same with splits of `dtype`, int32 or int64."""
        dtype = dtypes.as_dtype(dtype)
        if dtype not in INDEX:
            raise ValueError("dtype must be int32 or int64")
        if self._row_splits.dtype == dtype:
            return self
        row_splits = casts.cast(self._row_splits, dtype)
        values = self._values
        if isinstance(values, RaggedTensor):
            values = values.with_row_splits_dtype(dtype)
        known = (self._cached_row_lengths, self._cached_value_rowids)
        lengths, rowids = (None if part is None else casts.cast(part, dtype) for part in known)
        return RaggedTensor(values, row_splits, lengths, rowids, self._cached_nrows, internal=True)

    def to_tensor(self, default_value: Any = None, name: str | None = None) -> Tensor:
        """The rows filled up to the length of the longest with `default_value`, or zeros."""
        return dense.dense(self, default_value, name)

    def to_sparse(self, name: str | None = None) -> SparseTensor:
        """The same values as a SparseTensor."""
        return sparse.to_sparse(self, name)

    # As what it stands for ------------------------------------------------------------------------

    def fetch_parts(self) -> list[Tensor]:
        """The tensors that a run computes for this, or is fed."""
        return [self.flat_values, *self.nested_row_splits]

    def with_parts(self, parts: Sequence[Any]) -> Any:
        return _from_tensors(parts)

    @staticmethod
    def from_fetched(parts: list[Any]) -> Any:
        return from_parts(parts)

    @property
    def _type_spec(self) -> RaggedTensorSpec:
        return RaggedTensorSpec(self.shape, self.dtype, self.ragged_rank, self._row_splits.dtype)

    def _shape_invariant_to_type_spec(self, shape: TensorShape) -> RaggedTensorSpec:
        return RaggedTensorSpec(shape, self.dtype, self.ragged_rank, self._row_splits.dtype)

    def consumers(self) -> list[Operation]:
        """The operations that take any of the tensors."""
        return list(dict.fromkeys(op for part in self.fetch_parts() for op in part.consumers()))

    def eval(self, feed_dict: Any = None, session: Any = None) -> RaggedTensorValue:
        """Runs what computes this in `session`, or in the default one."""
        runner = context.session_for(session, self.graph, "evaluate tensor")
        return from_parts(runner.run(self.fetch_parts(), feed_dict))

    def _eager_value(self) -> RaggedTensorValue:
        values = self._values
        inner = values._eager_value() if is_ragged(values) else values.numpy()
        return RaggedTensorValue(inner, self._row_splits.numpy())  # type: ignore[attr-defined]

    def to_list(self) -> list[Any]:
        """The rows as nested lists; ValueError in a graph."""
        if self._row_splits._is_eager:
            return self._eager_value().to_list()
        raise ValueError(
            "RaggedTensor.to_list() is only supported in eager mode; in graph mode, evaluate the "
            "RaggedTensor first and then use RaggedTensorValue.to_list()."
        )

    @staticmethod
    def _carry_out(function: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        from stillflow.ops.ragged import dispatching  # knows all families

        return dispatching.carry_out(function, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        """A row by its number; or slices of the rows, and of what is within each."""
        return indexing.getitem(self, key)

    def __repr__(self) -> str:
        if self._row_splits._is_eager:
            return f"<tf.RaggedTensor {self.to_list()}>"
        return f"tf.RaggedTensor(values={self._values}, row_splits={self._row_splits})"


def _boxed(value: Any, is_batched: bool) -> Tensor:
    with name_scope(None, "RaggedToVariant", [value]):
        return variants.ragged_tensor_to_variant_op(
            list(value.nested_row_splits), value.flat_values, batched_input=is_batched
        )


def _from_tensors(parts: Sequence[Any]) -> Any:
    result, *row_splits = parts
    for ends in reversed(row_splits):
        result = RaggedTensor(result, ends, internal=True)
    return result


def is_ragged(value: Any) -> bool:
    """Whether `value` is a RaggedTensor or the value of one."""
    return isinstance(value, (RaggedTensor, RaggedTensorValue))


def convert_to_tensor_or_ragged_tensor(
    value: Any, dtype: Any = None, preferred_dtype: Any = None, name: str | None = None
) -> Any:
    """`value` as a RaggedTensor if it is one or the value of one, else as a Tensor.

    Raises:
      ValueError: a RaggedTensor of another type than `dtype`.
    """
    if isinstance(value, RaggedTensorValue):
        with name_scope(name, "ConvertToTensorOrRaggedTensor", []):
            flat = convert_to_tensor(value.flat_values, dtype, "flat_values", preferred_dtype)
            return RaggedTensor.from_nested_row_splits(
                flat, value.nested_row_splits, validate=False
            )
    if not isinstance(value, RaggedTensor):
        return convert_to_tensor(value, dtype, name, preferred_dtype)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for RaggedTensor with"
            f" dtype {value.dtype.name}: {value!r}"
        )
    return value


def common_splits_type(tensors: Sequence[Any]) -> DType:
    """The type of the splits of the ragged ones among `tensors`, int64 where there are none.

    Raises:
      ValueError: they differ.
    """
    kinds = {tensor.row_splits.dtype for tensor in tensors if isinstance(tensor, RaggedTensor)}
    if len(kinds) > 1:
        raise ValueError(
            "Input RaggedTensors have mismatched row_splits dtypes; use "
            "RaggedTensor.with_row_splits_dtype() to convert them to compatible dtypes."
        )
    return kinds.pop() if kinds else dtypes.int64


def positive_axis(axis: Any, rank: int | None) -> int:
    """`axis` counted from the front.

    Raises:
      TypeError: it is no int.
      ValueError: it is out of range, or negative where the rank is unknown.
    """
    if not isinstance(axis, int):
        raise TypeError(f"axis must be an int; got {type(axis).__name__}")
    if rank is None:
        if axis < 0:
            raise ValueError("axis may only be negative if ndims is statically known.")
        return axis
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    return axis % rank
