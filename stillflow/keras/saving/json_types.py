"""What JSON does not know of itself, as configurations hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import Dimension, TensorShape


def json_type(value: Any) -> Any:
    """Plain data for an object: its configuration, numbers of an array, a name.

    Raises:
      TypeError: it is of no kind that files of models hold.
    """
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist() if isinstance(value, np.ndarray) else value.item()
    if isinstance(value, TensorShape):
        return value.as_list()
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, DType):
        return value.name
    if isinstance(value, Mapping):
        return dict(value)
    if callable(value):
        return value.__name__
    if hasattr(value, "__wrapped__"):  # a list or a dict that layers track
        return value.__wrapped__
    raise TypeError("Not JSON Serializable:", value)
