"""Columns of numbers, and of the intervals that numbers fall into."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns import checking
from stillflow.input.columns.column import IdsAndWeights, is_new, spec_of
from stillflow.input.columns.own import Inputs, OwnCategoricalColumn, OwnDenseColumn
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import shape as shape_of
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.tiling import tile
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.bucketing import bucketize
from stillflow.ops.math.casts import cast
from stillflow.ops.parsing.features import FixedLenFeature
from stillflow.ops.sparse.sparse_tensor import SparseTensor


@dataclass(frozen=True)
class NumericColumn(OwnDenseColumn):
    """See `numeric_column`."""

    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: DType
    normalizer_fn: Callable[[Any], Any] | None

    @property
    def name(self) -> str:
        return self.key

    @property
    def parents(self) -> list[Any]:
        return [self.key]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape(self.shape)

    def _transformed(self, inputs: Inputs) -> Any:
        feature = inputs.get(self.key)
        if isinstance(feature, SparseTensor):
            raise ValueError(
                "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is "
                f"not supported. key: {self.key}"
            )
        if self.normalizer_fn is not None:
            feature = self.normalizer_fn(feature)
        return cast(feature, dtypes.float32)


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: DType = dtypes.float32,
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> NumericColumn:
    """A column of the numbers of feature `key`, n[n, *shape] -> f32[n, *shape].

    Args:
      default_value: the numbers of examples that lack the feature: one, or as many as `shape` has.
      dtype: the type in which the feature is stored.
      normalizer_fn: a function of the feature's tensor.

    Raises:
      TypeError, ValueError: an argument is no such thing.
    """
    sizes = checking.checked_shape(shape, key)
    checking.check_number(dtype, key)
    default = checking.checked_default(sizes, default_value, dtype, key)
    checking.check_normalizer(normalizer_fn)
    checking.check_key(key)
    return NumericColumn(key, sizes, default, dtype, normalizer_fn)


@dataclass(frozen=True)
class BucketizedColumn(OwnDenseColumn, OwnCategoricalColumn):
    """See `bucketized_column`."""

    source_column: Any
    boundaries: tuple[float, ...]

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.source_column)

    @property
    def name(self) -> str:
        return f"{self.source_column.name}_bucketized"

    @property
    def parents(self) -> list[Any]:
        return [self.source_column]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return spec_of(self.source_column)

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([*self.source_column.shape, self._intervals])

    @property
    def num_buckets(self) -> int:
        return self._intervals * self.source_column.shape[0]

    @property
    def _intervals(self) -> int:
        return len(self.boundaries) + 1

    def _transformed(self, inputs: Inputs) -> Any:
        return bucketize(inputs.get(self.source_column), boundaries=self.boundaries)

    def _dense(self, inputs: Inputs) -> Any:
        intervals = cast(inputs.get(self), dtypes.int64)
        return one_hot(intervals, self._intervals, on_value=1.0, off_value=0.0)

    def _sparse(self, inputs: Inputs) -> IdsAndWeights:
        """The intervals of a second number come behind those of the first, and so on."""
        intervals = inputs.get(self)
        examples, numbers = shape_of(intervals)[0], self.source_column.shape[0]
        rows = expand_dims(range_(0, examples), 1)
        rows = reshape(tile(rows, [1, numbers]), (-1,))
        places = tile(range_(0, numbers), [examples])
        ids = reshape(intervals, (-1,)) + self._intervals * places
        indices = cast(transpose(stack((rows, places))), dtypes.int64)
        sizes = cast(stack([examples, numbers]), dtypes.int64)
        return IdsAndWeights(SparseTensor(indices, ids, sizes), None)


def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> BucketizedColumn:
    """A column of the intervals that the numbers of a numeric column, f32[n, k], fall into.

    Interval i + 1 starts at boundaries[i]. As numbers it is f32[n, k, intervals], 1 where a number
    is in the interval; as categories there are k times so many.

    Raises:
      ValueError: `source_column` is none of `numeric_column`, or `boundaries` are not sorted.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(
            "source_column must be a column generated with numeric_column(). Given: "
            f"{source_column}"
        )
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not boundaries:
        raise ValueError("boundaries must not be empty.")
    is_list = isinstance(boundaries, (list, tuple))
    if not is_list or any(a >= b for a, b in itertools.pairwise(boundaries)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))
