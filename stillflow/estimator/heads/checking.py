"""What heads ask of labels, losses and optimizers."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.canned.labels import (
    check_dense,
    check_labels,
    check_last_axis,
    checked_as_run,
    range_checked,
    with_last_axis,
)
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_rank_at_least
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.casts import to_float
from stillflow.ops.sparse.sparse_tensor import convert_to_tensor_or_sparse_tensor

# A constant of the graph, and so TensorFlow's to the letter.
_SHAPE = (
    "labels shape must be [D0, D1, ... DN, {}]. Suggested Fix: check your n_classes argument to "
    "the head and/or the shape of your label."
)
SUM, SUM_OVER_BATCH_SIZE = "sum", "sum_over_batch_size"
_REDUCTIONS = ("auto", SUM, SUM_OVER_BATCH_SIZE)


def labels_like(labels: Any, logits: Tensor, classes: int) -> Tensor:
    """`canned.labels.labels_like`, in the order of these heads' nodes."""
    check_labels(labels)
    with name_scope("labels", values=(labels, logits)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        check_dense(labels, classes)
        labels = with_last_axis(labels, logits)
        message = _SHAPE.format(classes)
        with control_dependencies([assert_rank_at_least(labels, 2, message=message)]):
            check_last_axis(labels, classes)
            theirs = shape(logits)
            wanted = concat([theirs[:-1], [classes]], axis=0)
            return checked_as_run(labels, shape(labels), wanted, message, scope)


def within(labels: Tensor, classes: int, message: str | None = None) -> Tensor:
    """Labels that a run refuses unless they are in [0, classes)."""
    with (
        name_scope("check_label_range", values=(labels,)),
        range_checked(labels, classes, message, must="Labels must be"),
    ):
        return identity(labels)


def check_reduction(loss_reduction: str) -> None:
    """ValueError for a reduction that gives no scalar, or is none."""
    if loss_reduction not in _REDUCTIONS:
        raise ValueError(
            f"Invalid loss_reduction: {loss_reduction}. See `tf.losses.Reduction` for valid "
            f"options.\n  They are here {', '.join(_REDUCTIONS)}."
        )


def update_mean(metric: Any, values: Any, weights: Any) -> None:
    """Adds values to a mean, with weights of their shape."""
    values = to_float(values)
    if weights is not None:
        weights = broadcast_weights(weights, values)
    metric.update_state(values=values, sample_weight=weights)
