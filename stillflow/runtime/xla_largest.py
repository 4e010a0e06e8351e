"""`declare.numpy.largest` for jax.numpy: the same places."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import lax


def largest(x: Any, count: int) -> Any:
    """XLA selects a few floats out of many without sorting all, by the order of their bits: both
    zeros, and all that is no number, are made one first."""
    if jnp.issubdtype(x.dtype, jnp.floating):
        one_zero = jnp.where(x == 0, jnp.zeros_like(x), x)
        x = jnp.where(jnp.isnan(x), jnp.full_like(x, jnp.nan), one_zero)
    return lax.top_k(x, count)[1].astype(jnp.int64)
