"""A function with its variables, as StableHLO in the form of `jax.export`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from jax import export

from stillflow.leaving.xla_shapes import Inputs, open_sizes, specs_of


def serialized(
    function: Callable[..., Any],
    params: Mapping[str, np.ndarray],
    inputs: Inputs,
    batch: int | None,
) -> bytes:
    """`function(params, *values)` of inputs whose open first size is `batch`, or any."""
    whole = jax.jit(lambda *values: function(params, *values))
    with open_sizes():
        exported = export.export(whole, platforms=["cpu", "cuda", "rocm", "tpu"])(
            *specs_of(inputs, batch)
        )
    return bytes(exported.serialize(vjp_order=0))
