"""Windows that fade a frame in and out: raised cosines."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, ranging
from stillflow.ops.control.cond import cond
from stillflow.ops.math import casts, comparison, division, trigonometric


def hann_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Returns the Hann window, f[window_length].

    A periodic one, for spectra, is a symmetric one that is longer by one, without its end.
    """
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Returns the Hamming window, f[window_length], as hann_window does."""
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(
    name: str | None,
    default_name: str,
    window_length: Any,
    periodic: Any,
    dtype: Any,
    middle: float,
    swing: float,
) -> Tensor:
    """middle - swing cos(2 pi k / n)"""
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    with name_scope(name, default_name, [window_length, periodic]):
        length = convert_to_tensor(window_length, dtype=dtypes.int32, name="window_length")
        length.shape.assert_has_rank(0)
        known = constant_value(length)
        if known == 1:
            return filling.ones([1], dtype=dtype)
        periodic = convert_to_tensor(periodic, dtype=dtypes.bool, name="periodic")
        periodic = casts.cast(periodic, dtypes.int32)
        periodic.shape.assert_has_rank(0)
        even = 1 - division.floormod(length, 2)
        n = casts.cast(length + periodic * even - 1, dtype=dtype)
        count = casts.cast(ranging.range_(length), dtype)
        angle = constant(2 * np.pi, dtype=dtype) * count / n
        window = lambda: casts.cast(middle - swing * trigonometric.cos(angle), dtype=dtype)
        if known is not None:
            return window()
        alone = comparison.equal(length, 1)
        return cond(alone, lambda: filling.ones([1], dtype=dtype), window)
