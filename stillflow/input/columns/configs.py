"""Columns as plain data, for the configuration of a model, and made of it again."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.input.columns.column import FeatureColumn

# The modules of columns, by what they hold that may be in a configuration.
_CLASSES = {
    "categorical": ("HashedCategoricalColumn", "IdentityCategoricalColumn"),
    "combined": ("CrossedColumn", "WeightedCategoricalColumn"),
    "embedding": ("EmbeddingColumn",),
    "indicator": ("IndicatorColumn",),
    "numeric": ("BucketizedColumn", "NumericColumn"),
    "sequence": ("SequenceCategoricalColumn", "SequenceNumericColumn"),
    "vocabulary": ("VocabularyFileCategoricalColumn", "VocabularyListCategoricalColumn"),
}
_MODULE_OF = {
    name: f"stillflow.input.columns.{module}"
    for module, names in _CLASSES.items()
    for name in names
}
_INITIALIZERS = "stillflow.ops.variables.initializers"


def config_of(column: Any) -> dict[str, Any]:
    """The fields of a column as plain data."""
    return {f.name: _plain(getattr(column, f.name)) for f in dataclasses.fields(column)}


def _plain(value: Any) -> Any:
    if isinstance(value, DType):
        return value.name
    if isinstance(value, FeatureColumn):
        return serialize_feature_column(value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    return value.__name__ if callable(value) else value


def from_config(cls: Any, config: dict[str, Any], custom_objects: Any, by_name: Any) -> Any:
    """The column that `config_of` was made of.

    Raises:
      ValueError: it is another kind's.
    """
    names = [f.name for f in dataclasses.fields(cls)]
    if set(config) != set(names):
        raise ValueError(f"Invalid config: {config}, expected keys: {tuple(names)}")
    fields = {
        name: _restored(name, value, custom_objects, by_name) for name, value in config.items()
    }
    return cls(**fields)


def _restored(name: str, value: Any, custom_objects: Any, by_name: Any) -> Any:
    if name == "dtype":
        return dtypes.as_dtype(value)
    if name == "initializer":
        return _initializer(value, custom_objects)
    if name == "normalizer_fn":
        return _function(value, custom_objects)
    if isinstance(value, (list, tuple)):
        return tuple(_restored("", each, custom_objects, by_name) for each in value)
    if isinstance(value, dict):
        return deserialize_feature_column(value, custom_objects, by_name)
    return value


def _initializer(value: Any, custom_objects: Any) -> Any:
    if not isinstance(value, dict):
        return _function(value, custom_objects)
    name = value["class_name"]
    custom = (custom_objects or {}).get(name)
    cls = custom or getattr(importlib.import_module(_INITIALIZERS), name)
    return cls.from_config(value["config"])


def _function(name: str | None, custom_objects: Any) -> Any:
    if name is None:
        return None
    if name not in (custom_objects or {}):
        raise ValueError(f"Unknown object:{name}")
    return custom_objects[name]


def serialize_feature_column(fc: Any) -> Any:
    """Returns the name of a feature as it is, a column as its class's name and its fields.

    Raises:
      ValueError: it is neither.
    """
    if isinstance(fc, str):
        return fc
    if isinstance(fc, FeatureColumn):
        return {"class_name": type(fc).__name__, "config": fc._get_config()}
    raise ValueError(f"Instance: {fc} is not a FeatureColumn")


def deserialize_feature_column(
    config: Any, custom_objects: Any = None, columns_by_name: dict[str, Any] | None = None
) -> Any:
    """Returns what `serialize_feature_column` was given.

    Args:
      custom_objects: classes and functions by their names, which Stillflow does not know.
      columns_by_name: columns that there are already; this one is added.

    Raises:
      ValueError: it is of no such form, or of a class that is not known.
    """
    if isinstance(config, str):
        return config
    if not isinstance(config, dict) or not {"class_name", "config"} <= set(config):
        raise ValueError(f"Improper config format: {config}")
    cls = _class_of(config["class_name"], custom_objects or {})
    if not issubclass(cls, FeatureColumn):
        raise ValueError(f"Expected FeatureColumn class, instead found: {cls}")
    by_name = {} if columns_by_name is None else columns_by_name
    column = cls._from_config(
        config["config"], custom_objects=custom_objects, columns_by_name=by_name
    )
    return by_name.setdefault(column_name_with_class_name(column), column)


def _class_of(name: str, custom_objects: dict[str, Any]) -> Any:
    if name in custom_objects:
        return custom_objects[name]
    if name not in _MODULE_OF:
        raise ValueError(f"Unknown feature_column_v2: {name}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)


def serialize_feature_columns(feature_columns: Any) -> list[Any]:
    """`serialize_feature_column` of each."""
    return [serialize_feature_column(column) for column in feature_columns]


def deserialize_feature_columns(configs: Any, custom_objects: Any = None) -> list[Any]:
    """`deserialize_feature_column` of each; columns that are the same are one object."""
    by_name: dict[str, Any] = {}
    return [deserialize_feature_column(config, custom_objects, by_name) for config in configs]


def column_name_with_class_name(fc: Any) -> str:
    return f"{type(fc).__name__}:{fc.name}"
