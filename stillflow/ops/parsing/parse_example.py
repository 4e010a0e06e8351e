"""`tf.parse_example` and `tf.parse_single_example`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array.reshaping import expand_dims, reshape, squeeze
from stillflow.ops.array.shape_of import rank
from stillflow.ops.array.slicing import slice_ as slice_of
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.comparison import equal
from stillflow.ops.parsing.example import parse_single_example_op
from stillflow.ops.parsing.example_batch import parse_example_op
from stillflow.ops.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    Raw,
    SparseFeature,
    VarLenFeature,
    raw_features,
)
from stillflow.ops.sparse.creating import sparse_merge
from stillflow.ops.sparse.sparse_tensor import SparseTensor

KINDS = (VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature)


def parse_example(
    serialized: Any,
    features: Mapping[str, Any],
    name: str | None = None,
    example_names: Any = None,
) -> dict[str, Any]:
    """Parses a batch of serialized `tf.train.Example`s.

    Args:
      serialized: string[n].
      features: {name: a VarLenFeature, SparseFeature, FixedLenFeature or FixedLenSequenceFeature}.
      example_names: string[n], what errors call them.

    Returns:
      {name: a tensor [n, ...], or a SparseTensor of dense shape [n, ...]}.

    Raises:
      ValueError: `features` are none, or not as their kinds want them.
      InvalidArgumentError: in a run, one is no Example, or lacks a feature that has no default
        value, or has it with another type or number of values.
    """
    if not features:
        raise ValueError(f"Missing: features was {features}.")
    features = with_any_number(features)
    parsed = _parsed_batch(serialized, raw_features(features, KINDS), name, example_names)
    return with_sparse_features(features, parsed)


def _parsed_batch(serialized: Any, raw: Raw, name: str | None, names: Any) -> dict[str, Any]:
    with name_scope(name, "ParseExample", [serialized, names]):
        made = parse_example_op(
            serialized=serialized,
            names=[] if names is None else names,
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            dense_defaults=defaults_of(raw),
            sparse_types=raw.sparse_types,
            dense_shapes=[as_shape(shape) for shape in raw.dense_shapes],
            name=name,
        )
    return named(raw, *made)


def parse_single_example(
    serialized: Any,
    features: Mapping[str, Any],
    name: str | None = None,
    example_names: Any = None,
) -> dict[str, Any]:
    """Parses one serialized `tf.train.Example`, string[]; otherwise as `parse_example`.

    Returns:
      {name: a tensor of the feature's shape, or a SparseTensor}.
    """
    if not features:
        raise ValueError("Missing features.")
    features = with_any_number(features)
    raw = raw_features(features, KINDS)
    if example_names is None:
        return with_sparse_features(features, _parsed_single(serialized, raw, name))
    parsed = _parsed_as_batch(serialized, raw, name, example_names)
    return with_sparse_features(features, parsed)


def _parsed_single(serialized: Any, raw: Raw, name: str | None) -> dict[str, Any]:
    with name_scope(name, "ParseSingleExample", [serialized]):
        serialized = convert_to_tensor(serialized, name="serialized")
        made = parse_single_example_op(
            serialized=serialized,
            dense_defaults=defaults_of(raw),
            num_sparse=len(raw.sparse_keys),
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            sparse_types=raw.sparse_types,
            dense_shapes=[as_shape(shape) for shape in raw.dense_shapes],
            name=name,
        )
    return named(raw, *made)


def _parsed_as_batch(serialized: Any, raw: Raw, name: str | None, names: Any) -> dict[str, Any]:
    """One example as a batch of one, which has a name."""
    with name_scope(name, "ParseSingleExample", [serialized, names]):
        parsed = _parsed_batch(
            _row(serialized, "serialized", "Serialized"), raw, name, _row(names, "names", "Names")
        )
        for key in raw.dense_keys:
            parsed[key] = squeeze(parsed[key], [0], name=f"Squeeze_{_as_name(key)}")
        for key in raw.sparse_keys:
            whole, shown = parsed[key], _as_name(key)
            parsed[key] = SparseTensor(
                slice_of(whole.indices, [0, 1], [-1, -1], name=f"Slice_Indices_{shown}"),
                whole.values,
                slice_of(whole.dense_shape, [1], [-1], name=f"Squeeze_Shape_{shown}"),
            )
    return parsed


def _row(value: Any, what: str, title: str) -> Tensor:
    """A scalar as a vector of one element."""
    scalar = convert_to_tensor(value)
    refusal = f"Input {what} must be a scalar"
    if scalar.shape.ndims is None:
        check: Any = assert_that(equal(rank(scalar), 0), [refusal], name=f"{title}IsScalar")
        scalar = with_dependencies([check], scalar, name=f"{title}Dependencies")
    elif scalar.shape.ndims:
        raise ValueError(refusal)
    return expand_dims(scalar, 0)


def named(raw: Raw, indices: Any, values: Any, dense_shapes: Any, dense: Any) -> dict[str, Any]:
    """What an op gives, by the names of the features."""
    parts = zip(indices, values, dense_shapes, strict=True)
    tensors: list[Any] = [SparseTensor(*part) for part in parts]
    return dict(zip(raw.sparse_keys + raw.dense_keys, [*tensors, *dense], strict=True))


def defaults_of(raw: Raw) -> list[Tensor]:
    """The default values of dense features, as ops take them."""
    if not raw.dense_keys and not raw.sparse_keys:
        raise ValueError("Must provide at least one sparse key or dense key")
    if common := set(raw.dense_keys) & set(raw.sparse_keys):
        raise ValueError(f"Dense and sparse keys must not intersect; intersection: {common}")
    return [
        _default(key, as_shape(shape), dtype, raw.dense_defaults.get(key))
        for key, shape, dtype in zip(raw.dense_keys, raw.dense_shapes, raw.dense_types, strict=True)
    ]


def _default(key: str, shape: TensorShape, dtype: DType, value: Any) -> Tensor:
    if shape.ndims and shape.as_list()[0] is None:  # padding
        if value is None:
            return convert_to_tensor("" if dtype == dtypes.string else 0, dtype=dtype)
        return reshape(convert_to_tensor(value, dtype=dtype, name=f"padding_{_as_name(key)}"), [])
    return default_value(key, shape, dtype, value)


def default_value(key: str, shape: Any, dtype: DType, value: Any) -> Tensor:
    """The tensor of a default value, of that shape unless it is None; no elements for None."""
    if value is None:
        return constant([], dtype=dtype)
    if is_tensor(value):
        return value
    tensor = convert_to_tensor(value, dtype=dtype, name=f"key_{_as_name(key)}")
    return tensor if shape is None else reshape(tensor, shape)


def _as_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.\-/]", "_", key)


def with_any_number(features: Mapping[str, Any]) -> dict[str, Any]:
    """Features of sequences have an axis more, of unknown size."""
    found = dict(features)
    for key, feature in features.items():
        if isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError(
                    "Unsupported: FixedLenSequenceFeature requires allow_missing to be True."
                )
            found[key] = feature._replace(shape=[None, *list(feature.shape)])
    return found


def with_sparse_features(features: Mapping[str, Any], parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was asked for: indices and values of a SparseFeature are one tensor."""
    found = dict(parsed)
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            found[key] = _merged(feature, found)
    return {key: value for key, value in found.items() if key in features}


def _merged(feature: SparseFeature, parsed: Mapping[str, Any]) -> SparseTensor:
    keys = feature.index_key
    ids: Any = parsed[keys] if isinstance(keys, str) else [parsed[key] for key in keys]
    return sparse_merge(
        ids,
        parsed[feature.value_key],
        vocab_size=feature.size,
        already_sorted=feature.already_sorted,
    )
