"""Numbers as the intervals that they fall into."""

from __future__ import annotations

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes


@op(
    "Bucketize",
    "input: T -> output: int32",
    shape=shapes.same,
    types={"T": (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)},
)
def bucketize(xp, x, *, boundaries: list[float]):
    """x: n[...] -> i32[...], how many of the sorted `boundaries` are not greater; of NaN all"""
    limits = np.asarray(boundaries, np.float32)
    if np.any(limits[1:] < limits[:-1]):
        refuse("Expected sorted boundaries")
    # Compared as floats, as TensorFlow does: a large integer is rounded.
    numbers = x.astype(np.float32) if x.dtype.kind == "i" else x
    found = xp.searchsorted(limits.astype(numbers.dtype), numbers.ravel(), "right")
    return found.astype(np.int32).reshape(x.shape)


bucketize.not_differentiable()
