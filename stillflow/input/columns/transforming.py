"""What columns make of their features, before it becomes numbers of a model."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.input.columns.checking import checked_columns
from stillflow.input.columns.column import FeatureColumn, OldFeatureColumn
from stillflow.input.columns.features import FeatureTransformationCache, LazyBuilder


def transform_features(features: dict[str, Any], feature_columns: Any) -> dict[Any, Any]:
    """Returns what each column of the older protocol makes of its features."""
    columns = checked_columns(feature_columns, OldFeatureColumn, "_FeatureColumn")
    with name_scope(None, "transform_features", features.values()):
        builder = LazyBuilder(features)
        return {column: _within(column, builder.get) for column in _by_name(columns)}


def transform_features_v2(
    features: dict[str, Any], feature_columns: Any, state_manager: Any
) -> dict[Any, Any]:
    """Returns what each column of the newer protocol makes of its features."""
    columns = checked_columns(feature_columns, FeatureColumn, "FeatureColumn")
    with name_scope(None, "transform_features", features.values()):
        cache = FeatureTransformationCache(features)
        return {
            column: _within(column, lambda each: cache.get(each, state_manager))
            for column in _by_name(columns)
        }


def _within(column: Any, transform: Any) -> Any:
    with name_scope(None, column.name):
        return transform(column)


def _by_name(columns: Any) -> list[Any]:
    return sorted(columns, key=lambda column: column.name)
