"""Weights of losses: a scalar, or of the rank of the values with each size that of the values or 1.

That is stricter than NumPy's broadcasting, which would let weights [n] scale the columns of [m, n].
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import Sizes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import no_op
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import arithmetic, comparison
from stillflow.ops.sparse.sets import dense_to_dense_set_operation_op

_REFUSAL = "weights can not be broadcast to values."


def broadcast_weights(weights: Any, values: Any) -> Tensor:
    """Returns `weights` repeated to the shape of `values`, n[...]."""
    with name_scope(None, "broadcast_weights", [weights, values]) as scope:
        values = convert_to_tensor(values, name="values")
        weights = convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        if weights.shape.is_fully_defined() and weights.shape.sizes == values.shape.sizes:
            return weights
        with control_dependencies([assert_broadcastable(weights, values)]):
            return arithmetic.multiply(weights, filling.ones_like(values), name=scope)


def assert_broadcastable(weights: Any, values: Any) -> Operation:
    """Returns an operation that fails the run unless `weights` can weigh `values`.

    Raises:
      ValueError: the shapes are known, and they cannot.
    """
    if _is_scalar_now(weights):
        return no_op()
    with name_scope(None, "assert_broadcastable", [weights, values]) as scope:
        weights, weights_shape, weights_rank = _described("weights", weights)
        values, values_shape, values_rank = _described("values", values)
        own, full = weights.shape.sizes, values.shape.sizes
        if own is not None and full is not None:
            if not own:
                return no_op(name="static_scalar_check_success")
            _check_rank(own, full, weights, values)
            if None not in own and None not in full:
                _check_sizes(own, full)
                return no_op(name="static_dims_check_success")
        is_scalar = comparison.equal(0, weights_rank, name="is_scalar")
        shown = [
            *(_REFUSAL, "weights.shape=", weights.name, weights_shape),
            *("values.shape=", values._shown_name, values_shape, "is_scalar=", is_scalar),
        ]
        fits = cond(
            is_scalar,
            lambda: is_scalar,
            lambda: _fits(weights_rank, weights_shape, values_rank, values_shape),
            name="is_valid_shape",
        )
        return assert_that(fits, shown, name=scope)


def _is_scalar_now(weights: Any) -> bool:
    """Whether it is a scalar of eager mode, which can weigh anything."""
    is_number = type(weights) is float or type(weights) is int
    is_tensor = type(weights) is EagerTensor and not weights._value.shape
    return (is_number or is_tensor) and executing_eagerly()


def _fits(
    weights_rank: Tensor, weights_shape: Tensor, values_rank: Tensor, values_shape: Tensor
) -> Tensor:
    """Whether weights that are no scalar have the values' rank, and each size theirs or 1."""
    given = (weights_rank, weights_shape, values_rank, values_shape)
    with name_scope(None, "has_valid_nonscalar_shape", given) as scope:
        same_rank = comparison.equal(values_rank, weights_rank, name="is_same_rank")
        return cond(
            same_rank,
            lambda: _sizes_fit(weights_shape, values_shape),
            lambda: same_rank,
            name=scope,
        )


def _sizes_fit(weights_shape: Tensor, values_shape: Tensor) -> Tensor:
    with name_scope(None, "has_invalid_dims", (weights_shape, values_shape)) as scope:
        allowed = reshaping.expand_dims(values_shape, -1)
        allowed = joining.concat((allowed, filling.ones_like(allowed)), 1)
        own = reshaping.expand_dims(weights_shape, -1)
        _, others, _ = dense_to_dense_set_operation_op(own, allowed, set_operation="a-b")
        count = shape_of.size(others, name="num_invalid_dims")
        return comparison.equal(0, count, name=scope)


def _described(what: str, value: Any) -> tuple[Tensor, Tensor, Tensor]:
    """`value` as a tensor, its shape and its rank."""
    with name_scope(None, what, [value]) as scope:
        tensor = convert_to_tensor(value, name=scope)
        return tensor, shape_of.shape(tensor, name="shape"), shape_of.rank(tensor, name="rank")


def _check_rank(own: tuple, full: tuple, weights: Tensor, values: Tensor) -> None:
    if len(own) != len(full):
        raise ValueError(
            f"{_REFUSAL} values.rank={len(full)}. weights.rank={len(own)}. "
            f"values.shape={values.shape}. weights.shape={weights.shape}."
        )


def _spaced(sizes: Sizes) -> str:
    return f"[{' '.join(map(str, sizes or ()))}]"


def _check_sizes(own: Sizes, full: Sizes) -> None:
    for axis, (a, b) in enumerate(zip(own or (), full or (), strict=True)):
        if a not in (1, b):
            shapes = f"values.shape={_spaced(full)} weights.shape={_spaced(own)}"
            raise ValueError(f"{_REFUSAL} Mismatch at dim {axis}. {shapes}.")
