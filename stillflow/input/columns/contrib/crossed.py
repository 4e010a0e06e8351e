"""Columns of the combinations of categories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.input.columns.contrib.column import Transformed, WeightedSum, config_of
from stillflow.input.columns.contrib.real_valued import BucketizedColumn
from stillflow.input.columns.contrib.sparse import CategoriesOfContrib, SparseColumn
from stillflow.ops.sparse.feature_cross import sparse_feature_cross
from stillflow.ops.variables.initializers import Zeros


@dataclass(frozen=True, repr=False)
class CrossedColumn(CategoriesOfContrib):
    """See `crossed_column`."""

    columns: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None
    combiner: str = "sum"
    ckpt_to_load_from: str | None = None
    tensor_name_in_ckpt: str | None = None

    def __post_init__(self) -> None:
        for column in self.columns:
            if not isinstance(column, (SparseColumn, CrossedColumn, BucketizedColumn)):
                raise TypeError(
                    "columns must be a set of _SparseColumn, _CrossedColumn, or _BucketizedColumn "
                    f"instances. (column {column} is a {type(column).__name__})"
                )
        if len(self.columns) < 2:
            raise ValueError(f"columns must contain at least 2 elements. columns: {self.columns}")
        if self.hash_bucket_size < 2:
            raise ValueError(
                f"hash_bucket_size must be at least 2. hash_bucket_size: {self.hash_bucket_size}"
            )
        if (self.ckpt_to_load_from is None) != (self.tensor_name_in_ckpt is None):
            raise ValueError(
                "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."
            )
        by_name = tuple(sorted(self.columns, key=lambda column: column.name))
        object.__setattr__(self, "columns", by_name)

    @property
    def name(self) -> str:  # type: ignore[override]
        return "_X_".join(sorted(column.name for column in self.columns))

    @property
    def length(self) -> int:  # type: ignore[override]
        return self.hash_bucket_size

    @property
    def config(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for column in self.columns:
            merged.update(config_of(column))
        return merged

    def _checkpoint_path(self) -> tuple[str, str] | None:
        if self.ckpt_to_load_from is None or self.tensor_name_in_ckpt is None:
            return None
        return self.ckpt_to_load_from, self.tensor_name_in_ckpt

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        raise ValueError(
            f"CrossedColumn is not supported in DNN. Please use embedding_column. column: {self}"
        )

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> WeightedSum:
        return WeightedSum(input_tensor, None, self.length, Zeros(), self.combiner)

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        columns_to_tensors[self] = self._transform_feature(Transformed(columns_to_tensors))

    def _transform_feature(self, inputs: Any) -> Any:
        return sparse_feature_cross(
            [_feature(column, inputs) for column in self._leaves()],
            hashed_output=True,
            num_buckets=self.hash_bucket_size,
            hash_key=self.hash_key,
            name="cross",
        )

    def _leaves(self) -> list[Any]:
        """What is crossed, and not itself crossed."""
        return [
            leaf
            for column in self.columns
            for leaf in (column._leaves() if isinstance(column, CrossedColumn) else [column])
        ]


def _feature(column: Any, inputs: Any) -> Any:
    if isinstance(column, SparseColumn):
        return inputs.get(column.name)
    if isinstance(column, BucketizedColumn):
        return column.to_sparse_tensor(inputs.get(column))
    return inputs.get(column)


def crossed_column(
    columns: Iterable[Any],
    hash_bucket_size: int,
    combiner: str = "sum",
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    hash_key: int | None = None,
) -> CrossedColumn:
    """A column of the combinations of categories, each of which has one of some buckets.

    Raises:
      TypeError: a column is none of categories, or of intervals.
      ValueError: there are not two columns, or not two buckets.
    """
    return CrossedColumn(
        *(columns, hash_bucket_size, hash_key, combiner),  # type: ignore[arg-type]
        *(ckpt_to_load_from, tensor_name_in_ckpt),
    )
