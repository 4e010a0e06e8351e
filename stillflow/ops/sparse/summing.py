"""Sparse tensors added to each other, and the larger or smaller of two."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import NUMBERS, REAL_NUMBERS
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.adding import sparse_tensor_dense_add
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor, is_sparse
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup

_TWO = (
    "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64"
)


def _sum_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = shapes.with_rank(ctx.shape(2), 1)
    return [(None, sizes[0]), (None,), sizes]


@op(
    "SparseAdd",
    f"{_TWO}, thresh: Treal -> sum_indices: int64, sum_values: T, sum_shape: int64",
    shape=_sum_shapes,
    types={"T": NUMBERS, "Treal": REAL_NUMBERS},
    host=True,
    folds=True,
)
def sparse_add_op(xp, a_indices, a_values, a_sizes, b_indices, b_values, b_sizes, threshold):
    """Two sparse n[*sizes], in order -> their sum; a sum of two elements that is below
    `threshold`, n[], is left out."""
    rows.check_two((a_indices, b_indices), (a_values, b_values), (a_sizes, b_sizes))
    if threshold.ndim:
        shown = shapes.format_sizes(threshold.shape)
        refuse(f"The magnitude threshold must be a scalar: got shape {shown}")
    found, in_a, in_b = rows.united(a_indices, b_indices)
    values = np.empty(len(found), a_values.dtype)
    values[in_a >= 0] = a_values[in_a[in_a >= 0]]
    values[in_a < 0] = b_values[in_b[in_a < 0]]
    both = (in_a >= 0) & (in_b >= 0)
    values[both] += b_values[in_b[both]]
    kept = ~both | (abs(values) >= threshold)
    return found[kept], values[kept], a_sizes.copy()


@op(
    "SparseAddGrad",
    "backprop_val_grad: T, a_indices: int64, b_indices: int64, sum_indices: int64"
    " -> a_val_grad: T, b_val_grad: T",
    shape=lambda ctx: [shapes.with_rank(ctx.shape(index), 2)[:1] for index in (1, 2)],
    types={"T": NUMBERS},
    host=True,
    folds=True,
)
def sparse_add_grad(xp, dy, a_indices, b_indices, sum_indices):
    """dy: n[k], a_indices: i64[n, r], b_indices: i64[m, r], sum_indices: i64[k, r] -> n[n], n[m]"""
    _check_gradient(dy, a_indices, b_indices, sum_indices)
    return _reached(dy, a_indices, sum_indices), _reached(dy, b_indices, sum_indices)


def _reached(dy: np.ndarray, indices: np.ndarray, sum_indices: np.ndarray) -> np.ndarray:
    """The gradients of the elements `indices` that are in the sum; of the others 0."""
    _, own, in_sum = rows.united(indices, sum_indices)
    both = (own >= 0) & (in_sum >= 0)
    result = np.zeros(len(indices), dy.dtype)
    result[own[both]] = dy[in_sum[both]]
    return result


def _check_gradient(dy: Any, *matrices: Any) -> None:
    shown = [shapes.format_sizes(part.shape) for part in matrices]
    if any(part.ndim != 2 for part in matrices):
        refuse(f"Input indices should be matrices but received shapes: {' and '.join(shown)}")
    if dy.ndim != 1:
        refuse(
            "Input backprop_val_grad should be a vector but received shape: "
            f"{shapes.format_sizes(dy.shape)}"
        )
    ranks = [part.shape[1] for part in matrices]
    if len(set(ranks)) > 1:
        refuse(
            "The densified operands should have the same ndims; for A, B, sum got: "
            f"{''.join(map(str, ranks))}"
        )
    if len(dy) != len(matrices[2]):
        refuse(
            "# elements of backprop_val_grad and # rows of sum_indices should match (#nnz of "
            f"sum): got {len(dy)} and {len(matrices[2])}"
        )


@sparse_add_op.gradient
def sparse_add_gradient(op, _, dy, __):
    a_indices, a_values, _, b_indices, b_values, _, _ = op.inputs
    da, db = sparse_add_grad(dy, a_indices, b_indices, op.outputs[0])
    da.set_shape(a_values.shape)
    db.set_shape(b_values.shape)
    return None, da, None, None, db, None, None


@deprecated_args(None, "thresh is deprecated, use threshold instead", "thresh")
def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """Returns the sum of two tensors of one shape at least one of which is sparse.

    It is sparse where both are, and then without sums of two elements that are below `threshold`.

    Raises:
      TypeError: neither is sparse.
      ValueError: their shapes differ.
    """
    threshold = deprecated_argument_lookup("threshold", threshold, "thresh", thresh)
    if not is_sparse(a) and not is_sparse(b):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if is_sparse(a) and is_sparse(b):
        return _sparse_sum(as_sparse_tensor(a), as_sparse_tensor(b), threshold or 0)
    sparse, dense = (a, b) if is_sparse(a) else (b, a)
    return sparse_tensor_dense_add(sparse.indices, sparse.values, sparse.dense_shape, dense)


def _sparse_sum(a: SparseTensor, b: SparseTensor, threshold: Any) -> SparseTensor:
    dtype = a.values.dtype.real_dtype.base_dtype
    threshold = convert_to_tensor(threshold, dtype, "threshold")
    made: Any = sparse_add_op(*a.fetch_parts(), *b.fetch_parts(), threshold)
    indices, values, sizes = made
    a.shape.assert_is_compatible_with(b.shape)
    known = TensorShape.of(shapes.broadcast_sizes(a.shape.sizes, b.shape.sizes))
    if known.is_fully_defined():
        sizes = known.as_list()
    return SparseTensor(indices, values, sizes)


def _extremum_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    for index, rank in enumerate((2, 1, 1, 2, 1, 1)):
        shapes.with_rank(ctx.shape(index), rank)
    return [(None, None), (None,)]


def _extremum(name: str, pick: np.ufunc, types: tuple) -> OpDef:
    """Declares SparseSparse`name`; `types` are those of its elements."""

    @op(
        f"SparseSparse{name}",
        f"{_TWO} -> output_indices: int64, output_values: T",
        shape=_extremum_shapes,
        types={"T": types},
        host=True,
        folds=True,
    )
    def extremum(xp, a_indices, a_values, a_sizes, b_indices, b_values, b_sizes):
        """Two sparse n[*sizes], in order -> one with an element wherever either has one."""
        rows.check_two((a_indices, b_indices), (a_values, b_values), (a_sizes, b_sizes))
        found, in_a, in_b = rows.united(a_indices, b_indices)
        zero = np.zeros(1, a_values.dtype)
        a, b = (np.append(values, zero) for values in (a_values, b_values))
        return found, pick(a[in_a], b[in_b])

    @extremum.gradient
    def extremum_gradient(op, *_):
        raise NotImplementedError(
            f"Gradient for SparseSparse{name} is currently not implemented yet."
        )

    return extremum


sparse_sparse_maximum = _extremum("Maximum", np.maximum, REAL_NUMBERS)
sparse_sparse_minimum = _extremum("Minimum", np.minimum, NUMBERS)


def sparse_maximum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """Returns the larger of the elements of two sparse tensors of one shape; one that only one of
    them has is compared with 0."""
    return _larger_or_smaller("SparseSparseMaximum", sparse_sparse_maximum, sp_a, sp_b, name)


def sparse_minimum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """Returns the smaller of the elements of two sparse tensors of one shape; one that only one of
    them has is compared with 0."""
    return _larger_or_smaller("SparseSparseMinimum", sparse_sparse_minimum, sp_a, sp_b, name)


def _larger_or_smaller(
    op_name: str, extremum: OpDef, a: SparseTensor, b: SparseTensor, name: str | None
) -> SparseTensor:
    parts: list[Tensor] = [*a.fetch_parts(), *b.fetch_parts()]
    with name_scope(name, op_name, [a.indices, a.values, b.indices, b.values]) as scope:
        made: Any = extremum(*parts, name=scope)
    return SparseTensor(made[0], made[1], a.dense_shape)
