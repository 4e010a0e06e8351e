"""Kernels that broadcast nothing: all of their inputs are of one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.shapes import format_sizes
from stillflow.graph.operation import Operation


def check_alike(first: Any, *rest: Any) -> None:
    """ValueError unless all have one shape; `shapes_differ` explains it."""
    wanted = first.shape
    for value in rest:
        if value.shape != wanted:
            raise ValueError("the shapes differ")


def shapes_differ(op: Operation, inputs: Sequence[Any]) -> str | None:
    """What TensorFlow says of the first input that is of another shape than the first."""
    first, *rest = (np.shape(value) for value in inputs)
    for index, sizes in enumerate(rest, 1):
        if sizes != first:
            return (
                f"Inputs to operation {op.name} of type {op.type} must have the same size and "
                f"shape.  Input 0: {format_sizes(first)} != input {index}: {format_sizes(sizes)}"
            )
    return None
