"""Casts inside the array family, on which the family that declares Cast is built."""

from __future__ import annotations

from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.registry import OPS


def cast_to(tensor: Any, dtype: DType, name: str | None = None) -> Tensor:
    """Returns `tensor` cast to `dtype` by a Cast node, even where it has that type already."""
    return OPS["Cast"](tensor, DstT=dtype, name=name)
