"""Running sums and products along one axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX, NUMBERS, types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import selecting
from stillflow.ops.math import comparison, elementwise


def _scan(allowed: Any) -> dict[str, Any]:
    return {
        "shape": shapes.same,
        "static": ("axis",),
        "types": {"T": allowed, "Tidx": INDEX},
        "defaults": {"Tidx": dtypes.int32},
    }


def _scanned(
    xp: Any, scan: Callable, x: Any, axis: Any, first: float, exclusive: bool, reverse: bool
) -> Any:
    """`scan` along `axis`, from its end with `reverse`, and with `exclusive` one element late."""
    if axis.ndim:
        refuse(f"ScanOp: axis must be a scalar, not {shapes.format_sizes(axis.shape)}")
    at, rank = int(axis), x.ndim
    axis = at + rank if at < 0 else at
    if not 0 <= axis < rank:
        refuse(f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {axis}")
    if reverse:
        x = xp.flip(x, axis)
    result = scan(x, axis)
    if exclusive and x.shape[axis]:
        before = [slice(None)] * x.ndim
        before[axis] = slice(0, -1)
        start = xp.full_like(result.take(xp.array([0]), axis), first)
        result = xp.concatenate([start, result[tuple(before)]], axis)
    return xp.flip(result, axis) if reverse else result


@op("Cumsum", "x: T, axis: Tidx -> out: T", **_scan(NUMBERS))
def cumsum_op(xp, x, axis, *, exclusive: bool = False, reverse: bool = False):
    """x: n[...], axis: i[] -> n[...], the sums of the elements up to each."""
    # dtype: NumPy would widen small integers.
    add = lambda x, axis: xp.cumsum(x, axis=axis, dtype=x.dtype)
    return _scanned(xp, add, x, axis, 0, exclusive, reverse)


@cumsum_op.gradient
def cumsum_gradient(op, dy):
    flipped = not op.attrs["reverse"]
    return cumsum(dy, op.inputs[1], exclusive=op.attrs["exclusive"], reverse=flipped), None


@op("Cumprod", "x: T, axis: Tidx -> out: T", **_scan(NUMBERS))
def cumprod_op(xp, x, axis, *, exclusive: bool = False, reverse: bool = False):
    """x: n[...], axis: i[] -> n[...], the products of the elements up to each."""
    multiply = lambda x, axis: xp.cumprod(x, axis=axis, dtype=x.dtype)
    return _scanned(xp, multiply, x, axis, 1, exclusive, reverse)


@cumprod_op.gradient
def cumprod_gradient(op, dy):
    # Not a number where x is 0, as in TensorFlow.
    x, axis = op.inputs
    exclusive, reverse = op.attrs["exclusive"], op.attrs["reverse"]
    product = cumprod(x, axis, exclusive=exclusive, reverse=reverse)
    return cumsum(product * dy, axis, exclusive=exclusive, reverse=not reverse) / x, None


@op(
    "CumulativeLogsumexp",
    "x: T, axis: Tidx -> out: T",
    **_scan(types("float16 float32 float64")),
)
def cumulative_logsumexp_op(xp, x, axis, *, exclusive: bool = False, reverse: bool = False):
    """x: f[...], axis: i[] -> f[...], the log of the sums of exp of the elements up to each."""
    add = lambda x, axis: xp.logaddexp.accumulate(x, axis)
    lowest = float(dtypes.as_dtype(x.dtype).min)
    return _scanned(xp, add, x, axis, lowest, exclusive, reverse)


@cumulative_logsumexp_op.gradient
def cumulative_logsumexp_gradient(op, dy):
    x, axis = op.inputs
    exclusive, reverse = op.attrs["exclusive"], op.attrs["reverse"]
    lowest = dy.dtype.min

    def summed(logs: Any) -> Any:
        """exp(x) times the running sums of exp(logs) over exp(y)."""
        sums = cumulative_logsumexp(
            logs - op.outputs[0], axis=axis, reverse=not reverse, exclusive=exclusive
        )
        return elementwise.exp(sums + x)

    positive = selecting.where_v2(comparison.greater(dy, 0), elementwise.log(dy), lowest)
    negative = selecting.where_v2(comparison.less(dy, 0), elementwise.log(-dy), lowest)
    of_positive = summed(positive)
    return of_positive - summed(negative), None


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Returns the sums of the elements of `x` up to each along `axis`.

    With `exclusive` an element is not part of its own sum; `reverse` sums from the end.
    """
    with name_scope(name, "Cumsum", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return cumsum_op(x, axis, exclusive=exclusive, reverse=reverse, name=scope)


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Returns the products of the elements of `x` up to each along `axis`, as `cumsum` sums."""
    with name_scope(name, "Cumprod", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return cumprod_op(x, axis, exclusive=exclusive, reverse=reverse, name=scope)


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Returns `log(cumsum(exp(x)))` without overflow, as `cumsum` sums."""
    with name_scope(name, "CumulativeLogsumexp", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return cumulative_logsumexp_op(x, axis, exclusive=exclusive, reverse=reverse, name=scope)
