"""Ops on strings. They run on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.graph.operation import Tensor


def _joined(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Scalars join every element of the other inputs, which have one shape."""
    return shapes.merge_all(s for s in ctx.shapes() if s != ()) or ()


@op("StringJoin", "inputs: N * string -> output: string", shape=_joined, host=True)
def string_join_op(xp, *inputs, separator: str = ""):
    """inputs: string[...] or string[], each -> string[...]"""
    between = separator.encode() if isinstance(separator, str) else separator
    arrays = np.broadcast_arrays(*inputs)
    joined: np.ndarray = np.empty(arrays[0].shape, np.object_)
    for index in np.ndindex(joined.shape):
        joined[index] = between.join(_as_bytes(array[index]) for array in arrays)
    return joined


def _as_bytes(element: Any) -> bytes:
    return element.encode() if isinstance(element, str) else element


def string_join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Tensor:
    """Joins strings, element by element."""
    return string_join_op(list(inputs), separator=separator, name=name)
