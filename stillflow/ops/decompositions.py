"""Decompositions of matrices."""

from __future__ import annotations

from typing import Any

from stillflow.ops import shapes
from stillflow.ops.registry import op


def _qr(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    if sizes is None:
        return [None, None]
    *batch, rows, columns = sizes
    if ctx.attrs["full_matrices"]:
        return [(*batch, rows, rows), (*batch, rows, columns)]
    known = rows is not None and columns is not None
    inner = min(rows, columns) if known else None  # type: ignore[type-var]
    return [(*batch, rows, inner), (*batch, inner, columns)]


@op("Qr", "input: T -> q: T, r: T", shape=_qr)
def qr_op(xp, x, *, full_matrices: bool = False):
    """x: f[..., n, m] -> q: f[..., n, k], r: f[..., k, m], of product x; k = min(n, m), or n."""
    q, r = xp.linalg.qr(x, mode="complete" if full_matrices else "reduced")
    return q, r


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """Returns orthonormal `q` and upper triangular `r`, whose product is `input`."""
    return qr_op(input, full_matrices=full_matrices, name=name)
