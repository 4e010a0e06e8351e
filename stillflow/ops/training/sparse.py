"""The optimizers' updates of some rows of a variable, for a sparse gradient.

Each op does to the rows `indices` of the variable and its slots what its dense twin in `training`
does to all of them. The indices must be distinct: the optimizers add up repeated ones beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import first_false, is_within, refuse
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.ops.training import dense as dense_ops


def _rows_of(dense: OpDef, signature: str, grad: int) -> Callable[[Callable], OpDef]:
    """Declares the twin of `dense` for the rows `indices`, the input after the gradient."""
    return op(
        f"Sparse{dense.type}",
        signature,
        writes=dense.writes,
        writes_rows=True,
        types={"T": NUMBERS, "Tindices": INDEX},
        shape=updated(len(dense.writes), grad),
        explain=dense_ops.no_scalar,
    )


def updated(writes: int, grad: int) -> Callable[[shapes.ShapeContext], shapes.Sizes]:
    """refs: [n, ...], grad: [k, ...], indices: [k]; the other inputs are scalars."""

    def shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
        merged = shapes.merge_all(ctx.shapes(0, writes))
        rows, (count,) = ctx.shape(grad), shapes.with_rank(ctx.shape(grad + 1), 1)
        if rows:
            shapes.merge_size(rows[0], count)
            merged = shapes.merge(merged, (None, *rows[1:]))
        for index in range(writes, len(ctx.inputs)):
            if index not in (grad, grad + 1):
                shapes.with_rank(ctx.shape(index), 0)
        return merged

    return shape


def on_rows(xp, dense: OpDef, inputs: Sequence[Any], grad: int, **attrs: Any):
    """refs: n[n, ...] each, grad: n[k, ...], indices: i[k] -> the refs with those rows updated."""
    count, indices = len(dense.writes), inputs[grad + 1]
    refs, rest = inputs[:count], [*inputs[count : grad + 1], *inputs[grad + 2 :]]
    _check_rows(refs[0].shape, inputs[grad].shape, indices.shape)
    size = refs[0].shape[0]
    xp.check(is_within(indices, size), lambda found: _out_of_range(found, size), indices)
    rows = dense.fn(xp, *(ref[indices] for ref in refs), *rest, **attrs)
    if count == 1:
        return xp.set_at(refs[0], indices, rows)
    return tuple(xp.set_at(ref, indices, row) for ref, row in zip(refs, rows, strict=True))


def _check_rows(var: Sequence[int], grad: Sequence[int], indices: Sequence[int]) -> None:
    if len(indices) != 1:
        refuse("indices must be one-dimensional")
    for axis in range(1, len(var)):
        if grad[axis : axis + 1] != var[axis : axis + 1]:
            refuse(f"var and grad must match in dimension {axis}")
    if grad[:1] != indices:
        refuse("grad must be the same size as indices in the first dimension.")


def _out_of_range(indices, size: int) -> str:
    (offset,) = first_false(is_within(indices, size))
    return f"Index {indices[offset]} at offset {offset} in indices is out of range"


@_rows_of(
    dense_ops.apply_momentum,
    "var: ref T, accum: ref T, lr: T, grad: T, indices: Tindices, momentum: T -> out: ref T",
    grad=3,
)
def sparse_apply_momentum(xp, *inputs, use_locking: bool = False, use_nesterov: bool = False):
    return on_rows(xp, dense_ops.apply_momentum, inputs, 3, use_nesterov=use_nesterov)


@_rows_of(
    dense_ops.apply_adagrad,
    "var: ref T, accum: ref T, lr: T, grad: T, indices: Tindices -> out: ref T",
    grad=3,
)
def sparse_apply_adagrad(xp, *inputs, use_locking: bool = False, update_slots: bool = True):
    return on_rows(xp, dense_ops.apply_adagrad, inputs, 3, update_slots=update_slots)


@_rows_of(
    dense_ops.apply_adagrad_v2,
    "var: ref T, accum: ref T, lr: T, epsilon: T, grad: T, indices: Tindices -> out: ref T",
    grad=4,
)
def sparse_apply_adagrad_v2(xp, *inputs, use_locking: bool = False, update_slots: bool = True):
    return on_rows(xp, dense_ops.apply_adagrad_v2, inputs, 4, update_slots=update_slots)


@_rows_of(
    dense_ops.apply_adadelta,
    "var: ref T, accum: ref T, accum_update: ref T, lr: T, rho: T, epsilon: T, grad: T, "
    "indices: Tindices -> out: ref T",
    grad=6,
)
def sparse_apply_adadelta(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_adadelta, inputs, 6)


@_rows_of(
    dense_ops.apply_rms_prop,
    "var: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, grad: T, "
    "indices: Tindices -> out: ref T",
    grad=7,
)
def sparse_apply_rms_prop(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_rms_prop, inputs, 7)


@_rows_of(
    dense_ops.apply_centered_rms_prop,
    "var: ref T, mg: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, "
    "grad: T, indices: Tindices -> out: ref T",
    grad=8,
)
def sparse_apply_centered_rms_prop(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_centered_rms_prop, inputs, 8)


@_rows_of(
    dense_ops.apply_ftrl,
    "var: ref T, accum: ref T, linear: ref T, grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
    "lr_power: T -> out: ref T",
    grad=3,
)
def sparse_apply_ftrl(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_ftrl, inputs, 3)


@_rows_of(
    dense_ops.apply_ftrl_v2,
    "var: ref T, accum: ref T, linear: ref T, grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
    "l2_shrinkage: T, lr_power: T -> out: ref T",
    grad=3,
)
def sparse_apply_ftrl_v2(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_ftrl_v2, inputs, 3)


@_rows_of(
    dense_ops.apply_proximal_gradient_descent,
    "var: ref T, alpha: T, l1: T, l2: T, grad: T, indices: Tindices -> out: ref T",
    grad=4,
)
def sparse_apply_proximal_gradient_descent(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_proximal_gradient_descent, inputs, 4)


@_rows_of(
    dense_ops.apply_proximal_adagrad,
    "var: ref T, accum: ref T, lr: T, l1: T, l2: T, grad: T, indices: Tindices -> out: ref T",
    grad=5,
)
def sparse_apply_proximal_adagrad(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_proximal_adagrad, inputs, 5)


@_rows_of(
    dense_ops.apply_adagrad_da,
    "var: ref T, gradient_accumulator: ref T, gradient_squared_accumulator: ref T, grad: T, "
    "indices: Tindices, lr: T, l1: T, l2: T, global_step: int64 -> out: ref T",
    grad=3,
)
def sparse_apply_adagrad_da(xp, *inputs, use_locking: bool = False):
    return on_rows(xp, dense_ops.apply_adagrad_da, inputs, 3)
