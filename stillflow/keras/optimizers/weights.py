"""Weights of optimizers as arrays, also as Keras saved them before it was part of TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.layers.values import batch_get_value, batch_set_value


def with_count(optimizer: Any, weights: Sequence[Any]) -> list[Any]:
    """`weights` for an optimizer that counts steps, of one that perhaps did not: then 0 steps."""
    is_without = len(optimizer.weights) == len(weights) + 1
    return [np.array(0), *weights] if is_without else list(weights)


def set_values(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Sets as many variables in Keras' session. ValueError where a value is of another shape."""
    for before, value in zip(batch_get_value(variables), values, strict=True):
        if np.shape(before) != np.shape(value):
            raise ValueError(
                f"Optimizer weight shape {np.shape(before)} not compatible with provided weight "
                f"shape {np.shape(value)}"
            )
    batch_set_value(list(zip(variables, values, strict=True)))
