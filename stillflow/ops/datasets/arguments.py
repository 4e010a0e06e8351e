"""The numbers that ops of datasets take: scalars, each."""

from __future__ import annotations

from collections.abc import Callable

from stillflow.declare import shapes
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.graph import dtypes


def of_scalars(ctx: ShapeContext) -> Sizes:
    """A scalar; what is given beside datasets is scalar too."""
    for index, tensor in enumerate(ctx.inputs):
        if tensor.dtype is not dtypes.variant:
            shapes.with_rank(ctx.shape(index), 0)
    return ()


def with_scalars(*places: int) -> Callable[[ShapeContext], Sizes]:
    """A scalar; the inputs at these places are scalar too."""

    def shape(ctx: ShapeContext) -> Sizes:
        for place in places:
            shapes.with_rank(ctx.shape(place), 0)
        return ()

    return shape
