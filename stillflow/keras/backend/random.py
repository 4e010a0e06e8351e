"""Random numbers. Where there is no seed, one is drawn by NumPy, whose own seed then counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph.operation import Tensor
from stillflow.layers.settings import floatx
from stillflow.ops.array import filling, selecting
from stillflow.ops.random import drawing

_SEEDS = 10**7  # how many seeds are drawn among


def random_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Returns normal numbers."""
    return drawing.random_normal(
        shape, mean=mean, stddev=stddev, dtype=dtype or floatx(), seed=_seed(seed)
    )


def random_uniform(
    shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Returns numbers between two; the greater one is never reached."""
    return drawing.random_uniform(
        shape, minval=minval, maxval=maxval, dtype=dtype or floatx(), seed=_seed(seed)
    )


def random_binomial(shape: Any, p: Any = 0.0, dtype: Any = None, seed: int | None = None) -> Tensor:
    """Returns ones with a probability of `p`, else zeros."""
    dtype = dtype or floatx()
    drawn = drawing.random_uniform(shape, dtype=dtype, seed=_seed(seed)) <= p
    return selecting.where(
        drawn, filling.ones(shape, dtype=dtype), filling.zeros(shape, dtype=dtype)
    )


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Returns normal numbers, of which none is further off than two standard deviations."""
    return drawing.truncated_normal(shape, mean, stddev, dtype=dtype or floatx(), seed=_seed(seed))


def _seed(seed: int | None) -> int:
    return np.random.randint(_SEEDS) if seed is None else seed
