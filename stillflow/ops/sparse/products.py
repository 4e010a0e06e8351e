"""The product of a sparse matrix and a dense one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, is_within, refuse
from stillflow.declare.type_sets import COMPLEX, INDEX
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, transposing
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.sparse_tensor import as_sparse_tensor


def _product(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(0), 2)
    shapes.with_rank(ctx.shape(1), 1)
    shapes.with_rank(ctx.shape(2), 1)
    a = shapes.with_rank(ctx.value_as_shape(2), 2)
    b = shapes.with_rank(ctx.shape(3), 2)
    a = a[::-1] if ctx.attrs["adjoint_a"] else a
    b = b[::-1] if ctx.attrs["adjoint_b"] else b
    shapes.merge_size(a[1], b[0])
    return a[0], b[1]


@op(
    "SparseTensorDenseMatMul",
    "a_indices: Tindices, a_values: T, a_shape: int64, b: T -> product: T",
    shape=_product,
    static=("a_shape",),
    steady=("a_shape", "b"),
    types={"Tindices": INDEX},
    defaults={"Tindices": dtypes.int64},
    flops=lambda indices, values, sizes, b: 2 * indices[0] * max(b),
)
def sparse_tensor_dense_matmul_op(
    xp, indices, values, sizes, b, *, adjoint_a: bool = False, adjoint_b: bool = False
):
    """indices: i[e, 2], values: n[e], sizes: i64[2], of the matrix n[n, k]; b: n[k, m] -> n[n, m].

    The products of elements are added up in their order.
    """
    _check_matrices(indices, values, sizes, b)
    b = xp.conj(b.T) if adjoint_b else b
    rows, inner = sizes[::-1].tolist() if adjoint_a else sizes.tolist()
    if inner != b.shape[0]:
        shape = b.shape[::-1] if adjoint_b else b.shape
        refuse(
            "Cannot multiply A and B because inner dimension does not match: "
            f"{inner} vs. {b.shape[0]}.  Did you forget a transpose?  Dimensions of A: "
            f"[{sizes[0]}, {sizes[1]}).  Dimensions of B: {shapes.format_sizes(shape)}"
        )
    if not values.size or not b.size or not rows:
        return xp.zeros((rows, b.shape[1]), values.dtype)
    row, column = indices[:, int(adjoint_a)], indices[:, int(not adjoint_a)]
    outside = partial(_outside, inner, rows, int(adjoint_a))
    xp.check(is_within(column, inner) & is_within(row, rows), outside, column, row)
    # TensorFlow's kernel transposes a complex `a`, but does not conjugate it.
    return xp.sparse_matmul(rows, row, column, values, b)


def _check_matrices(indices: Any, values: Any, sizes: Any, b: Any) -> None:
    if b.ndim != 2:
        refuse("Tensor 'b' is not a matrix")
    if sizes.ndim != 1:
        refuse("Tensor 'a_shape' is not a vector")
    if len(sizes) != 2:
        refuse("Tensor 'a_shape' must have 2 elements")
    if values.ndim != 1:
        refuse("Tensor 'a_values' is not a vector")
    if indices.ndim != 2:
        refuse("Tensor 'a_indices' is not a matrix")
    if len(indices) != len(values):
        refuse("Number of rows of a_indices does not match number of entries in a_values")
    if indices.shape[1] != len(sizes):
        refuse("Number of columns of a_indices does not match number of entries in a_shape")


def _outside(inner: int, rows: int, at: int, column: np.ndarray, row: np.ndarray) -> str:
    place = first_false(is_within(column, inner) & is_within(row, rows))[0]
    if not is_within(column[place : place + 1], inner).all():
        return f"k ({column[place]}) from index[{place},{1 - at}] out of bounds (>={inner})"
    return f"m ({row[place]}) from index[{place},{at}] out of bounds (>={rows})"


@sparse_tensor_dense_matmul_op.gradient
def sparse_tensor_dense_matmul_gradient(op, dy):
    """That of the values is computed where they are: no dense matrix is made for it."""
    indices, values, sizes, b = op.inputs
    adjoint_a, adjoint_b = op.attrs["adjoint_a"], op.attrs["adjoint_b"]
    dtype = values.dtype.base_dtype
    if dtype in COMPLEX:
        raise NotImplementedError("SparseTensorDenseMatMul op does not support complex gradients.")
    db = sparse_tensor_dense_matmul_op(indices, values, sizes, dy, adjoint_a=not adjoint_a)
    if adjoint_b:
        db = transposing.transpose(db)
    rows, columns = indices[:, 0], indices[:, 1]
    if adjoint_a:
        rows, columns = columns, rows
    of_product = gathering.gather(dy, rows)
    of_factor = gathering.gather(transposing.transpose(b) if adjoint_b else b, columns)
    return None, reductions.reduce_sum(of_product * of_factor, axis=1), None, db


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """Returns the product of a sparse matrix n[n, k] and a dense one n[k, m], n[n, m].

    Either is transposed first when asked; `b` is conjugated then, too.

    Raises:
      TypeError: `sp_a` is no SparseTensor.
      ValueError: the inner sizes differ.
    """
    sparse = as_sparse_tensor(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sparse.indices, sparse.values, b]):
        b = convert_to_tensor(b, name="b")
        return sparse_tensor_dense_matmul_op(
            *sparse.fetch_parts(), b, adjoint_a=adjoint_a, adjoint_b=adjoint_b
        )
