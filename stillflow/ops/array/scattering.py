"""Elements and slices written into, or added to, places given by index."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_rows_within, refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.tensor_shape import dimension_value
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity

_TYPES: dict[str, Any] = {
    "types": {"Tindices": INDEX_TYPES},
}


def picked(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """params: [*s, *r], indices: [..., len(s)] -> [..., *r]"""
    params, indices = ctx.shape(0), shapes.with_rank_at_least(ctx.shape(1), 1)
    if params is None or indices is None or indices[-1] is None:
        return None
    if indices[-1] > len(params):
        raise shapes.ShapeError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{shapes.format_sizes(indices)} and params shape: {shapes.format_sizes(params)}"
        )
    return indices[:-1] + params[indices[-1] :]


@op("GatherNd", "params: Tparams, indices: Tindices -> output: Tparams", shape=picked, **_TYPES)
def gather_nd_op(xp, params, indices):
    """params: n[*s, *r], indices: i[..., len(s)] -> n[..., *r], params at each index."""
    for name, value in (("params", params), ("indices", indices)):
        if value.ndim < 1:
            refuse(f"{name} must be at least a vector")
    if indices.size and not params.size:
        sizes = shapes.format_sizes(params.shape)
        refuse(f"Requested more than 0 entries, but params is empty.  Params shape: {sizes}")
    check_rows_within(xp, "param shape", indices, params.shape)
    if indices.shape[-1] == 0:
        return xp.broadcast_to(params, indices.shape[:-1] + params.shape)
    return xp.asarray(params)[_columns(indices)]


def _columns(indices: Any) -> tuple[Any, ...]:
    """The last axis of `indices` taken apart: an index into each axis of what is indexed."""
    return tuple(indices[..., axis] for axis in range(indices.shape[-1]))


@gather_nd_op.gradient
def gather_nd_gradient(op, dy):
    params, indices = op.inputs
    sizes = shape(params, out_type=indices.dtype.base_dtype)
    if indices.shape.ndims == 2 and dimension_value(indices.shape[-1]) == 1:
        return IndexedSlices(dy, squeeze(indices, axis=-1), sizes), None
    return scatter_nd(indices, dy, sizes), None


def _scattered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    indices = shapes.with_rank_at_least(ctx.shape(0), 1)
    updates = shapes.with_rank_at_least(ctx.shape(1), 1)
    shapes.with_rank(ctx.shape(2), 1)
    sizes = ctx.value_as_shape(2)
    check_updates(indices, updates, sizes)
    return sizes


def _check_not_empty(sizes: shapes.Sizes, indices: shapes.Sizes, updates: shapes.Sizes) -> None:
    """ShapeError when there is something to write, but no element to write it to."""
    if shapes.num_elements(sizes) == 0 and (
        shapes.num_elements(indices) or shapes.num_elements(updates)
    ):
        raise shapes.ShapeError("Indices and updates specified for empty output shape")


def check_updates(
    indices: shapes.Sizes, updates: shapes.Sizes, sizes: shapes.Sizes, name: str = "output"
) -> None:
    """`updates` must be a slice of `sizes`, those of `name`, for each row of `indices`."""
    _check_not_empty(sizes, indices, updates)
    if sizes is None or indices is None or updates is None:
        return
    outer, depth = len(indices) - 1, indices[-1]
    try:
        shapes.merge(indices[:outer], updates[:outer])
    except shapes.ShapeError as error:
        raise shapes.ShapeError(
            f"The outer {outer} dimensions of indices.shape={shapes.format_sizes(indices)} must "
            f"match the outer {outer} dimensions of updates.shape={shapes.format_sizes(updates)}: "
            f"{error}"
        ) from None
    if depth is None:
        return
    try:
        shapes.merge(sizes[depth:], updates[outer:])
    except shapes.ShapeError as error:
        raise shapes.ShapeError(
            f"The inner {len(sizes) - depth} dimensions of {name}.shape="
            f"{shapes.format_sizes(sizes)} must match the inner {len(updates) - outer} dimensions "
            f"of updates.shape={shapes.format_sizes(updates)}: {error}"
        ) from None


@op(
    "ScatterNd",
    "indices: Tindices, updates: T, shape: Tindices -> output: T",
    shape=_scattered,
    static=("shape",),
    **_TYPES,
)
def scatter_nd(xp, indices, updates, sizes):
    """indices: i[..., k], updates: n[..., *sizes[k:]] -> n[*sizes], the sum of updates at each."""
    if sizes.ndim != 1:
        refuse("Shape must be a vector")
    whole = tuple(sizes.tolist())
    if min(whole, default=0) < 0:
        refuse(f"Dimension {min(whole)} must be >= 0")
    _check_scattered(indices, updates, whole, len(whole))
    if 0 in whole and indices.size:
        sizes_of_indices = shapes.format_sizes(indices.shape)
        refuse(
            f"Indices and updates specified for empty output.  indices shape: {sizes_of_indices}"
        )
    nothing = b"" if updates.dtype == object else 0
    into = xp.full(whole, nothing, dtype=updates.dtype)
    return scatter_into(xp, xp.add_at, into, indices, updates)


def _check_scattered(indices: Any, updates: Any, sizes: tuple[int, ...], elements: int) -> None:
    """`updates` must hold a slice of a tensor of shape `sizes` for each row of `indices`.

    There must be some `elements` to update, unless there is nothing to update them with.
    """
    for name, value in (("Indices", indices), ("Updates", updates)):
        if value.ndim < 1:
            refuse(f"{name} shape must have rank at least one. Found:[]")
    if (indices.size or updates.size) and not (elements and indices.size and updates.size):
        refuse("Indices and updates specified for empty output shape")
    outer, depth = indices.ndim - 1, indices.shape[-1]
    own, output = shapes.format_sizes(updates.shape), shapes.format_sizes(sizes)
    if updates.shape[:outer] != indices.shape[:outer]:
        refuse(
            "Outer dimensions of indices and update must match. Indices shape: "
            f"{shapes.format_sizes(indices.shape)}, updates shape:{own}"
        )
    inner = len(sizes) - depth
    if updates.ndim - outer != inner:
        refuse(
            "Inner dimensions of output shape must match inner dimensions of updates shape. "
            f"Output: {output} updates: {own}"
        )
    if updates.shape[outer:] != sizes[depth:]:
        refuse(
            f"The inner {inner} dimensions of output.shape={output} must match the inner {inner} "
            f"dimensions of updates.shape={own}"
        )


def scatter_into(xp: Any, write: Any, into: Any, indices: Any, updates: Any) -> Any:
    """Returns `into` after `write(into, index, updates)`, an extension of xp, at `indices`."""
    check_rows_within(xp, "shape", indices, into.shape)
    if indices.shape[-1] == 0:
        # Each update is a whole tensor; an empty index would reach it once only.
        into, indices = into[None], xp.zeros((*indices.shape[:-1], 1), indices.dtype)
        return write(into, _columns(indices), updates)[0]
    return write(into, _columns(indices), updates)


def _scattered_copy(xp: Any, write: Any, tensor: Any, indices: Any, updates: Any) -> Any:
    _check_scattered(indices, updates, tensor.shape, tensor.size)
    return scatter_into(xp, write, tensor, indices, updates)


@scatter_nd.gradient
def scatter_nd_gradient(op, dy):
    return None, gather_nd_op(dy, op.inputs[0]), None


def _updated(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, indices, updates = ctx.shapes()
    check_updates(indices, updates, sizes)
    return sizes


_TENSOR_SCATTER: dict[str, Any] = {"shape": _updated, **_TYPES}
_SIGNATURE = "tensor: T, indices: Tindices, updates: T -> output: T"


@op("TensorScatterUpdate", _SIGNATURE, **_TENSOR_SCATTER)
def tensor_scatter_update(xp, tensor, indices, updates):
    """tensor: n[*s, *r], indices: i[..., len(s)], updates: n[..., *r] -> updates put in."""
    return _scattered_copy(xp, xp.set_at, tensor, indices, updates)


@tensor_scatter_update.gradient
def tensor_scatter_update_gradient(op, dy):
    _, indices, updates = op.inputs
    of_updates = gather_nd_op(dy, indices)
    dy = identity(dy)
    nothing = zeros_like(updates, dtype=dy.dtype)
    return tensor_scatter_update(dy, indices, nothing), None, of_updates


@op("TensorScatterAdd", _SIGNATURE, **_TENSOR_SCATTER)
def tensor_scatter_add(xp, tensor, indices, updates):
    """tensor: n[*s, *r], indices: i[..., len(s)], updates: n[..., *r] -> updates added."""
    return _scattered_copy(xp, xp.add_at, tensor, indices, updates)


@tensor_scatter_add.gradient
def tensor_scatter_add_gradient(op, dy):
    of_updates = gather_nd_op(dy, op.inputs[1])
    return identity(dy), None, of_updates


@op("TensorScatterSub", _SIGNATURE, **_TENSOR_SCATTER)
def tensor_scatter_sub(xp, tensor, indices, updates):
    """tensor: n[*s, *r], indices: i[..., len(s)], updates: n[..., *r] -> updates taken off."""
    return _scattered_copy(xp, xp.add_at, tensor, indices, -updates)


@tensor_scatter_sub.gradient
def tensor_scatter_sub_gradient(op, dy):
    of_updates = gather_nd_op(dy, op.inputs[1])
    return identity(dy), None, -of_updates
