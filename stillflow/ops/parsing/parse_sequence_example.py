"""`tf.io.parse_sequence_example` and `tf.parse_single_sequence_example`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import as_shape
from stillflow.ops.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    Raw,
    VarLenFeature,
    raw_features,
)
from stillflow.ops.parsing.parse_example import default_value, named
from stillflow.ops.parsing.sequence_batch import parse_sequence_example_op
from stillflow.ops.parsing.sequence_example import parse_single_sequence_example_op

Features = Mapping[str, Any] | None


def parse_sequence_example(
    serialized: Any,
    context_features: Features = None,
    sequence_features: Features = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Tensor]]:
    """Parses a batch of serialized `tf.train.SequenceExample`s.

    Args:
      serialized: string[n].
      context_features: {name: a FixedLenFeature or VarLenFeature}, what an example has once.
      sequence_features: {name: a FixedLenSequenceFeature or VarLenFeature}, of every step.
      example_names: string[n], what errors call them.

    Returns:
      The contexts, {name: n[n, ...] or a SparseTensor [n, values]}; the sequences, {name:
      n[n, steps, ...], with zeros where an example has fewer, or a SparseTensor [n, steps,
      values]}; and for each dense sequence how many steps each example has, {name: i64[n]}.

    Raises:
      ValueError: there are no features, or they are not as their kinds want them.
      InvalidArgumentError: in a run, one is no SequenceExample, or lacks a feature, or has it with
        another type or number of values.
    """
    context, lists = _raw(context_features, sequence_features)
    with name_scope(name, "ParseSequenceExample", [serialized]):
        optional = _may_be_missing(lists)
        made: Any = parse_sequence_example_op(
            serialized=serialized,
            debug_name=[] if example_names is None else example_names,
            Ncontext_sparse=len(context.sparse_keys),
            Ncontext_dense=len(context.dense_keys),
            Nfeature_list_sparse=len(lists.sparse_keys),
            Nfeature_list_dense=len(lists.dense_keys),
            context_dense_defaults=[
                default_value(key, None, dtype, context.dense_defaults.get(key))
                for key, dtype in zip(context.dense_keys, context.dense_types, strict=True)
            ],
            context_sparse_keys=context.sparse_keys,
            context_dense_keys=context.dense_keys,
            feature_list_sparse_keys=lists.sparse_keys,
            feature_list_dense_keys=lists.dense_keys,
            feature_list_dense_missing_assumed_empty=optional,
            name=name,
            **_types_and_shapes(context, lists),
        )
    lengths = dict(zip(lists.dense_keys, made[8], strict=True))
    return named(context, *made[:4]), named(lists, *made[4:8]), lengths


def parse_single_sequence_example(
    serialized: Any,
    context_features: Features = None,
    sequence_features: Features = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parses one serialized `tf.train.SequenceExample`, string[].

    The features are as in `parse_sequence_example`, without the axis of the batch.

    Returns:
      The context, {name: n[...] or a SparseTensor [values]}, and the sequences, {name:
      n[steps, ...] or a SparseTensor [steps, values]}.
    """
    context, lists = _raw(context_features, sequence_features)
    with name_scope(name, "ParseSingleSequenceExample", [serialized]):
        optional = _may_be_missing(lists)
        three = zip(context.dense_keys, context.dense_shapes, context.dense_types, strict=True)
        made: Any = parse_single_sequence_example_op(
            serialized=serialized,
            debug_name="" if example_name is None else example_name,
            context_dense_defaults=[
                default_value(key, shape, dtype, context.dense_defaults.get(key))
                for key, shape, dtype in three
            ],
            context_sparse_keys=context.sparse_keys,
            context_dense_keys=context.dense_keys,
            feature_list_sparse_keys=lists.sparse_keys,
            feature_list_dense_keys=lists.dense_keys,
            feature_list_dense_missing_assumed_empty=optional,
            name=name,
            **_types_and_shapes(context, lists),
        )
    return named(context, *made[:4]), named(lists, *made[4:])


def _raw(context_features: Features, sequence_features: Features) -> tuple[Raw, Raw]:
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = raw_features(context_features, (VarLenFeature, FixedLenFeature))
    lists = raw_features(sequence_features, (VarLenFeature, FixedLenSequenceFeature))
    return context, lists


def _may_be_missing(lists: Raw) -> list[str]:
    for key, value in lists.dense_defaults.items():
        if value is not None:
            raise ValueError(f"Value feature_list_dense_defaults[{key}] must be None")
    return list(lists.dense_defaults)


def _types_and_shapes(context: Raw, lists: Raw) -> dict[str, Any]:
    return {
        "context_sparse_types": context.sparse_types,
        "context_dense_shapes": [as_shape(shape) for shape in context.dense_shapes],
        "feature_list_sparse_types": lists.sparse_types,
        "feature_list_dense_types": lists.dense_types,
        "feature_list_dense_shapes": [as_shape(shape) for shape in lists.dense_shapes],
    }
