"""What columns demand of their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stillflow.graph import nest
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import Dimension, dimension_value


def check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def check_string_or_int(dtype: DType, prefix: str) -> None:
    if dtype.base_dtype.name != "string" and not dtype.is_integer:
        raise ValueError(f"{prefix} dtype must be string or integer. dtype: {dtype}.")


def check_number(dtype: DType, key: str) -> None:
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")


def check_normalizer(normalizer_fn: Any) -> None:
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")


def checked_shape(shape: Any, key: str) -> tuple[int, ...]:
    """A shape of known sizes, for which an integer stands too."""
    sizes = tuple(shape) if nest.is_sequence(shape) else (shape,)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"shape dimensions must be integer. shape: {sizes}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {sizes}, key: {key}")
    return sizes


def checked_default(shape: tuple[int, ...], default: Any, dtype: DType, key: str) -> Any:
    """The values of a feature that is missing, as nested tuples of `shape`; None for None.

    Raises:
      ValueError: they are of another shape.
      TypeError: they are no numbers of `dtype`.
    """
    if default is None:
        return None
    if isinstance(default, int) or (isinstance(default, float) and dtype.is_floating):
        return _filled(shape, default)
    if callable(getattr(default, "tolist", None)):
        default = default.tolist()
    if nest.is_sequence(default):
        if not _is_of_shape(default, shape):
            raise ValueError(
                "The shape of default_value must be equal to given shape. default_value: "
                f"{default}, shape: {shape}, key: {key}"
            )
        values = nest.flatten(default)
        has_floats = any(isinstance(value, float) for value in values)
        if all(isinstance(value, int) for value in values) or (has_floats and dtype.is_floating):
            return _as_tuple(default)
    raise TypeError(
        f"default_value must be compatible with dtype. default_value: {default}, dtype: {dtype}, "
        f"key: {key}"
    )


def _filled(shape: tuple[int, ...], value: Any) -> Any:
    return (_filled(shape[1:], value),) * shape[0] if shape else value


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if nest.is_sequence(value) else value


def _is_of_shape(value: Any, shape: tuple[int, ...]) -> bool:
    if nest.is_sequence(value) != bool(shape):
        return False
    if not shape:
        return True
    return len(value) == shape[0] and all(_is_of_shape(part, shape[1:]) for part in value)


def checked_columns(columns: Any, kind: type, kind_name: str) -> Any:
    """`columns`, a collection of them or a single one, as a collection.

    Raises:
      ValueError: there is none, one is no column, or two have one name.
    """
    if isinstance(columns, kind):
        columns = [columns]
    if isinstance(columns, Iterator):
        columns = list(columns)
    if isinstance(columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    for column in columns:
        if not isinstance(column, kind):
            raise ValueError(
                f"Items of feature_columns must be a {kind_name}. Given (type {type(column)}): "
                f"{column}."
            )
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    by_name: dict[str, Any] = {}
    for column in columns:
        if column.name in by_name:
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and "
                f"{by_name[column.name]}. This usually means that these columns refer to same base "
                "feature. Either one must be discarded or a duplicated but renamed item must be "
                "inserted in features dict."
            )
        by_name[column.name] = column
    return columns


def check_batch_sizes(tensors: list[Any], columns: list[Any]) -> None:
    """ValueError when two columns are known to have different numbers of examples."""
    known: Dimension | None = None
    of = 0
    for at, tensor in enumerate(tensors):
        size = Dimension(dimension_value(tensor.shape[0]))
        if size.value is None:
            continue
        if known is None:
            known, of = size, at
        elif known.value != size.value:
            raise ValueError(
                "Batch size (first dimension) of each feature must be same. Batch size of columns "
                f"({columns[of].name}, {columns[at].name}): ({known}, {size})"
            )
