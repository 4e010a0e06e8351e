"""Weights of optimizers as Keras saved them before it was part of TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def with_count(optimizer: Any, weights: Sequence[Any]) -> list[Any]:
    """`weights` for an optimizer that counts steps, of one that perhaps did not: then 0 steps."""
    is_without = len(optimizer.weights) == len(weights) + 1
    return [np.array(0), *weights] if is_without else list(weights)
