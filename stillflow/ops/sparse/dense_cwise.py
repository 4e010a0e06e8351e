"""Elements of a sparse tensor combined with those of a dense one, which is broadcast to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import is_within, refuse
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import filling, joining, reshaping, scattering, shape_of, slicing
from stillflow.ops.math import casts, division, elementwise
from stillflow.ops.sparse.adding import sparse_tensor_dense_add

_LARGEST_RANK = 5  # of the tensors that TensorFlow's kernels take


def _cwise(name: str, combine: Callable[[Any, Any, Any], Any]) -> OpDef:
    """Declares SparseDenseCwise`name`."""

    @op(
        f"SparseDenseCwise{name}",
        "sp_indices: int64, sp_values: T, sp_shape: int64, dense: T -> output: T",
        shape=lambda ctx: shapes.with_rank(ctx.shape(0), 2)[:1],
        static=("sp_shape",),
        types={"T": NUMBERS},
        near_zero=("dense",) if name == "Div" else (),
    )
    def cwise(xp, indices, values, sizes, dense):
        """indices: i64[n, r], values: n[n], sizes: i64[r], dense: n[...] -> n[n]"""
        return combine(xp, values, _met(xp, indices, values, sizes, dense))

    return cwise


def _met(xp: Any, indices: Any, values: Any, sizes: Any, dense: Any) -> Any:
    """The element of `dense`, broadcast to `sizes`, that each element of a sparse tensor meets."""
    if indices.ndim != 2:
        shown = shapes.format_sizes(indices.shape)
        refuse(f"Input sp_indices should be a matrix but received shape: {shown}")
    if values.ndim != 1 or sizes.ndim != 1:
        shown = f"{shapes.format_sizes(values.shape)} and {shapes.format_sizes(sizes.shape)}"
        refuse(f"Inputs sp_values and sp_shape should be vectors but received shapes: {shown}")
    whole = sizes.tolist()
    rank, missing = len(whole), len(whole) - dense.ndim
    matches = zip(whole[max(missing, 0) :], dense.shape, strict=False)
    if missing < 0 or any(other not in (1, own) or other > own for own, other in matches):
        refuse(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, whole))}] vs. [{','.join(map(str, dense.shape))}]"
        )
    if not 1 <= rank <= _LARGEST_RANK:
        refuse(
            f"Only tensors with ranks between 1 and {_LARGEST_RANK} are currently supported.  "
            f"Tensor rank: {rank}"
        )
    xp.check(
        is_within(indices, np.array(whole, np.uint64)),
        lambda _: "Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape",
        indices,
    )
    columns = [indices[:, missing + axis] for axis in range(dense.ndim)]
    places = [
        xp.zeros_like(column) if size == 1 else column
        for column, size in zip(columns, dense.shape, strict=True)
    ]
    return xp.asarray(dense)[tuple(places)] if places else xp.broadcast_to(dense, values.shape)


sparse_dense_cwise_add = _cwise("Add", lambda xp, x, y: x + y)
sparse_dense_cwise_mul = _cwise("Mul", lambda xp, x, y: x * y)
sparse_dense_cwise_div = _cwise("Div", division.divide_op.fn)


@sparse_dense_cwise_add.gradient
def sparse_dense_cwise_add_gradient(op, dy):
    raise NotImplementedError("Gradient for SparseDenseCwiseAdd is currently not implemented yet.")


@sparse_dense_cwise_mul.gradient
def sparse_dense_cwise_mul_gradient(op, dy):
    return _gradients(op, dy, lambda x, y: (dy * y, dy * x))


@sparse_dense_cwise_div.gradient
def sparse_dense_cwise_div_gradient(op, dy):
    return _gradients(op, dy, lambda x, y: (dy / y, dy * (-x / elementwise.square(y))))


def _gradients(
    op: Operation, dy: Tensor, of_elements: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
) -> tuple:
    """`of_elements` gives the gradients of what was combined, element by element."""
    indices, values, sizes, dense = op.inputs
    dense_sizes = casts.cast(shape_of.shape(dense), dtypes.int64)
    missing = reshaping.expand_dims(shape_of.size(sizes) - shape_of.size(dense_sizes), 0)
    augmented = joining.concat([filling.ones(missing, dtypes.int64), dense_sizes], 0)
    scaling = sizes // augmented
    places = indices // scaling
    start = joining.concat([[0], missing], 0)
    places = slicing.slice_(places, start, [-1, -1])
    met = scattering.gather_nd_op(dense, places)
    dvalues, of_dense = of_elements(values, met)
    nothing = filling.zeros_like(dense)
    ddense = sparse_tensor_dense_add(places, of_dense, dense_sizes, nothing)
    return None, dvalues, None, ddense
