"""Positions in an array counted through, told by axis."""

from __future__ import annotations

import math

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes


def _by_axis(ctx: shapes.ShapeContext) -> shapes.Sizes:
    indices, rank = ctx.shape(0), shapes.with_rank(ctx.shape(1), 1)[0]
    if indices is None:
        return None
    if not indices:
        return (rank,)
    return (rank, None if None in indices else math.prod(indices))  # type: ignore[arg-type]


@op(
    "UnravelIndex",
    "indices: Tidx, dims: Tidx -> output: Tidx",
    shape=_by_axis,
    types={"Tidx": INDEX},
    defaults={"Tidx": dtypes.int32},
)
def unravel_index(xp, indices, dims):
    """indices: i[] or i[n], dims: i[k], the sizes of an array -> i[k] or i[k, n]"""
    if indices.ndim > 1:
        shape = shapes.format_sizes(indices.shape)
        refuse(f'The indices can only be scalar or vector, got "{shape}"')
    if dims.ndim != 1:
        refuse(f'The indices can only be 1-D, got "{shapes.format_sizes(dims.shape)}"')
    one = xp.ones(1, dims.dtype)
    # How many elements an index along each axis stands for, and along the one before.
    products = xp.cumprod(xp.concatenate([one, dims[::-1]]), dtype=dims.dtype)[::-1]
    column = (slice(None), *[None] * indices.ndim)
    return xp.floor_divide(xp.remainder(indices, products[:-1][column]), products[1:][column])
