"""What `tf.parse_example` must find for columns, and placeholders for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.input.columns.contrib.column import config_of
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.parsing.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
)
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder
from stillflow.platform import logging


def create_feature_spec_for_parsing(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """Returns the features that the columns read, as `tf.parse_example` takes them.

    Raises:
      TypeError: one is no column.
    """
    if isinstance(feature_columns, dict):
        feature_columns = feature_columns.values()
    spec: dict[str, Any] = {}
    for column in feature_columns:
        spec.update(config_of(column))
    return spec


def sequence_feature_spec(columns: Iterable[Any], allow_missing: bool = False) -> dict[str, Any]:
    """The same of the steps of sequences."""
    return {
        key: _of_steps(key, feature, allow_missing)
        for key, feature in create_feature_spec_for_parsing(columns).items()
    }


def _of_steps(key: str, feature: Any, allow_missing: bool) -> Any:
    if isinstance(feature, VarLenFeature):
        return feature
    if not isinstance(feature, (FixedLenFeature, FixedLenSequenceFeature)):
        raise TypeError(f"Unsupported feature type: {type(feature).__name__}")
    has_default = feature.default_value is not None
    if has_default:
        logging.warning(
            'Found default value %s for feature "%s". Ignoring this value and setting '
            "`allow_missing=True` instead.",
            *(feature.default_value, key),
        )
    return FixedLenSequenceFeature(
        shape=feature.shape, dtype=feature.dtype, allow_missing=allow_missing or has_default
    )


def make_place_holder_tensors_for_base_features(
    feature_columns: Iterable[Any],
) -> dict[str, Any]:
    """Returns a placeholder for each feature that the columns read."""
    placeholders: dict[str, Any] = {}
    for key, feature in create_feature_spec_for_parsing(feature_columns).items():
        name = f"Placeholder_{key}"
        if isinstance(feature, VarLenFeature):
            placeholders[key] = sparse_placeholder(feature.dtype, name=name)
        else:
            placeholders[key] = placeholder(feature.dtype, (None, feature.shape[0]), name)
    return placeholders
