"""What `tf.contrib.layers` makes of columns: the input of a network, or a weighted sum."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.input.columns.contrib.column import WeightedSum
from stillflow.input.columns.contrib.crossed import CrossedColumn
from stillflow.input.columns.contrib.embedding import (
    EmbeddingColumn,
    OneHotColumn,
    ScatteredEmbeddingColumn,
    embedded,
    parts_of,
    restore,
)
from stillflow.input.columns.contrib.real_valued import (
    BucketizedColumn,
    RealValuedColumn,
    RealValuedVarLenColumn,
    real_valued_column,
)
from stillflow.input.columns.contrib.shaping import of_known_rank
from stillflow.input.columns.contrib.sparse import WeightedSparseColumn
from stillflow.layers.contrib.sparse_embedding import safe_embedding_lookup_sparse
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.sparse.concatenating import sparse_concat
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform import logging

_Columns = Iterable[Any]
_Tensors = dict[Any, Any]


# Columns as tensors -------------------------------------------------------------------------------


def check_feature_columns(feature_columns: _Columns) -> None:
    """ValueError when two columns are the same, or nearly."""
    if isinstance(feature_columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    seen = set()
    for column in feature_columns:
        if column.key in seen:
            raise ValueError(
                f"Duplicate feature column key found for column: {column.name}. This usually means "
                "that the column is almost identical to another column, and one must be discarded."
            )
        seen.add(column.key)


def in_order(feature_columns: _Columns) -> list[Any]:
    """The columns in the order in which layers take them."""
    return sorted(set(feature_columns), key=lambda column: column.key)


class Transformer:
    """Asks columns for what they make of their features, which a dict keeps."""

    def __init__(self, columns_to_tensors: _Tensors):
        self._columns_to_tensors = columns_to_tensors

    def transform(self, feature_column: Any) -> Any:
        """Returns what a column makes of its features. ValueError when that is nothing."""
        tensors = self._columns_to_tensors
        logging.debug("Transforming feature_column %s", feature_column)
        if feature_column not in tensors:
            feature_column.insert_transformed_feature(tensors)
        if feature_column not in tensors:
            raise ValueError(f"Column {feature_column.name} is not supported.")
        return tensors[feature_column]


def _transformed(column: Any, columns_to_tensors: _Tensors) -> Any:
    return Transformer(columns_to_tensors).transform(column)


def transform_features(features: _Tensors, feature_columns: Any) -> _Tensors:
    """Returns what each column makes of its features.

    Raises:
      ValueError: two columns are the same.
    """
    tensors = features.copy()
    check_feature_columns(feature_columns)
    for column in in_order(feature_columns):
        _transformed(column, tensors)
    return {key: tensor for key, tensor in tensors.items() if key in feature_columns}


def infer_real_valued_columns(features: Any) -> list[RealValuedColumn]:
    """Returns a column of numbers for each of `features`: a tensor, or a dict of them.

    Raises:
      ValueError: one is sparse, or holds no numbers.
    """
    named = features if isinstance(features, dict) else {"": features}
    return [_inferred(name, tensor) for name, tensor in named.items()]


def _inferred(name: str, tensor: Any) -> RealValuedColumn:
    define = f"Please define corresponding FeatureColumn for tensor {name} {tensor}."
    if isinstance(tensor, SparseTensor):
        raise ValueError(f"SparseTensor is not supported for auto detection. {define}")
    if not (tensor.dtype.is_integer or tensor.dtype.is_floating):
        raise ValueError(
            f"Non integer or non floating types are not supported for auto detection. {define}"
        )
    dimension = 1
    for size in tensor.get_shape().as_list()[1:]:
        dimension *= size
    return real_valued_column(name, dimension=dimension, dtype=tensor.dtype)


# The input of a network ---------------------------------------------------------------------------


def input_from_feature_columns(
    columns_to_tensors: _Tensors,
    feature_columns: _Columns,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
    cols_to_outs: dict[Any, Any] | None = None,
) -> Tensor:
    """Returns the numbers of all columns beside each other, f32[n, k].

    Args:
      columns_to_tensors: tensors and SparseTensors by the names of features.
      weight_collections: further collections for variables.
      trainable: whether variables are to be trained.
      cols_to_outs: filled with the numbers of each column.

    Raises:
      ValueError: a column is none of numbers, or two are the same.
    """
    return _input(
        *(columns_to_tensors, feature_columns, weight_collections, trainable, scope, 2),
        default_name="input_from_feature_columns",
        cols_to_outs=cols_to_outs,
    )


def sequence_input_from_feature_columns(
    columns_to_tensors: _Tensors,
    feature_columns: _Columns,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """Returns the numbers of all columns of sequences beside each other, f32[n, t, k].

    Raises:
      ValueError: a column cannot be one of sequences.
    """
    _check_sequence_columns(list(feature_columns))
    return _input(
        *(columns_to_tensors, feature_columns, weight_collections, trainable, scope, 3),
        default_name="sequence_input_from_feature_columns",
    )


def _input(
    columns_to_tensors: _Tensors,
    feature_columns: _Columns,
    weight_collections: Iterable[str] | None,
    trainable: bool,
    scope: Any,
    output_rank: int,
    default_name: str,
    cols_to_outs: dict[Any, Any] | None = None,
) -> Tensor:
    tensors = columns_to_tensors.copy()
    check_feature_columns(feature_columns)
    if cols_to_outs is not None and not isinstance(cols_to_outs, dict):
        raise ValueError("cols_to_outs must be a dict unless None")
    with variable_scope(scope, default_name=default_name, values=tensors.values()):
        outputs = []
        collections = _with_global(weight_collections)
        for column in in_order(feature_columns):
            with variable_scope(None, default_name=column.name, values=tensors.values()):
                transformed = _transformed(column, tensors)
                if output_rank == 3:
                    fit = functools.partial(
                        of_known_rank, column_name=column.name, output_rank=output_rank
                    )
                    transformed = nest.map_structure(fit, transformed)
                output = _numbers(column, transformed, collections, trainable, output_rank)
                outputs.append(output)
                if cols_to_outs is not None:
                    cols_to_outs[column] = output
        return concat(outputs, output_rank - 1)


def _numbers(
    column: Any, transformed: Any, collections: Any, trainable: bool, output_rank: int
) -> Tensor:
    """The numbers of a column: embedded, if it can be asked for that, or its own."""
    try:
        embedding = column._deep_embedding_lookup_arguments(transformed)
        return embedded(column, embedding, collections, trainable, output_rank)
    except NotImplementedError as no_embedding:
        try:
            return column._to_dnn_input_layer(
                transformed, collections, trainable, output_rank=output_rank
            )
        except ValueError as error:
            raise ValueError(
                f"Error creating input layer for column: {column.name}.\n{error}, {no_embedding}"
            ) from error


_OF_SEQUENCES = (OneHotColumn, EmbeddingColumn, RealValuedColumn, RealValuedVarLenColumn)
_OF_NO_SEQUENCES = (ScatteredEmbeddingColumn, BucketizedColumn, CrossedColumn)


def _check_sequence_columns(columns: list[Any]) -> None:
    for column in columns:
        if not isinstance(column, _OF_SEQUENCES):
            raise ValueError(
                f"FeatureColumn type _{type(column).__name__} is not currently supported for "
                "sequence data."
            )
    while columns:
        for column in columns:
            if isinstance(column, _OF_NO_SEQUENCES):
                raise ValueError(
                    f"Column {column.name} is of type _{type(column).__name__}, which is not "
                    "currently supported for sequences."
                )
        columns = [parent for column in columns for parent in _parents(column)]


def _parents(column: Any) -> list[Any]:
    if isinstance(column, (WeightedSparseColumn, OneHotColumn, EmbeddingColumn)):
        return [column.sparse_id_column]
    return []


# Weighted sums ------------------------------------------------------------------------------------


def weighted_sum_from_feature_columns(
    columns_to_tensors: _Tensors,
    feature_columns: _Columns,
    num_outputs: int,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> tuple[Tensor, dict[Any, list[Any]], Any]:
    """Returns a weighted sum of all columns, f32[n, num_outputs], the weights, and the bias.

    The weights are a list of variables for each column.

    Raises:
      ValueError: a column cannot be summed, or two are the same.
    """
    tensors = columns_to_tensors.copy()
    check_feature_columns(feature_columns)
    name = "weighted_sum_from_feature_columns"
    with variable_scope(scope, default_name=name, values=tensors.values()):
        sums, variables = [], {}
        for column in in_order(feature_columns):
            transformed = _transformed(column, tensors)
            weights, found = _weighted(
                column, transformed, tensors, num_outputs, trainable, weight_collections
            )
            sums.append(reshape(found, (-1, num_outputs)))
            variables[column] = weights
            restore(column._checkpoint_path(), weights)
        found, bias = _with_bias(add_n(sums), num_outputs, trainable, weight_collections)
        return found, variables, bias


def _weighted(
    column: Any,
    transformed: Any,
    tensors: _Tensors,
    num_outputs: int,
    trainable: bool,
    weight_collections: Any,
) -> tuple[list[Any], Tensor]:
    """The weights of one column, and what they make of it."""
    try:
        asked: WeightedSum | None = column._wide_embedding_lookup_arguments(transformed)
    except NotImplementedError:
        asked = None
    except ValueError as error:
        raise ValueError(
            f"Error creating weighted sum for column: {column.name}.\n{error}"
        ) from error
    with variable_scope(None, default_name=column.name, values=tensors.values()):
        if asked is None:
            numbers = column._to_dense_tensor(transformed)
            numbers = of_known_rank(numbers, column.name, output_rank=2)
            weight = _weights(
                "weight", [numbers.get_shape()[1], num_outputs], trainable, weight_collections
            )
            return [weight], matmul(numbers, weight, name="matmul")
        weight = model_variable(
            name="weights",
            shape=[asked.vocab_size, num_outputs],
            dtype=dtypes.float32,
            initializer=asked.initializer,
            trainable=trainable,
            collections=weight_collections,
        )
        parts = parts_of(weight)
        found = safe_embedding_lookup_sparse(
            parts,
            asked.input_tensor,
            sparse_weights=asked.weight_tensor,
            combiner=asked.combiner,
            name=f"{column.name}_weights",
        )
        return parts, found


def joint_weighted_sum_from_feature_columns(
    columns_to_tensors: _Tensors,
    feature_columns: _Columns,
    num_outputs: int,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> tuple[Tensor, list[Any], Any]:
    """`weighted_sum_from_feature_columns` of categories, whose weights are one variable.

    Raises:
      NotImplementedError: a column is one of numbers.
    """
    tensors = columns_to_tensors.copy()
    check_feature_columns(feature_columns)
    name = "joint_weighted_sum_from_feature_columns"
    with variable_scope(scope, default_name=name, values=tensors.values()):
        asked = []
        for column in in_order(feature_columns):
            transformed = _transformed(column, tensors)
            try:
                asked.append(column._wide_embedding_lookup_arguments(transformed))
            except NotImplementedError as error:
                raise NotImplementedError(
                    "Real-valued columns are not supported. Use weighted_sum_from_feature_columns "
                    "instead, or bucketize these columns."
                ) from error
        weights, found = _joint(asked, tensors, num_outputs, trainable, weight_collections)
        found, bias = _with_bias(found, num_outputs, trainable, weight_collections)
        return found, weights, bias


def _joint(
    asked: list[WeightedSum],
    tensors: _Tensors,
    num_outputs: int,
    trainable: bool,
    weight_collections: Any,
) -> tuple[list[Any], Tensor]:
    use = "Please use weighted_sum_from_feature_columns instead."
    for each in asked:
        assert each.weight_tensor is None, (
            f"Joint sums for weighted sparse columns are not supported. {use}"
        )
        assert each.combiner == "sum", (
            f"Combiners other than sum are not supported for joint sums. {use}"
        )
    assert asked, "At least one column must be in the model."
    before, shifted = 0, []
    for each in asked:
        ids = each.input_tensor
        values = ids.values + before
        before += each.vocab_size
        shifted.append(SparseTensor(ids.indices, values, ids.dense_shape))
    all_ids = sparse_concat(1, shifted)
    with variable_scope(None, default_name="linear_weights", values=tensors.values()):
        weights = parts_of(
            _weights("weights", [before, num_outputs], trainable, weight_collections)
        )
        found = safe_embedding_lookup_sparse(
            weights, all_ids, sparse_weights=None, combiner="sum", name="_weights"
        )
        return weights, found


def _with_bias(
    total: Tensor, num_outputs: int, trainable: bool, weight_collections: Any
) -> tuple[Tensor, Any]:
    collections = _with_global(weight_collections)
    bias = _weights("bias_weight", [num_outputs], trainable, collections)
    return bias_add(total, bias), bias


def _weights(name: str, sizes: list[Any], trainable: bool, collections: Any) -> Any:
    return model_variable(
        name, shape=sizes, initializer=Zeros(), trainable=trainable, collections=collections
    )


def _with_global(collections: Iterable[str] | None) -> Any:
    if not collections:
        return collections
    return list({*collections, GraphKeys.GLOBAL_VARIABLES})
