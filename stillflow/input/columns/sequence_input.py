"""`tf.contrib.feature_column`: the sequences of columns beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.input.columns.checking import check_batch_sizes, checked_columns
from stillflow.input.columns.column import OldFeatureColumn, OldSequenceDenseColumn
from stillflow.input.columns.feature_layers import the_only
from stillflow.input.columns.features import LazyBuilder
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.debug.checks import assert_rank, assert_type
from stillflow.ops.variables.scope import variable_scope


def sequence_input_layer(
    features: dict[str, Any],
    feature_columns: Any,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
) -> tuple[Tensor, Tensor]:
    """Returns the sequences of all columns, f32[n, t, k], and how long each is, i64[n].

    Args:
      features: SparseTensors by name.
      feature_columns: columns of sequences of numbers; they are ordered by their names.
      weight_collections: further collections for variables.
      trainable: whether variables are to be trained.

    Raises:
      ValueError: a column is none of sequences, or the features are of different lengths.
    """
    columns = checked_columns(feature_columns, OldFeatureColumn, "_FeatureColumn")
    for column in columns:
        if not isinstance(column, OldSequenceDenseColumn):
            raise ValueError(
                "All feature_columns must be of type _SequenceDenseColumn. You can wrap a "
                "sequence_categorical_column with an embedding_column or indicator_column. Given "
                f"(type {type(column)}): {column}"
            )
    by_name = sorted(columns, key=lambda column: column.name)
    with variable_scope(None, default_name="sequence_input_layer", values=features.values()):
        builder = LazyBuilder(features)
        outputs, lengths = [], []
        for column in by_name:
            with variable_scope(None, default_name=column._var_scope_name):
                numbers, length = column._get_sequence_dense_tensor(
                    builder, weight_collections=weight_collections, trainable=trainable
                )
                elements = column._variable_shape.num_elements()
                sizes = shape(numbers)
                outputs.append(reshape(numbers, [sizes[0], sizes[1], elements]))
                lengths.append(length)
        check_batch_sizes(outputs, by_name)
        check_batch_sizes(lengths, by_name)
        length = the_only(lengths)
        return concat(outputs, -1), length


def concatenate_context_input(context_input: Tensor, sequence_input: Tensor) -> Tensor:
    """context_input: f32[n, k], sequence_input: f32[n, t, m] -> f32[n, t, m + k]

    Raises:
      ValueError, TypeError: they are of other ranks, or no float32.
    """
    checks = []
    for name, tensor, axes in (
        ("sequence_input", sequence_input, 3),
        ("context_input", context_input, 2),
    ):
        message = f"{name} must have rank {axes}"
        checks.append(assert_rank(tensor, axes, message=message, data=[shape(tensor)]))
        message = f"{name} must have dtype float32; got {tensor.dtype}."
        checks.append(assert_type(tensor, dtypes.float32, message=message))
    with control_dependencies(checks):
        steps = shape(sequence_input)[1]
        repeated = expand_dims(context_input, 1)
        repeated = tile(repeated, concat([[1], [steps], [1]], 0))
    return concat([sequence_input, repeated], 2)
