"""Sparse tensors made dense."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, is_within, refuse
from stillflow.declare.type_sets import INDEX
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, scattering
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.rows import flat_places
from stillflow.ops.sparse.sparse_tensor import as_sparse_tensor


def _dense(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(1), 1)
    return ctx.value_as_shape(1)


@op(
    "SparseToDense",
    "sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T"
    " -> dense: T",
    shape=_dense,
    static=("output_shape",),
    steady=("output_shape",),
    types={"Tindices": INDEX},
)
def sparse_to_dense_op(xp, indices, sizes, values, default, *, validate_indices: bool = True):
    """indices: i[n, r], i[n] or i[], sizes: i[r], values: any[n] or any[], default: any[] ->
    any[*sizes], `default` but for the elements `indices`"""
    sizes = _checked_sizes(indices, sizes, values, default)
    rows = indices.reshape(indices.shape[0] if indices.ndim else 1, len(sizes))
    _check_rows(xp, rows, sizes, validate_indices)
    dense = xp.full(sizes, default, values.dtype)
    return xp.set_at(dense, tuple(rows[:, axis] for axis in range(len(sizes))), values)


def _checked_sizes(indices: Any, sizes: Any, values: Any, default: Any) -> tuple[int, ...]:
    count = indices.shape[0] if indices.ndim else 1
    rank = indices.shape[1] if indices.ndim > 1 else 1
    shown = shapes.format_sizes
    if indices.ndim > 2:
        refuse(
            "sparse_indices should be a scalar, vector, or matrix, got shape "
            f"{shown(indices.shape)}"
        )
    if sizes.ndim > 1:
        refuse(f"output_shape should be a vector, got shape {shown(sizes.shape)}")
    if sizes.size != rank:
        refuse(f"output_shape has incorrect number of elements: {sizes.size} should be: {rank}")
    if values.shape not in ((), (count,)):
        refuse(
            f"sparse_values has incorrect shape {shown(values.shape)}, should be [] or [{count}]"
        )
    if default.ndim:
        refuse("default_value should be a scalar.")
    return tuple(sizes.reshape(-1).tolist())


def _check_rows(xp: Any, rows: Any, sizes: tuple[int, ...], in_order: bool) -> None:
    limits = np.array(sizes, f"u{rows.dtype.itemsize}")
    outside = partial(_row_outside, limits, sizes) if in_order else partial(_some_outside, sizes)
    xp.check(is_within(rows, limits), outside, rows)
    if in_order and len(rows) > 1 and 0 not in sizes:
        flat = flat_places(xp, rows, sizes)
        xp.check(flat[1:] > flat[:-1], _row_misplaced, rows, flat)


def check_order(prefix: str, rows: np.ndarray, sizes: tuple[int, ...]) -> None:
    """Fails the run unless `rows`, i[n, r], are within a shape, and in order; on the host."""
    try:
        _check_rows(NUMPY, rows, sizes, in_order=True)
    except InvalidArgumentError as error:
        refuse(prefix + error.message)


def _some_outside(sizes: tuple[int, ...], rows: np.ndarray) -> str:
    return f"Indices are not valid (out of bounds).  Shape: {shapes.format_sizes(sizes)}"


def _row_outside(limits: np.ndarray, sizes: tuple[int, ...], rows: np.ndarray) -> str:
    at = first_false(np.all(is_within(rows, limits), axis=-1))[0]
    shown = ",".join(map(str, sizes))
    return f"{_place(rows, at)} is out of bounds: need 0 <= index < [{shown}]"


def _row_misplaced(rows: np.ndarray, flat: np.ndarray) -> str:
    at = first_false(flat[1:] > flat[:-1])[0] + 1
    if flat[at] == flat[at - 1]:
        return f"{_place(rows, at)} is repeated"
    return (
        f"{_place(rows, at)} is out of order. Many sparse ops require sorted indices.\n"
        "    Use `tf.sparse.reorder` to create a correctly ordered copy.\n\n"
    )


def _place(rows: np.ndarray, at: int) -> str:
    return f"indices[{at}] = [{','.join(map(str, rows[at].tolist()))}]"


@sparse_to_dense_op.gradient
def sparse_to_dense_gradient(op, dy):
    indices, sizes, _, _ = op.inputs
    dvalues = scattering.gather_nd_op(dy, indices)
    ddefault = reductions.reduce_sum(dy) - reductions.reduce_sum(dvalues)
    return filling.zeros_like(indices), filling.zeros_like(sizes), dvalues, ddefault


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns any[*output_shape], `default_value` but at `sparse_indices`: `sparse_values` there.

    Args:
      sparse_indices: i[n, r], or i[n] for a vector, or i[] for one element of it.
      output_shape: i[r].
      sparse_values: any[n], or any[] for all the indices.
      validate_indices: whether a run fails when they are not in the order of rows, or repeated.
    """
    return sparse_to_dense_op(
        sparse_indices,
        output_shape,
        sparse_values,
        default_value,
        validate_indices=validate_indices,
        name=name,
    )


def sparse_tensor_to_dense(
    sp_input: Any,
    default_value: Any = None,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns `sp_input` as a dense tensor, `default_value` (else zero) where it has no element.

    Raises:
      TypeError: `sp_input` is no SparseTensor.
    """
    sparse = as_sparse_tensor(sp_input)
    if default_value is None:
        default_value = filling.zeros([], sparse.dtype)
    return sparse_to_dense(
        sparse.indices, sparse.dense_shape, sparse.values, default_value, validate_indices, name
    )
