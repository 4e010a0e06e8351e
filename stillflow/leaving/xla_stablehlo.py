"""A function with its variables, as StableHLO in the form of `jax.export`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from jax import export


def serialized(
    function: Callable[..., Any],
    params: Mapping[str, np.ndarray],
    inputs: Mapping[str, tuple[np.dtype, tuple[int | None, ...]]],
    batch: int | None,
) -> bytes:
    """`function(params, *values)` of inputs whose open first size is `batch`, or any."""
    (size,) = export.symbolic_shape("batch") if batch is None else (batch,)
    shapes = [
        jax.ShapeDtypeStruct([size if n is None else n for n in sizes], dtype)
        for dtype, sizes in inputs.values()
    ]
    whole = jax.jit(lambda *values: function(params, *values))
    try:
        exported = export.export(whole, platforms=["cpu", "cuda", "rocm", "tpu"])(*shapes)
    except jax.errors.InconclusiveDimensionOperation as error:
        raise ValueError(
            "The model computes with the size of its batch, which is therefore not left open.\n"
            "  Give one: --batch 32."
        ) from error
    return bytes(exported.serialize(vjp_order=0))
