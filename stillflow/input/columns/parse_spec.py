"""What `tf.parse_example` must find for columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.input.columns.column import FeatureColumn, OldFeatureColumn


def make_parse_example_spec(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """Returns the features that the columns read, as `tf.parse_example` takes them.

    Raises:
      ValueError: one is no column, or two want to have one feature parsed in different ways.
    """
    return _merged(feature_columns, OldFeatureColumn, "_FeatureColumn", _old_spec)


def make_parse_example_spec_v2(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """`make_parse_example_spec` of columns of the newer protocol."""
    return _merged(feature_columns, FeatureColumn, "FeatureColumn", _new_spec)


def _old_spec(column: Any) -> dict[str, Any]:
    return column._parse_example_spec


def _new_spec(column: Any) -> dict[str, Any]:
    return column.parse_example_spec


def _merged(
    columns: Iterable[Any], kind: type, kind_name: str, spec_of: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for column in columns:
        if not isinstance(column, kind):
            raise ValueError(f"All feature_columns must be {kind_name} instances. Given: {column}")
        spec = spec_of(column)
        for key, value in spec.items():
            if key in merged and value != merged[key]:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given {value} "
                    f"and {merged[key]}"
                )
        merged.update(spec)
    return merged
