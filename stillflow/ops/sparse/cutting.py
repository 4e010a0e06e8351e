"""Parts of sparse tensors: slices, and one cut into several."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.errors import InternalError
from stillflow.graph.scopes import name_scope
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor
from stillflow.platform.deprecation import deprecated_args


def _part(sizes: shapes.Sizes) -> tuple[shapes.Sizes, shapes.Sizes, shapes.Sizes]:
    """The shapes of some elements, of as many axes as a dense shape of shape `sizes` has."""
    return (None, shapes.num_elements(sizes)), (None,), sizes


@op(
    "SparseSlice",
    "indices: int64, values: T, shape: int64, start: int64, size: int64"
    " -> output_indices: int64, output_values: T, output_shape: int64",
    shape=lambda ctx: list(_part(ctx.shape(2))),
    host=True,
    folds=True,
)
def sparse_slice_op(xp, indices, values, sizes, start, size):
    """A sparse any[*sizes] -> a sparse any[*size], or less where it ends before."""
    rows.check_one(indices, values, sizes)
    for name, part in (("start", start), ("size", size)):
        if part.ndim != 1:
            shown = shapes.format_sizes(part.shape)
            refuse(f"Input {name} should be a vector but received shape {shown}")
        if len(part) != len(sizes):
            refuse(
                f"Expected {name} to be a vector of length {len(sizes)} but got length {len(part)}"
            )
    inside = np.all((indices >= start) & (indices < start + size), axis=1)
    left = np.where(start + size < sizes, size, sizes - start)
    if left.size and left.min() < 0:
        refuse(f"Dimension {left.min()} must be >= 0")
    return indices[inside] - start, values[inside], left


@op(
    "SparseSliceGrad",
    "backprop_val_grad: T, input_indices: int64, input_start: int64, output_indices: int64"
    " -> val_grad: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(1), 2)[:1],
    types={"T": NUMBERS},
    host=True,
    folds=True,
)
def sparse_slice_grad(xp, dy, indices, start, output_indices):
    """dy: n[k], indices: i64[n, r], start: i64[r], output_indices: i64[k, r] -> n[n]"""
    _check_gradient(dy, indices, start, output_indices)
    _, taken, given = rows.united(indices, output_indices + start)
    both = (taken >= 0) & (given >= 0)
    if both.sum() != len(dy):
        raise InternalError(
            None,
            None,
            "Elements of backprop_val_grad aren't all propagated. "
            f"Num elements:{len(dy)}, used: {both.sum()}",
        )
    result = np.zeros(len(indices), dy.dtype)
    result[taken[both]] = dy[given[both]]
    return result


def _check_gradient(dy: Any, indices: Any, start: Any, output_indices: Any) -> None:
    shown = shapes.format_sizes
    if indices.ndim != 2 or output_indices.ndim != 2:
        refuse(
            "Input and output indices should be matrices but received shapes: "
            f"{shown(indices.shape)} and {shown(output_indices.shape)}"
        )
    if dy.ndim != 1:
        refuse(f"Input backprop_val_grad should be a vector but received shape: {shown(dy.shape)}")
    if indices.shape[1] != output_indices.shape[1]:
        refuse(
            "The input and output should have the same ndims: got: "
            f"{indices.shape[1]} and {output_indices.shape[1]}"
        )
    if len(output_indices) > len(indices):
        refuse(
            "# rows of output_indices should be not greater than of input_indices, got "
            f"{len(output_indices)} and {len(indices)}"
        )
    if len(dy) != len(output_indices):
        refuse(
            "# elements of backprop_val_grad and # rows of output_indices should match (#nnz of "
            f"sum): got {len(dy)} and {len(output_indices)}"
        )
    if start.ndim != 1:
        refuse(f"The input_start should be a vector but received shape {shown(start.shape)}")
    if len(start) != indices.shape[1]:
        refuse(
            f"Expected input_start to be a vector of length {indices.shape[1]} but got length "
            f"{len(start)}"
        )


@sparse_slice_op.gradient
def sparse_slice_gradient(op, _, dy, __):
    indices, values, _, start, _ = op.inputs
    dvalues = sparse_slice_grad(dy, indices, start, op.outputs[0])
    dvalues.set_shape(values.shape)
    return None, dvalues, None, None, None


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """Returns what lies in a block of `sp_input` that begins at `start`, i64[r].

    Args:
      size: i64[r]; what would lie outside of `sp_input` is left off.
    """
    sparse = as_sparse_tensor(sp_input)
    start, size = convert_to_tensor(start, dtypes.int64), convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sparse]) as scope:
        return SparseTensor(*sparse_slice_op(*sparse.fetch_parts(), start, size, name=scope))


def _parts(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [part for part in _part(ctx.shape(3)) for _ in range(ctx.attrs["num_split"])]


@op(
    "SparseSplit",
    "split_dim: int64, indices: int64, values: T, shape: int64 -> output_indices: num_split * "
    "int64, output_values: num_split * T, output_shape: num_split * int64",
    shape=_parts,
    limits={"num_split": 1},
    host=True,
    folds=True,
)
def sparse_split_op(xp, axis, indices, values, sizes, *, num_split: int):
    """A sparse any[*sizes] -> `num_split` of them, cut along `axis`, i64[].

    Where that does not come out even the first ones have one more.
    """
    rows.check_one(indices, values, sizes)
    at, rank = int(axis), len(sizes)
    if not rank or at >= rank:
        refuse(f"Input split_dim should be between 0 and rank ({rank}), got {at}")
    if num_split > sizes[at]:
        refuse(
            "Input num_split should be between 1 and the splitting dimension size "
            f"({sizes[at]}), got {num_split}"
        )
    each, longer = divmod(int(sizes[at]), num_split)
    counts = np.array([each + (number < longer) for number in range(num_split)])
    stops = np.cumsum(counts)
    part_of = np.searchsorted(stops, indices[:, at], side="right")
    found: list[tuple] = []
    for number, count in enumerate(counts):
        own = part_of == number
        moved, size = indices[own], sizes.copy()
        moved[:, at] -= stops[number] - count
        size[at] = count
        found.append((moved, values[own], size))
    return [part for kind in zip(*found, strict=True) for part in kind]


_REQUIRED = object()


@deprecated_args(None, "split_dim is deprecated, use axis instead", "split_dim")
def sparse_split(
    keyword_required: Any = _REQUIRED,
    sp_input: Any = None,
    num_split: int | None = None,
    axis: Any = None,
    name: str | None = None,
    split_dim: Any = None,
) -> list[SparseTensor]:
    """Returns `num_split` sparse tensors: `sp_input` cut along `axis`.

    Where that does not come out even the first ones have one more. All arguments go by keyword.

    Raises:
      ValueError: an argument that is not named, or is missing.
    """
    if keyword_required is not _REQUIRED:
        raise ValueError("Keyword arguments are required for this function.")
    for given, value in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if value is None:
            raise ValueError(f"{given} is required")
    axis = renamed("axis", axis, "split_dim", split_dim)
    sparse = as_sparse_tensor(sp_input)
    made = sparse_split_op(axis, *sparse.fetch_parts(), num_split=num_split, name=name)
    return [SparseTensor(*parts) for parts in zip(*made, strict=True)]
