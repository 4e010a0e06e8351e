"""Columns of a number for each category: how often an example has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns.column import (
    Sequences,
    buckets_of,
    is_new,
    spec_of,
)
from stillflow.input.columns.lengths import sequence_length
from stillflow.input.columns.own import Inputs, OwnDenseColumn, OwnSequenceDenseColumn
from stillflow.input.columns.sequence import check_is_no_sequence, check_is_sequence
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.scattering import scatter_nd
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.sparse.creating import sparse_merge
from stillflow.ops.sparse.cutting import sparse_slice
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense


@dataclass(frozen=True)
class IndicatorColumn(OwnDenseColumn, OwnSequenceDenseColumn):
    """See `indicator_column`."""

    categorical_column: Any

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_indicator"

    @property
    def parents(self) -> list[Any]:
        return [self.categorical_column]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return spec_of(self.categorical_column)

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([1, buckets_of(self.categorical_column)])

    def _transformed(self, inputs: Inputs) -> Any:
        ids, weights = inputs.sparse_tensors(self.categorical_column)
        buckets = self.variable_shape[-1]
        if weights is not None:
            merged = sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=int(buckets))
            cut = sparse_slice(merged, [0, 0], merged.dense_shape)
            return scatter_nd(cut.indices, cut.values, cut.dense_shape)
        dense = sparse_tensor_to_dense(ids, default_value=-1)
        return reduce_sum(one_hot(dense, buckets, on_value=1.0, off_value=0.0), axis=[-2])

    def _dense(self, inputs: Inputs) -> Any:
        check_is_no_sequence("indicator_column", self, inputs)
        return inputs.get(self)

    def _sequence(self, inputs: Inputs) -> Sequences:
        check_is_sequence("indicator_column", self)
        counts = inputs.get(self)
        ids, _ = inputs.sparse_tensors(self.categorical_column)
        return Sequences(counts, sequence_length(ids))


def indicator_column(categorical_column: Any) -> IndicatorColumn:
    """A column f32[n, categories] of how often each example has each category of another column.

    Of a weighted column it is the sum of the weights.
    """
    return IndicatorColumn(categorical_column)
