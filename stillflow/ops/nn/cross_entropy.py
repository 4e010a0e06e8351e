"""Cross entropies of softmax: with labels as distributions, and as class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import FLOATS
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import joining, ranging, reshaping, shape_of, slicing, transposing
from stillflow.ops.control.ordering import prevent_gradient, stop_gradient
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.nn.softmax import log_softmax, shifted_exp, softmax

_HALF = (dtypes.float16, dtypes.bfloat16)


def _dense_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    matrix = _broadcast_matrix(ctx.shape(0), ctx.shape(1))
    return [(matrix[0],), matrix]


def _broadcast_matrix(logits: shapes.Sizes, labels: shapes.Sizes) -> tuple[int | None, ...]:
    try:
        both = shapes.merge(shapes.with_rank(logits, 2), shapes.with_rank(labels, 2))
    except shapes.ShapeError:
        both = shapes.broadcast_sizes(logits, labels)
    if both is None or len(both) != 2:
        rank = "rank is unknown." if both is None else f"rank {len(both)}"
        raise shapes.ShapeError(f"Shape must be broadcasted with rank 2, but is {rank}")
    return both


@op(
    "SoftmaxCrossEntropyWithLogits",
    "features: T, labels: T -> loss: T, backprop: T",
    shape=_dense_shapes,
    types={"T": FLOATS},
    total=True,
)
def softmax_cross_entropy_op(xp, logits, labels):
    """logits, labels: f[n, k] -> loss f[n], and its gradient for the logits f[n, k]."""
    _check_broadcastable(logits.shape, labels.shape)
    if logits.shape != labels.shape:  # the classes too may be broadcast, before their softmax
        logits, labels = xp.broadcast_arrays(logits, labels)
    exp, shifted = shifted_exp(xp, logits)
    total = xp.sum(exp, axis=1, keepdims=True, dtype=exp.dtype)
    backprop = xp.subtract(xp.divide(exp, total), labels)
    surprise = xp.multiply(labels, xp.subtract(xp.log(total), shifted))
    return xp.sum(surprise, axis=1, dtype=exp.dtype), backprop


def _check_broadcastable(logits: tuple[int, ...], labels: tuple[int, ...]) -> None:
    try:
        both = logits if logits == labels else np.broadcast_shapes(logits, labels)
    except ValueError:
        refuse(
            f"logits and labels must be broadcastable: logits_size={format_sizes(logits)} "
            f"labels_size={format_sizes(labels)}"
        )
    if len(both) != 2:
        refuse("logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional")


@softmax_cross_entropy_op.gradient
def softmax_cross_entropy_gradient(op, d_loss, d_backprop):
    logits = op.inputs[0]
    d_logits = _by_row(d_loss, op.outputs[1])
    if d_backprop is not None and not _is_zero(d_backprop):
        # The loss was differentiated twice: through the softmax that is part of backprop.
        p = softmax(logits)
        row, column = reshaping.expand_dims(d_backprop, 1), reshaping.expand_dims(p, 2)
        weighted = reshaping.squeeze(matmul(row, column), axis=1)
        d_logits += (d_backprop - weighted) * p
    return d_logits, _by_row(d_loss, -log_softmax(logits))


def _is_zero(grad: Tensor) -> bool:
    """Whether the walk made this gradient up because nothing used the output."""
    if grad._is_eager:
        return False
    if grad.op.type == "ZerosLike":
        return True
    value = constant_value(grad)
    return value is not None and not value.any()


def _by_row(weights: Tensor, rows: Tensor) -> Tensor:
    """weights: f[n], rows: f[n, k] -> f[n, k]"""
    return reshaping.expand_dims(weights, -1) * rows


def _sparse_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    matrix = shapes.with_rank(ctx.shape(0), 2)
    rows = shapes.merge((matrix[0],), shapes.with_rank(ctx.shape(1), 1))
    return [rows, (rows[0] if rows else None, matrix[1])]


@op(
    "SparseSoftmaxCrossEntropyWithLogits",
    "features: T, labels: Tlabels -> loss: T, backprop: T",
    shape=_sparse_shapes,
    types={"T": FLOATS, "Tlabels": (dtypes.int32, dtypes.int64)},
    defaults={"Tlabels": dtypes.int64},
)
def sparse_softmax_cross_entropy_op(xp, logits, labels):
    """logits: f[n, k], labels: i[n] in [0, k) -> loss f[n], and its gradient f[n, k]."""
    classes = logits.shape[1]
    if labels.ndim != 1:
        refuse(f"labels must be 1-D, but got shape {format_sizes(labels.shape)}")
    if labels.shape != logits.shape[:1]:
        refuse(
            "logits and labels must have the same first dimension, got logits shape "
            f"{format_sizes(logits.shape)} and labels shape {format_sizes(labels.shape)}"
        )
    xp.check(
        xp.logical_and(xp.greater_equal(labels, 0), xp.less(labels, classes)),
        lambda given: _bad_label(given, classes),
        labels,
    )
    exp, shifted = shifted_exp(xp, logits)
    total = xp.add.reduce(exp, axis=1, keepdims=True, dtype=exp.dtype)
    hot = xp.equal(labels[:, None], xp.arange(classes, dtype=labels.dtype))
    backprop = xp.subtract(xp.divide(exp, total), hot.astype(exp.dtype))
    of_label = xp.add.reduce(xp.where(hot, shifted, exp.dtype.type(0)), axis=1, dtype=exp.dtype)
    return xp.subtract(xp.log(total[:, 0]), of_label), backprop


def _bad_label(labels, classes: int) -> str:
    bad = labels[(labels < 0) | (labels >= classes)]
    return (
        f"Received a label value of {bad[0]} which is outside the valid range of [0, {classes}).  "
        f"Label values: {' '.join(str(label) for label in labels)}"
    )


@sparse_softmax_cross_entropy_op.gradient
def sparse_softmax_cross_entropy_gradient(op, d_loss, d_backprop):
    through = prevent_gradient(
        op.outputs[1],
        message="Currently there is no way to take the second derivative of "
        "sparse_softmax_cross_entropy_with_logits due to the fused implementation's interaction "
        "with tf.gradients()",
    )
    return _by_row(d_loss, through), None


# Public functions -------------------------------------------------------------------------------


def check_named(function: str, sentinel: Any, labels: Any, logits: Any) -> None:
    if sentinel is not None:
        raise ValueError(
            f"Only call `{function}` with named arguments (labels=..., logits=..., ...)"
        )
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def softmax_cross_entropy_with_logits(
    _sentinel: Any = None,
    labels: Any = None,
    logits: Any = None,
    dim: int = -1,
    name: str | None = None,
    axis: int | None = None,
) -> Tensor:
    """Returns the cross entropy of softmax(logits) and `labels`; labels get no gradient.

    labels, logits: f[..., k], classes along `axis` -> f[...]
    """
    check_named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        fixed = stop_gradient(labels, name="labels_stop_gradient")
        return softmax_cross_entropy_with_logits_v2(
            labels=fixed, logits=logits, axis=dim if axis is None else axis, name=scope
        )


def softmax_cross_entropy_with_logits_v2(
    labels: Any,
    logits: Any,
    axis: int | None = None,
    name: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """Returns the cross entropy of softmax(logits) and `labels`, with gradients for both.

    labels, logits: f[..., k], classes along `axis` (the last by default) -> f[...]
    """
    along = axis if axis is not None else dim
    along = -1 if along is None else along
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        precise = casts.cast(logits, dtypes.float32) if logits.dtype in _HALF else logits
        labels = casts.cast(labels, precise.dtype)
        rank = shape_of.rank(precise)
        static_shape = logits.shape
        if along != -1:
            precise = _classes_last(precise, along, rank)
            labels = _classes_last(labels, along, rank)
        input_shape = shape_of.shape(precise)
        loss, _ = softmax_cross_entropy_op(_as_matrix(precise), _as_matrix(labels), name=scope)
        outer = slicing.slice_(input_shape, [0], [arithmetic.subtract(rank, 1)])
        loss = reshaping.reshape(loss, outer)
        if static_shape.sizes is not None:
            sizes = list(static_shape.sizes)
            del sizes[along]
            loss.set_shape(sizes)
        return casts.cast(loss, logits.dtype) if precise.dtype is not logits.dtype else loss


def _classes_last(x: Tensor, axis: int, rank: Tensor) -> Tensor:
    """`x` with `axis` moved to the end."""
    axis = axis % x.shape.ndims if x.shape.ndims else axis
    order = [ranging.range_(axis), ranging.range_(axis + 1, rank), [axis]]
    return transposing.transpose(x, joining.concat(order, 0))


def _as_matrix(x: Tensor) -> Tensor:
    """f[..., k] -> f[n, k]"""
    rank, sizes_in_run = shape_of.rank(x), shape_of.shape(x)
    classes = slicing.slice_(sizes_in_run, [arithmetic.subtract(rank, 1)], [1])
    matrix = reshaping.reshape(x, joining.concat([[-1], classes], 0))
    sizes = x.shape.sizes
    if sizes is not None and None not in sizes[:-1]:
        rows = 1
        for size in sizes[:-1]:
            rows *= size  # type: ignore[operator]
        matrix.set_shape([rows, sizes[-1]])
    return matrix


def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """Returns the cross entropy of softmax(logits) and the class numbers `labels`.

    labels: i[...], logits: f[..., k] -> f[...]
    """
    check_named("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    if _fit_at_once(labels, logits):
        return sparse_softmax_cross_entropy_op(logits, labels, name=name)[0]
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = convert_to_tensor(labels)
        logits = convert_to_tensor(logits)
        precise = casts.cast(logits, dtypes.float32) if logits.dtype in _HALF else logits
        labels_shape = shape_of.shape(labels)
        _check_sparse(labels, logits)
        if logits.shape.ndims == 2:
            loss, _ = sparse_softmax_cross_entropy_op(precise, labels, name=name)
        else:
            loss = _sparse_of_any_rank(precise, labels, labels_shape, name)
        loss.set_shape(labels.shape)
        return casts.cast(loss, logits.dtype) if precise.dtype is not logits.dtype else loss


def _fit_at_once(labels: Any, logits: Any) -> bool:
    """Whether they are a label and a row of logits each of eager mode: nothing is left to check."""
    return (
        type(labels) is EagerTensor
        and type(logits) is EagerTensor
        and len(logits._value.shape) == 2
        and labels._value.shape == logits._value.shape[:1]
        and logits._dtype not in _HALF
        and executing_eagerly()
    )


def _check_sparse(labels: Tensor, logits: Tensor) -> None:
    if logits.shape.ndims == 0:
        raise ValueError(f"Logits cannot be scalars - received shape {logits.shape}.")
    if logits.shape.ndims is None or labels.shape.ndims is None:
        return
    if labels.shape.ndims != logits.shape.ndims - 1:
        raise ValueError(
            f"Rank mismatch: Rank of labels (received {labels.shape.ndims}) should equal rank of "
            f"logits minus 1 (received {logits.shape.ndims}).\n"
            "  Labels are class numbers here; for one-hot rows use tf.argmax(labels, 1) or "
            "softmax_cross_entropy_with_logits."
        )
    outer = logits.shape[:-1]
    if labels.shape.is_fully_defined() and outer.is_fully_defined() and labels.shape != outer:
        raise ValueError(
            f"Shape mismatch: The shape of labels (received {labels.shape}) should equal the shape "
            f"of logits except for the last dimension (received {logits.shape})."
        )


def _sparse_of_any_rank(
    logits: Tensor, labels: Tensor, labels_shape: Tensor, name: str | None
) -> Tensor:
    checks = []
    if not (labels.shape.is_fully_defined() and logits.shape[:-1].is_fully_defined()):
        checks = [assert_equal(shape_of.shape(labels), shape_of.shape(logits)[:-1])]
    with control_dependencies(checks):
        classes = shape_of.shape(logits)[arithmetic.subtract(shape_of.rank(logits), 1, name="sub")]
        matrix = reshaping.reshape(logits, [-1, classes])
        vector = reshaping.reshape(labels, [-1])
        loss, _ = sparse_softmax_cross_entropy_op(matrix, vector, name=name)
        return reshaping.reshape(loss, labels_shape)
