"""Columns of numbers, and of the intervals that numbers fall into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns.column import IdsAndWeights, OldCategoricalColumn, OldDenseColumn
from stillflow.input.columns.contrib.column import (
    ContribColumn,
    ContribCoreColumn,
    Transformed,
    WeightedSum,
)
from stillflow.input.columns.contrib.shaping import of_rank
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.tiling import tile
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.bucketing import bucketize
from stillflow.ops.math.casts import cast
from stillflow.ops.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
)
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables.initializers import Zeros


@dataclass(frozen=True, repr=False)
class RealValuedVarLenColumn(ContribColumn):
    """See `real_valued_var_len_column`."""

    column_name: str
    default_value: float | None
    dtype: DType
    normalizer: Callable[[Any], Any] | None
    is_sparse: bool

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.column_name

    @property
    def config(self) -> dict[str, Any]:
        if self.is_sparse:
            return {self.column_name: VarLenFeature(self.dtype)}
        feature = FixedLenSequenceFeature(
            [], self.dtype, allow_missing=True, default_value=self.default_value
        )
        return {self.column_name: feature}

    @property
    def key(self) -> str:
        return self._key_without("normalizer")

    @property
    def normalizer_fn(self) -> Callable[[Any], Any] | None:
        return self.normalizer

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        feature = self._normalized(columns_to_tensors[self.name])
        columns_to_tensors[self] = cast(feature, dtypes.float32)

    def _normalized(self, feature: Any) -> Any:
        if self.normalizer is None:
            return feature
        if not self.is_sparse:
            return self.normalizer(feature)
        return SparseTensor(feature.indices, self.normalizer(feature.values), feature.dense_shape)

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        return of_rank(self._to_dense_tensor(input_tensor), output_rank, self.name)

    def _to_dense_tensor(self, input_tensor: Any) -> Tensor:
        if not self.is_sparse:
            return input_tensor
        raise ValueError(
            f"Set is_sparse to False if you want a dense Tensor for column_name: {self.name}"
        )


def real_valued_var_len_column(
    column_name: str,
    default_value: float | None = None,
    dtype: DType = dtypes.float32,
    normalizer: Callable[[Any], Any] | None = None,
    is_sparse: bool = False,
) -> RealValuedVarLenColumn:
    """A column of the numbers of a feature, of which each example has its own count.

    Args:
      default_value: what fills up the rows of shorter examples.
      is_sparse: the feature is a SparseTensor, which is not filled up.

    Raises:
      TypeError, ValueError: an argument is no such thing.
    """
    of = f"column_name: {column_name}"
    if not (dtype.is_integer or dtype.is_floating):
        raise TypeError(f"dtype must be convertible to float. dtype: {dtype}, {of}")
    if default_value is None and not is_sparse:
        raise ValueError(
            f"default_value must be provided when is_sparse=False to parse a padded Tensor. {of}"
        )
    if isinstance(default_value, list):
        raise ValueError(f"Only scalar default value. default_value: {default_value}, {of}")
    if default_value is not None:
        default_value = int(default_value) if dtype.is_integer else float(default_value)
    return RealValuedVarLenColumn(column_name, default_value, dtype, normalizer, is_sparse)


@dataclass(frozen=True, repr=False)
class RealValuedColumn(ContribCoreColumn, OldDenseColumn):
    """See `real_valued_column`."""

    column_name: str
    dimension: int
    default_value: tuple[float, ...] | None
    dtype: DType
    normalizer: Callable[[Any], Any] | None

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.column_name

    @property
    def config(self) -> dict[str, Any]:
        default = None if self.default_value is None else list(self.default_value)
        return {self.column_name: FixedLenFeature([self.dimension], self.dtype, default)}

    @property
    def key(self) -> str:
        return self._key_without("normalizer")

    @property
    def normalizer_fn(self) -> Callable[[Any], Any] | None:
        return self.normalizer

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        columns_to_tensors[self] = self._transform_feature(Transformed(columns_to_tensors))

    def _transform_feature(self, inputs: Any) -> Any:
        feature = inputs.get(self.name)
        if self.normalizer is not None:
            feature = self.normalizer(feature)
        return cast(feature, dtypes.float32)

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        return inputs.get(self)

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        return of_rank(cast(input_tensor, dtypes.float32), output_rank, self.name)

    def _to_dense_tensor(self, input_tensor: Any) -> Tensor:
        return input_tensor


def real_valued_column(
    column_name: str,
    dimension: int = 1,
    default_value: Any = None,
    dtype: DType = dtypes.float32,
    normalizer: Callable[[Any], Any] | None = None,
) -> RealValuedColumn:
    """A column of the numbers of a feature, n[n, dimension] -> f32[n, dimension].

    Args:
      default_value: the numbers of examples that lack the feature: one, or a list of `dimension`.
      normalizer: a function of the feature's tensor.

    Raises:
      TypeError, ValueError: an argument is no such thing.
    """
    of = f"column_name: {column_name}"
    if dimension is None:
        raise TypeError(
            "dimension must be an integer. Use the _real_valued_var_len_column for variable length "
            f"features.dimension: {dimension}, {of}"
        )
    if not isinstance(dimension, int):
        raise TypeError(f"dimension must be an integer. dimension: {dimension}, {of}")
    if dimension < 1:
        raise ValueError(f"dimension must be greater than 0. dimension: {dimension}, {of}")
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, {of}")
    default = _defaults(default_value, dimension, dtype, of)
    return RealValuedColumn(column_name, dimension, default, dtype, normalizer)


def _defaults(default: Any, dimension: int, dtype: DType, of: str) -> tuple[Any, ...] | None:
    if default is None:
        return None
    values = default if isinstance(default, list) else [default] * dimension
    if len(values) != dimension:
        raise ValueError(
            "The length of default_value must be equal to dimension. default_value: "
            f"{default}, dimension: {dimension}, {of}"
        )
    if dtype.is_integer and all(isinstance(value, int) for value in values):
        return tuple(values)
    if dtype.is_floating and all(isinstance(value, (int, float)) for value in values):
        return tuple(map(float, values))
    raise TypeError(
        f"default_value must be compatible with dtype. default_value: {default}, dtype: {dtype}, "
        f"{of}"
    )


@dataclass(frozen=True, repr=False)
class BucketizedColumn(ContribCoreColumn, OldCategoricalColumn, OldDenseColumn):
    """See `bucketized_column`."""

    source_column: Any
    boundaries: tuple[float, ...]

    def __post_init__(self) -> None:
        source, limits = self.source_column, self.boundaries
        if not isinstance(source, RealValuedColumn):
            raise TypeError(
                f"source_column must be an instance of _RealValuedColumn. source_column: {source}"
            )
        if not isinstance(limits, (list, tuple)) or not limits:
            raise ValueError(f"boundaries must be a non-empty list or tuple. boundaries: {limits}")
        if list(limits) != sorted(limits):
            raise ValueError(f"boundaries must be a sorted list. boundaries: {limits}")
        object.__setattr__(self, "boundaries", tuple(dict.fromkeys(limits)))

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.source_column.name}_bucketized"

    @property
    def length(self) -> int:
        return len(self.boundaries) + 1

    @property
    def config(self) -> dict[str, Any]:
        return self.source_column.config

    @property
    def _num_buckets(self) -> int:
        return self.length * self.source_column.dimension

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self._num_buckets])

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        columns_to_tensors[self] = self._transform_feature(Transformed(columns_to_tensors))

    def _transform_feature(self, inputs: Any) -> Any:
        numbers = inputs.get(self.source_column)
        return bucketize(numbers, boundaries=list(self.boundaries), name="bucketize")

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        return self._to_dnn_input_layer(inputs.get(self), weight_collections, trainable)

    def _get_sparse_tensors(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> IdsAndWeights:
        return IdsAndWeights(self.to_sparse_tensor(inputs.get(self)), None)

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: Any = True,
        output_rank: int = 2,
    ) -> Tensor:
        if output_rank != 2:
            raise ValueError("BucketizedColumn currently only supports output_rank=2")
        intervals = cast(input_tensor, dtypes.int64)
        hot = one_hot(intervals, self.length, 1.0, 0.0, name="one_hot")
        return reshape(hot, [-1, self._num_buckets], name="reshape")

    def to_sparse_tensor(self, input_tensor: Any) -> SparseTensor:
        """The intervals as categories; those of a second number come behind those of the first."""
        numbers = self.source_column.dimension
        examples = shape(input_tensor, name="shape")[0]
        if numbers > 1:
            rows = expand_dims(range_(0, examples), 1, name="expand_dims")
            rows = reshape(tile(rows, [1, numbers], name="tile"), [-1], name="reshape")
            places = tile(range_(0, numbers), [examples], name="tile")
            ids = reshape(input_tensor, [-1], name="reshape") + self.length * places
        else:
            rows = range_(0, examples)
            places = zeros([examples], dtype=dtypes.int32, name="zeros")
            ids = reshape(input_tensor, [-1], name="reshape")
        indices = cast(transpose(stack((rows, places))), dtypes.int64)
        sizes = cast(stack([examples, numbers]), dtypes.int64)
        return SparseTensor(indices, ids, sizes)

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> WeightedSum:
        ids = self.to_sparse_tensor(input_tensor)
        return WeightedSum(ids, None, self._num_buckets, Zeros(), "sum")


def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> BucketizedColumn:
    """A column of the intervals that the numbers of `real_valued_column` fall into.

    Raises:
      TypeError: `source_column` is none of such.
      ValueError: `boundaries` are not sorted.
    """
    return BucketizedColumn(source_column, boundaries)  # type: ignore[arg-type]
