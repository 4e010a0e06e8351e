"""Values kept within bounds as `tf.keras` builds it: a bound is a constant beside."""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.ops.math import clip as clipping
from stillflow.ops.math import elementwise


def clip(x: Any, min_value: Any, max_value: Any) -> Tensor:
    """`x` within the bounds; None as `max_value` is none, and one below `min_value` is that."""
    if max_value is not None and max_value < min_value:
        max_value = min_value
    if max_value is None:
        max_value = math.inf
    dtype = x.dtype.base_dtype
    return clipping.clip_by_value(x, constant(min_value, dtype), constant(max_value, dtype))


def sqrt(x: Any) -> Tensor:
    """The square root, 0 of what is below."""
    return elementwise.sqrt(clip(x, 0.0, math.inf))
