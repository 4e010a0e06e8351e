"""Rows of arrays, and the placeholders that they are fed for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.learn.feeding.shapes import as_array, checked_dtype, write_classes
from stillflow.ops.control.ordering import placeholder


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def own_array(value: Any) -> Any:
    return as_array(value, value.dtype)


def dtype_of(value: Any) -> Any:
    return checked_dtype(value.dtype)


def dtype_of_label(label: Any) -> Any:
    if isinstance(label, np.ndarray):
        return label.dtype
    return dtype_of_label(label[0]) if is_list(label) else checked_dtype(np.dtype(type(label)))


def label_shape(label: Any) -> list[int]:
    return [1, *np.shape(label[0] if is_list(label) else label)]


def chained(first: Any, others: Iterator) -> Iterator:
    yield first
    yield from others


def placeholders_of(name: str, shapes: Any, types: Any) -> Any:
    if isinstance(shapes, dict):
        return {
            key: placeholder(dtypes.as_dtype(types[key]), [None, *shape[1:]], name=f"{name}_{key}")
            for key, shape in shapes.items()
        }
    return placeholder(dtypes.as_dtype(types), [None, *shapes[1:]], name=name)


def by_name(placeholders: Any, values: Any) -> dict[str, Any]:
    if isinstance(placeholders, dict):
        return {tensor.name: values[key] for key, tensor in placeholders.items()}
    return {placeholders.name: values}


def taken(data: Any, rows: np.ndarray) -> Any:
    taken = _at(data, rows)
    return np.array(taken).reshape(len(rows), 1) if len(data.shape) == 1 else taken


def _at(data: Any, place: Any) -> Any:
    """Rows of an array, or of a table of pandas'."""
    return data.iloc[place] if hasattr(data, "iloc") else data[place]


def label_rows(data: Any, rows: np.ndarray, shape: Any, dtype: Any, classes: Any) -> np.ndarray:
    out = np.zeros([len(rows), *shape[1:]], dtype)
    for place, row in enumerate(rows):
        if classes is None or classes <= 1:
            out[place] = _at(data, row)
        else:
            write_classes(out[place], _at(data, row))
    return out


def stacked(rows: list[Any], shapes: Any, types: Any, classes: Any) -> Any:
    if not isinstance(shapes, dict):
        return stacked_column(rows, shapes, types, classes)
    return {
        key: stacked_column([row[key] for row in rows], shape, types[key], (classes or {}).get(key))
        for key, shape in shapes.items()
    }


def stacked_column(rows: list[Any], shape: Any, dtype: Any, classes: Any) -> np.ndarray:
    out = np.zeros([len(rows), *shape[1:]], dtype)
    for place, row in enumerate(rows):
        if classes is not None and classes > 1:
            write_classes(out[place], row)
        else:
            out[place] = row[0] if is_list(row) and out.ndim == 1 else row
    return out
