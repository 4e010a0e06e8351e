"""Shapes of an exported function's inputs, of which the first size may be left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import jax
import numpy as np
from jax import export

Inputs = Mapping[str, tuple[np.dtype, tuple[int | None, ...]]]


def specs_of(inputs: Inputs, batch: int | None) -> list[jax.ShapeDtypeStruct]:
    """The inputs in order; an open size is `batch`, or any."""
    (size,) = export.symbolic_shape("batch") if batch is None else (batch,)
    return [
        jax.ShapeDtypeStruct([size if n is None else n for n in sizes], dtype)
        for dtype, sizes in inputs.values()
    ]


@contextmanager
def open_sizes() -> Iterator[None]:
    """A block that traces. ValueError where it computes with a size that is open."""
    try:
        yield
    except jax.errors.InconclusiveDimensionOperation as error:
        raise ValueError(
            "The model computes with the size of its batch, which is therefore not left open.\n"
            "  Give one: --batch 32."
        ) from error
