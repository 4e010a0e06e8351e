"""Sparse tensors one after another."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.operation import Tensor
from stillflow.ops.array import joining, reshaping
from stillflow.ops.known_values import constant_value
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.rows import check_fit, order_of
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup


def _joined(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    count = len(ctx.inputs) // 3
    rows: int | None = 0
    rank: int | None = None
    sizes: shapes.Sizes = None
    for number in range(count):
        indices = shapes.with_rank(ctx.shape(number), 2)
        values = shapes.with_rank(ctx.shape(count + number), 1)
        sizes = shapes.merge(sizes, shapes.with_rank(ctx.shape(2 * count + number), 1))
        own = shapes.merge(indices and indices[:1], values)
        rows = None if rows is None or own is None or own[0] is None else rows + own[0]
        rank = indices[1] if indices is not None and rank is None else rank
    return [(rows, rank), (rows,), sizes]


@op(
    "SparseConcat",
    "indices: N * int64, values: N * T, shapes: N * int64"
    " -> output_indices: int64, output_values: T, output_shape: int64",
    shape=_joined,
    limits={"N": 2},
    host=True,
    folds=True,
)
def sparse_concat_op(xp, *parts, concat_dim: int):
    """indices: i64[n, r] each, values: any[n] each, shapes: i64[r] each -> one after another."""
    count = len(parts) // 3
    indices, values, sizes = parts[:count], parts[count : 2 * count], parts[2 * count :]
    _check_parts(indices, values, sizes)
    axis = _checked_axis(sizes, concat_dim)
    for each in zip(indices, values, sizes, strict=True):
        check_fit(*each)
    starts = np.cumsum([0, *(size[axis] for size in sizes)])
    moved = [
        part + np.eye(1, len(sizes[0]), axis, dtype=np.int64) * start
        for part, start in zip(indices, starts[:-1], strict=True)
    ]
    rows, elements = np.concatenate(moved), np.concatenate(values)
    order = order_of(np, rows)
    whole = sizes[0].copy()
    whole[axis] = starts[-1]
    return rows[order], elements[order], whole


def _check_parts(indices: Any, values: Any, sizes: Any) -> None:
    named = (("indices", indices, 2), ("values", values, 1), ("shapes", sizes, 1))
    for name, parts, rank in named:
        kind = "matrix" if rank == 2 else "vector"
        for number, part in enumerate(parts):
            if part.ndim != rank:
                refuse(
                    f"Input {name} should be a {kind} but received shape "
                    f"{shapes.format_sizes(part.shape)} at position {number}"
                )


def _checked_axis(sizes: Any, concat_dim: int) -> int:
    """The axis counted from the front, along which alone the sizes may differ."""
    rank = len(sizes[0])
    axis = concat_dim + rank if concat_dim < 0 else concat_dim
    if not 0 <= axis < rank:
        refuse(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    for number, size in enumerate(sizes):
        if len(size) != rank:
            refuse(
                f"Ranks of all input tensors must match: expected {rank} but got {len(size)} "
                f"at position {number}"
            )
        unequal = [at for at in range(rank) if at != axis and size[at] != sizes[0][at]]
        if unequal:
            at = unequal[0]
            refuse(
                f"Input shapes must match: expected {sizes[0][at]} for dimension {at} but got "
                f"{size[at]} at position {number}"
            )
    return axis


sparse_concat_op.not_differentiable()


@deprecated_args(None, "concat_dim is deprecated, use axis instead", "concat_dim")
def sparse_concat(
    axis: Any,
    sp_inputs: Any,
    name: str | None = None,
    expand_nonconcat_dim: bool = False,
    concat_dim: Any = None,
    expand_nonconcat_dims: bool | None = None,
) -> SparseTensor:
    """Returns sparse tensors, equal in size but along `axis`, one after another along it.

    With `expand_nonconcat_dims`, or `expand_nonconcat_dim`, they need not be equal: the result
    has the largest of their sizes.

    Raises:
      TypeError: no list of sparse tensors.
    """
    expand = deprecated_argument_lookup(
        "expand_nonconcat_dims",
        expand_nonconcat_dims,
        "expand_nonconcat_dim",
        expand_nonconcat_dim,
    )
    axis = deprecated_argument_lookup("axis", axis, "concat_dim", concat_dim)
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    inputs = [as_sparse_tensor(sparse) for sparse in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    sizes = [sparse.dense_shape for sparse in inputs]
    if expand:
        sizes = _expanded(sizes, axis)
    parts = [[sparse.indices for sparse in inputs], [sparse.values for sparse in inputs]]
    indices, values, whole = sparse_concat_op(*parts, sizes, concat_dim=axis, name=name)
    known = [constant_value(size) for size in sizes]
    if all(size is not None for size in known):
        total = known[0].copy()
        total[axis] = sum(size[axis] for size in known)
        whole = convert_to_tensor(total)
    return SparseTensor(indices, values, whole)


def _expanded(sizes: list[Tensor], axis: int) -> list[Tensor]:
    """The dense shapes with the largest of their sizes, but along `axis`."""
    each = [reshaping.reshape(size, [1, -1]) for size in sizes]
    largest = reductions.reduce_max(joining.concat(each, 0), 0)
    return [
        joining.concat(
            [
                largest[:axis],
                size[-1:] if axis == -1 else size[axis : axis + 1],
                [] if axis == -1 else largest[axis + 1 :],
            ],
            0,
        )
        for size in sizes
    ]
