"""Ops that change parts of a variable: rows, single places, slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_within, refuse
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.ops.array.scattering import check_updates, gather_nd_op, scatter_into
from stillflow.ops.array.strided import strided_index, unlike_vectors


def _scattered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """ref: [n, rows...], indices: [...], updates: [..., rows...] or a scalar."""
    ref, indices, updates = ctx.shapes()
    if ref is not None and indices is not None and updates not in (None, ()):
        shapes.merge(updates, (*indices, *ref[1:]))
    return ref


_SCATTER: dict[str, Any] = {
    "shape": _scattered,
    "writes": ("ref",),
    "writes_rows": True,
    "types": {"Tindices": INDEX},
}
_SIGNATURE = "ref: ref T, indices: Tindices, updates: T -> output_ref: ref T"


def _check_rows(xp: Any, ref: Any, indices: Any, updates: Any) -> None:
    """`updates` must be a scalar, or hold a row of `ref` for each of `indices`."""
    if updates.shape and updates.shape != indices.shape + ref.shape[1:]:
        shown = [shapes.format_sizes(value.shape) for value in (updates, indices, ref)]
        refuse(
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
            f"updates.shape {shown[0]}, indices.shape {shown[1]}, params.shape {shown[2]}"
        )
    check_within(xp, "indices", indices, ref.shape[0])


@op("ScatterUpdate", _SIGNATURE, **_SCATTER)
def scatter_update_op(xp, ref, indices, updates, *, use_locking: bool = True):
    """ref[indices] <- updates"""
    _check_rows(xp, ref, indices, updates)
    return xp.set_at(ref, indices, updates)


@op("ScatterAdd", _SIGNATURE, **_SCATTER)
def scatter_add_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- ref[indices] + updates; a repeated index adds each time"""
    _check_rows(xp, ref, indices, updates)
    return xp.add_at(ref, indices, updates)


@op("ScatterSub", _SIGNATURE, **_SCATTER)
def scatter_sub_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- ref[indices] - updates; a repeated index subtracts each time"""
    _check_rows(xp, ref, indices, updates)
    return xp.add_at(ref, indices, -updates)


@op("ScatterMul", _SIGNATURE, **_SCATTER)
def scatter_mul_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- ref[indices] * updates; a repeated index multiplies each time"""
    _check_rows(xp, ref, indices, updates)
    return xp.multiply_at(ref, indices, updates)


@op("ScatterDiv", _SIGNATURE, host=True, **_SCATTER)
def scatter_div_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- ref[indices] / updates; a repeated index divides each time"""
    _check_rows(xp, ref, indices, updates)
    divide = _truncated_quotient if np.issubdtype(ref.dtype, np.integer) else np.divide
    divided, row = ref.copy(), ref.shape[1:]
    rows = np.broadcast_to(updates, indices.shape + row).reshape(-1, *row)
    for index, update in zip(indices.ravel(), rows, strict=True):
        divided[index] = divide(divided[index], update)
    return divided


def _truncated_quotient(x: Any, y: Any) -> Any:
    """Of integers, rounded towards zero, as C++ divides."""
    return (x - np.fmod(x, y)) // y


@op("ScatterMin", _SIGNATURE, **_SCATTER)
def scatter_min_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- minimum(ref[indices], updates)"""
    _check_rows(xp, ref, indices, updates)
    return xp.min_at(ref, indices, updates)


@op("ScatterMax", _SIGNATURE, **_SCATTER)
def scatter_max_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref[indices] <- maximum(ref[indices], updates)"""
    _check_rows(xp, ref, indices, updates)
    return xp.max_at(ref, indices, updates)


def _scattered_nd(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """ref: [*s, *r], indices: [..., len(s)], updates: [..., *r]"""
    ref, indices, updates = ctx.shapes()
    shapes.with_rank_at_least(indices, 1)
    check_updates(indices, updates, ref, "input")
    return ref


def _scattered_nd_into(xp: Any, write: Any, ref: Any, indices: Any, updates: Any) -> Any:
    """`scatter_into` of updates whose shape is what the variable and the indices ask for."""
    shown = [shapes.format_sizes(value.shape) for value in (updates, indices, ref)]
    if ref.ndim < 1:
        refuse(f"Output must be at least 1-D, got shape: {shown[2]}")
    if (indices.size or updates.size) and not (ref.size and indices.size and updates.size):
        refuse(f"Indices and updates specified for empty output.  indices shape: {shown[1]}")
    if updates.ndim and indices.ndim and updates.shape[0] != indices.shape[0]:
        refuse(
            "The outermost dimension of updates and indices must match. Got indices.shape "
            f"{shown[1]}, updates.shape {shown[0]}"
        )
    batch, depth = max(indices.ndim - 1, 1), indices.shape[-1] if indices.ndim > 1 else 1
    if depth > ref.ndim or updates.shape != indices.shape[:batch] + ref.shape[depth:]:
        refuse(
            "Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got "
            f"updates.shape: {shown[0]}, indices.shape: {shown[1]}, params_shape: {shown[2]}, "
            f"slice_dim: {depth}, and batch_dim: {batch}"
        )
    if indices.ndim == 1:  # each is an index into the first axis
        indices = indices[:, None]
    return scatter_into(xp, write, ref, indices, updates)


_SCATTER_ND: dict[str, Any] = {**_SCATTER, "shape": _scattered_nd}


@op("ScatterNdUpdate", _SIGNATURE, **_SCATTER_ND)
def scatter_nd_update_op(xp, ref, indices, updates, *, use_locking: bool = True):
    """ref at each of `indices` <- updates"""
    return _scattered_nd_into(xp, xp.set_at, ref, indices, updates)


@op("ScatterNdAdd", _SIGNATURE, **_SCATTER_ND)
def scatter_nd_add_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref at each of `indices` <- that + updates; a repeated index adds each time"""
    return _scattered_nd_into(xp, xp.add_at, ref, indices, updates)


@op("ScatterNdSub", _SIGNATURE, **_SCATTER_ND)
def scatter_nd_sub_op(xp, ref, indices, updates, *, use_locking: bool = False):
    """ref at each of `indices` <- that - updates; a repeated index subtracts each time"""
    return _scattered_nd_into(xp, xp.add_at, ref, indices, -updates)


for _op in (
    *(scatter_add_op, scatter_sub_op, scatter_mul_op, scatter_div_op),
    *(scatter_nd_update_op, scatter_nd_add_op, scatter_nd_sub_op),
):
    _op.not_differentiable()


@op(
    "ScatterNdNonAliasingAdd",
    "input: T, indices: Tindices, updates: T -> output: T",
    shape=_scattered_nd,
    types={"T": (*NUMBERS, dtypes.bool), "Tindices": INDEX},
)
def scatter_nd_non_aliasing_add(xp, tensor, indices, updates):
    """As ScatterNdAdd, of a tensor, which stays as it is"""
    return _scattered_nd_into(xp, xp.add_at, tensor, indices, updates)


@scatter_nd_non_aliasing_add.gradient
def scatter_nd_non_aliasing_add_gradient(op, dy):
    return dy, None, gather_nd_op(dy, op.inputs[1])


@op(
    "StridedSliceAssign",
    "ref: ref T, begin: Index, end: Index, strides: Index, value: T -> output_ref: ref T",
    shape=shapes.same,
    writes=("ref",),
    static=("begin", "end", "strides"),
    types={"Index": INDEX},
    explain=unlike_vectors,
)
def strided_slice_assign_op(
    xp,
    ref,
    begin,
    end,
    strides,
    value,
    *,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
):
    """ref[begin:end:strides] <- value, as the masks of StridedSlice modify it."""
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    index = strided_index(xp, ref.shape, begin, end, strides, masks)
    part = np.broadcast_to(np.int8(0), ref.shape)[index].shape
    if 0 in part:  # nothing is written, so that TensorFlow takes a value of any shape
        return ref
    if value.shape != part:
        raise UnimplementedError(
            None,
            None,
            f"sliced l-value shape {shapes.format_sizes(part)} does not match r-value shape "
            f"{shapes.format_sizes(value.shape)}. Automatic broadcasting not yet implemented.",
        )
    return xp.set_at(ref, index, value)


def assign_slice(ref: Any, part: Tensor, value: Any, name: str | None = None) -> Tensor:
    """Sets what `part`, a StridedSlice of the variable `ref`, shows; returns a reference to it."""
    begin, end, strides = part.op.inputs[1:]
    masks = {key: value for key, value in part.op.attrs.items() if key.endswith("_mask")}
    name = f"{part.op.name}/_assign" if name is None else name
    return strided_slice_assign_op(ref, begin, end, strides, value, name=name, **masks)
