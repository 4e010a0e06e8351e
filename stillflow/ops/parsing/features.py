"""What a program says of the features in its examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import as_shape
from stillflow.platform import logging


class VarLenFeature(NamedTuple):
    """A feature of any number of values, a SparseTensor: [batch, values]."""

    dtype: Any


class SparseFeature(NamedTuple):
    """The values and indices of a sparse tensor, each a feature.

    Fields:
      index_key: the name of the feature that has the indices, int64; a list of them, one for each
        axis.
      value_key: the name of the feature that has the values.
      dtype: their type.
      size: the size of the axis, or a list of sizes.
      already_sorted: whether the values are in the order of their indices.
    """

    index_key: Any
    value_key: Any
    dtype: Any
    size: Any
    already_sorted: bool = False


class FixedLenFeature(NamedTuple):
    """A feature of `shape`. What lacks it is refused where there is no `default_value`."""

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """A feature of [any number, *shape].

    Examples in a batch are padded with `default_value`, a scalar; `allow_missing` says that there
    may be no such feature.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


class Raw(NamedTuple):
    """Features as ops take them: the sparse ones, then the dense ones, in the order of names."""

    sparse_keys: list[str]
    sparse_types: list[DType]
    dense_keys: list[str]
    dense_types: list[DType]
    dense_defaults: dict[str, Any]
    dense_shapes: list[Any]


def raw_features(features: Mapping[str, Any] | None, kinds: Sequence[type]) -> Raw:
    """`features`, {name: one of `kinds`}.

    Raises:
      ValueError: a feature is of another kind, or lacks a type, a shape or a name.
    """
    raw = Raw([], [], [], [], {}, [])
    for key in sorted(features or {}):
        feature = (features or {})[key]
        if type(feature) not in _ADDING and not isinstance(feature, tuple(_ADDING)):
            raise ValueError(f"Invalid feature {key}:{feature}.")
        kind = next(kind for kind in _ADDING if isinstance(feature, kind))
        if kind not in kinds:
            raise ValueError(f"Unsupported {kind.__name__} {feature}.")
        _ADDING[kind](raw, key, feature)
    return raw


def _typed(key: str, feature: Any) -> DType:
    if not feature.dtype:
        raise ValueError(f"Missing type for feature {key}.")
    return dtypes.as_dtype(feature.dtype)


def _add_var_len(raw: Raw, key: str, feature: VarLenFeature) -> None:
    raw.sparse_types.append(_typed(key, feature))
    raw.sparse_keys.append(key)


def _add_sparse(raw: Raw, key: str, feature: SparseFeature) -> None:
    for field in ("index_key", "value_key"):
        if not getattr(feature, field):
            raise ValueError(f"Missing {field} for SparseFeature {feature}.")
    dtype = _typed(key, feature)
    index_keys = [feature.index_key] if isinstance(feature.index_key, str) else feature.index_key
    if len(index_keys) > 1:
        logging.warning(
            "SparseFeature is a complicated feature config and should only be used after careful "
            "consideration of VarLenFeature."
        )
    for index_key in sorted(index_keys):
        _add_part(raw, index_key, dtypes.int64)
    _add_part(raw, feature.value_key, dtype)


def _add_part(raw: Raw, key: str, dtype: DType) -> None:
    """A feature that several may share."""
    if key not in raw.sparse_keys:
        raw.sparse_keys.append(key)
        raw.sparse_types.append(dtype)
        return
    there = raw.sparse_types[raw.sparse_keys.index(key)]
    if there != dtype:
        wanted = "int64" if dtype == dtypes.int64 else dtype
        raise ValueError(f"Conflicting type {there} vs {wanted} for feature {key}.")


def _add_fixed(raw: Raw, key: str, feature: FixedLenFeature) -> None:
    dtype = _typed(key, feature)
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    shape = as_shape(feature.shape)
    if feature.shape and shape.ndims and shape.as_list()[0] is None:
        raise ValueError(
            f"First dimension of shape for feature {key} unknown. Consider using "
            "FixedLenSequenceFeature."
        )
    if not shape.is_fully_defined():
        raise ValueError(
            f"All dimensions of shape for feature {key} need to be known but received "
            f"{feature.shape}."
        )
    _add_dense(raw, key, dtype, feature.shape)
    if feature.default_value is not None:
        raw.dense_defaults[key] = feature.default_value


def _add_sequence(raw: Raw, key: str, feature: FixedLenSequenceFeature) -> None:
    dtype = _typed(key, feature)
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    _add_dense(raw, key, dtype, feature.shape)
    if feature.allow_missing:
        raw.dense_defaults[key] = None
    if feature.default_value is not None:
        raw.dense_defaults[key] = feature.default_value


def _add_dense(raw: Raw, key: str, dtype: DType, shape: Any) -> None:
    raw.dense_keys.append(key)
    raw.dense_types.append(dtype)
    raw.dense_shapes.append(shape)


_ADDING: dict[type, Any] = {
    VarLenFeature: _add_var_len,
    SparseFeature: _add_sparse,
    FixedLenFeature: _add_fixed,
    FixedLenSequenceFeature: _add_sequence,
}
