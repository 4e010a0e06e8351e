"""Adding a sparse tensor to a dense one."""

from __future__ import annotations

from functools import partial

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import is_within, refuse
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.ops.array import scattering


def _like_dense(ctx: shapes.ShapeContext) -> shapes.Sizes:
    indices, values, sizes, dense = ctx.shapes()
    for known, rank in ((indices, 2), (values, 1), (sizes, 1)):
        shapes.with_rank(known, rank)
    return dense


@op(
    "SparseTensorDenseAdd",
    "a_indices: Tindices, a_values: T, a_shape: Tindices, b: T -> output: T",
    shape=_like_dense,
    types={"T": NUMBERS, "Tindices": INDEX},
)
def sparse_tensor_dense_add(xp, indices, values, sizes, dense):
    """indices: i[m, r], values: n[m], sizes: i[r], dense: n[*sizes] -> dense with values added."""
    if sizes.shape != (dense.ndim,):
        ranks = f"{sizes.size} and {dense.ndim}"
        refuse(f"Two operands have different ranks; received: {ranks}")
    if indices.shape != (*values.shape, dense.ndim):
        refuse(
            f"The indices must be {shapes.format_sizes((*values.shape, dense.ndim))}, "
            f"a row for each value, but are {shapes.format_sizes(indices.shape)}"
        )
    xp.check(sizes == np.array(dense.shape, sizes.dtype), partial(_unlike, dense.shape), sizes)
    columns = tuple(indices[:, axis] for axis in range(dense.ndim))
    for axis, size in enumerate(dense.shape):
        xp.check(is_within(columns[axis], size), partial(_invalid_index, dense.shape, axis))
    if not columns:
        return dense + values.sum(dtype=values.dtype)
    return xp.add_at(dense, columns, values)


def _unlike(dense: tuple[int, ...], sparse: np.ndarray) -> str:
    axis = int(np.argmax(sparse != np.array(dense)))
    return (
        f"Dimension {axis} does not equal (no broadcasting is supported): "
        f"sparse side {sparse[axis]} vs dense side {dense[axis]}"
    )


def _invalid_index(sizes: tuple[int, ...], axis: int) -> str:
    shown = shapes.format_sizes(sizes)
    return f"Sparse tensor has some invalid index on dimension {axis}; dense tensor shape: {shown}"


@sparse_tensor_dense_add.gradient
def sparse_tensor_dense_add_gradient(op, dy):
    return None, scattering.gather_nd_op(dy, op.inputs[0]), None, dy
