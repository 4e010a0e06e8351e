"""Configurations as plain data, which JSON and YAML hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import Dimension, TensorShape


def plain(value: Any) -> Any:
    """A configuration with lists and dicts that layers do not track, and without arrays."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    return _numbers(value)


def json_type(value: Any) -> Any:
    """Plain data for what JSON does not know: a configuration, numbers of an array, a name.

    Raises:
      TypeError: it is of no kind that files of models hold.
    """
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": plain(value.get_config())}
    if isinstance(value, np.ndarray | np.generic):
        return _numbers(value)
    if isinstance(value, TensorShape):
        return value.as_list()
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, DType):
        return value.name
    if callable(value):
        return value.__name__
    raise TypeError("Not JSON Serializable:", value)


def _numbers(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value
