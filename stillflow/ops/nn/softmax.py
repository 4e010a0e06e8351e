"""The softmax family: exp(x) / sum(exp(x)) along an axis, and its logarithm."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.rewriting import Instead, Seen
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import FLOATS
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.ops.array import joining, ranging, selecting, shape_of, transposing
from stillflow.ops.math import arithmetic, comparison, elementwise
from stillflow.ops.reduce import reductions

_DECLARATION: dict[str, Any] = {
    "shape": lambda ctx: shapes.with_rank_at_least(ctx.shape(0), 1),
    "types": {"T": FLOATS},
    "total": True,
}


def shifted_exp(xp, x):
    """exp(x - max(x)) along the last axis, which cannot overflow; with x - max(x)."""
    largest = xp.maximum.reduce(x, axis=-1, keepdims=True, initial=-np.inf)
    shifted = xp.subtract(x, largest)
    return xp.exp(shifted), shifted


@op("Softmax", "logits: T -> softmax: T", **_DECLARATION)
def softmax_op(xp, x):
    """x: f[..., k] -> f[..., k], exp(x) / sum(exp(x)) along the last axis."""
    _check_rank(x)
    exp, _ = shifted_exp(xp, x)
    return xp.divide(exp, xp.add.reduce(exp, axis=-1, keepdims=True, dtype=x.dtype))


@softmax_op.gradient
def softmax_gradient(op, dy):
    y = op.outputs[0]
    weighted = reductions.reduce_sum(dy * y, -1, keepdims=True)
    return (dy - weighted) * y


@op("LogSoftmax", "logits: T -> logsoftmax: T", **_DECLARATION)
def log_softmax_op(xp, x):
    """x: f[..., k] -> f[..., k], x - log(sum(exp(x))) along the last axis."""
    _check_rank(x)
    exp, shifted = shifted_exp(xp, x)
    return xp.subtract(shifted, xp.log(xp.sum(exp, axis=-1, keepdims=True, dtype=x.dtype)))


@elementwise.log.rewrite
def log_of_softmax(seen: Seen) -> Instead | None:
    """log(softmax(x)) is computed as log_softmax(x), which does not underflow."""
    child = seen.producer(0)
    if child is None or child.defn is not softmax_op:
        return None
    return Instead(log_softmax_op, child.operands)


@log_softmax_op.gradient
def log_softmax_gradient(op, dy):
    probabilities = elementwise.exp(op.outputs[0])
    return dy - reductions.reduce_sum(dy, -1, keepdims=True) * probabilities


def _check_rank(x: Any) -> None:
    if x.ndim == 0:
        refuse("logits must have >= 1 dimension, got []")


def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Returns exp(logits) / sum(exp(logits)) along `axis`, the last one by default.

    logits: f[...] -> f[...]
    """
    return _along(softmax_op, logits, renamed("axis", axis, "dim", dim), name)


def log_softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Returns logits - log(sum(exp(logits))) along `axis`, the last one by default.

    logits: f[...] -> f[...]
    """
    return _along(log_softmax_op, logits, renamed("axis", axis, "dim", dim), name)


def _along(of_last: OpDef, logits: Any, axis: Any, name: str | None) -> Tensor:
    x = convert_to_tensor(logits)
    rank = x.shape.ndims
    if axis is None or (not isinstance(axis, Tensor) and axis in (-1, (rank or 0) - 1)):
        return of_last(x, name=name)
    if rank is None:
        raise TypeError(
            f"{of_last.type} along axis {axis} needs logits of known rank; {x} has none."
            "\n  Tell it with set_shape."
        )
    _check_axis(axis, rank)
    front = _counted_from_front(axis, x)
    last = shape_of.rank(x)
    front = front % rank
    y = of_last(_with_last_exchanged(x, front, arithmetic.subtract(last, 1)))
    y = _with_last_exchanged(y, front, arithmetic.subtract(last, 1), name)
    y.set_shape(x.shape)
    return y


def _check_axis(axis: Any, rank: int) -> None:
    known = constant_value(axis) if isinstance(axis, Tensor) else axis
    if known is not None and not -rank <= known < rank:
        raise InvalidArgumentError(
            None,
            None,
            f"Dimension ({axis}) must be in the range [{-rank}, {rank}) where {rank} is the number "
            "of dimensions in the input.",
        )


def _counted_from_front(axis: Any, x: Tensor) -> Any:
    rank = shape_of.rank(x)  # a node whether needed or not, for nodes are counted for seeds
    if isinstance(axis, Tensor):
        return selecting.where(comparison.less(axis, 0), axis + rank, axis)
    return axis + rank if axis < 0 else axis


def _with_last_exchanged(x: Tensor, axis: Any, last: Tensor, name: str | None = None) -> Tensor:
    """`x` with `axis` and the last axis exchanged."""
    order = [ranging.range_(0, axis), [last], ranging.range_(axis + 1, last), [axis]]
    return transposing.transpose(x, joining.concat(order, 0), name=name or "transpose")
