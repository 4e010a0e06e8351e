"""The axes of a tensor in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_op
from stillflow.ops.array.shape_of import rank, rank_op


def _transposed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    length = shapes.with_rank(ctx.shape(1), 1)[0]
    sizes, perm = ctx.shape(0), ctx.value(1)
    rank = length if sizes is None else len(sizes)
    if length is not None and rank != length:
        raise shapes.ShapeError(f"Dimension must be {rank} but is {length}")
    if rank is None or (sizes is None and rank < 2):  # one axis may mean a scalar's
        return None
    if perm is None:
        return (None,) * rank
    for axis in perm.tolist():
        if not -rank <= axis < rank:
            raise shapes.ShapeError(f"perm dim {axis} is out of range of input rank {rank}")
    return (None,) * rank if sizes is None else tuple(sizes[axis] for axis in perm.tolist())


_TRANSPOSE: dict[str, Any] = {
    "shape": _transposed,
    "static": ("perm",),
    "types": {"Tperm": INDEX_TYPES},
    "defaults": {"Tperm": dtypes.int32},
    "total": True,
}


def _rows_transposed(rows: Rows) -> Any:
    if not rows.only_first:
        return NotImplemented
    x, perm = rows.inputs
    return rows.call(x, np.concatenate([np.zeros(1, perm.dtype), perm + 1]))


@op("Transpose", "x: T, perm: Tperm -> y: T", rows=_rows_transposed, **_TRANSPOSE)
def transpose_op(xp, x, perm):
    """x: n[...], perm: i[rank] -> x with its axis perm[i] as axis i."""
    axes = _permutation(x, perm)
    return x if axes == tuple(range(x.ndim)) else xp.transpose(x, axes)


def _permutation(x: Any, perm: np.ndarray) -> tuple[int, ...]:
    if perm.ndim != 1:
        refuse(f"perm must be a vector, not {shapes.format_sizes(perm.shape)}")
    axes = tuple(perm.tolist())
    if len(axes) != x.ndim:
        refuse(
            f"transpose expects a vector of size {x.ndim}. But input(1) is a vector of size "
            f"{len(axes)}"
        )
    for axis in axes:
        if not 0 <= axis < x.ndim:
            refuse(f"{axis} is out of range [0 .. {x.ndim})")
    for axis in range(x.ndim):
        if axis not in axes:
            refuse(f"{axis} is missing from {{{','.join(map(str, axes))}}}.")
    return axes


@transpose_op.gradient
def transpose_gradient(op, dy):
    return transpose(dy, invert_permutation(op.inputs[1])), None


@op("ConjugateTranspose", "x: T, perm: Tperm -> y: T", **_TRANSPOSE)
def conjugate_transpose_op(xp, x, perm):
    """x: n[...], perm: i[rank] -> the complex conjugate of x, its axis perm[i] as axis i."""
    return xp.conj(xp.transpose(x, _permutation(x, perm)))


@conjugate_transpose_op.gradient
def conjugate_transpose_gradient(op, dy):
    return transpose(dy, invert_permutation(op.inputs[1]), conjugate=True), None


def transpose(
    a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False
) -> Tensor:
    """Returns `a` with its axis perm[i] as axis i; without `perm`, with its axes reversed."""
    with name_scope(name, "transpose", [a]) as scope:
        if perm is not None:
            return _transpose_op_for(a, conjugate)(a, perm, name=scope)
        a = convert_to_tensor(a, name="a")
        ndims = a.shape.ndims
        perm = np.arange(ndims, dtype=np.int32)[::-1] if ndims else _reversed_axes(a)
        result = _transpose_op_for(a, conjugate)(a, perm, name=scope)
        if ndims is not None:
            result.set_shape(a.shape[::-1])
        return result


def _transpose_op_for(a: Any, conjugate: bool):
    return conjugate_transpose_op if conjugate and a.dtype.is_complex else transpose_op


def _reversed_axes(a: Tensor) -> Tensor:
    axes = rank_op(a)
    return (axes - 1) - range_op(0, axes, 1)


def matrix_transpose(
    a: Any, name: str | None = "matrix_transpose", conjugate: bool = False
) -> Tensor:
    """a: n[..., r, c] -> n[..., c, r]; ValueError when `a` has less than two axes."""
    with name_scope(name, None, [a]):
        a = convert_to_tensor(a, name="a")
        ndims = a.shape.ndims
        if ndims is None:
            axes = rank(a)
            leading = range_op(0, axes - 2, 1)
            perm: Any = concat([leading, [axes - 1, axes - 2]], 0)
        elif ndims < 2:
            raise ValueError(
                f"Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: {a.shape}"
            )
        else:
            perm = [*range(ndims - 2), ndims - 1, ndims - 2]
        return transpose(a, perm=perm, conjugate=conjugate)


@op(
    "InvertPermutation",
    "x: T -> y: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 1),
    types={"T": INDEX_TYPES},
    defaults={"T": dtypes.int32},
)
def invert_permutation(xp, x):
    """x: i[n], a permutation of 0..n-1 -> i[n], the permutation that undoes it."""
    xp.check(xp.sort(x) == np.arange(x.shape[0], dtype=x.dtype), _no_permutation, x)
    return xp.argsort(x).astype(x.dtype)


invert_permutation.not_differentiable()


def _no_permutation(x: np.ndarray) -> str:
    for value in x.tolist():
        if not 0 <= value < len(x):
            return f"{value} is not between 0 and {len(x)}"
    value = next(v for v in x.tolist() if x.tolist().count(v) > 1)
    return f"{value} is duplicated in the input."
