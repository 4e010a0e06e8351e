"""How losses of samples are weighted and become one in `tf.keras`, and in `tf.losses` of TF 2.

More forgiving than `weighting`: predictions, labels and weights lose or get a last axis of size 1.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import arithmetic, casts, comparison, division
from stillflow.ops.math.confusion import remove_squeezable_dimensions
from stillflow.ops.reduce import reductions


class Reduction:
    """What is made of the weighted losses of samples: `tf.keras.losses.Reduction`.

    NONE: they stay as they are. SUM: their sum. SUM_OVER_BATCH_SIZE: their sum over their number.
    AUTO: what suits where the loss is used; SUM_OVER_BATCH_SIZE nearly everywhere.
    """

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        return cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key: Any) -> None:
        if key not in cls.all():
            raise ValueError(
                f"Invalid Reduction Key {key}.\n  It is one of {', '.join(cls.all())}."
            )


def compute_weighted_loss(
    losses: Any,
    sample_weight: Any = None,
    reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    name: str | None = None,
) -> Tensor:
    """Returns `losses`, n[...], weighted and reduced: n[], or n[...] for Reduction.NONE.

    Args:
      sample_weight: a scalar, or of the rank of `losses` or one less or more, each size that of the
        losses or 1; by default 1.
    """
    Reduction.validate(reduction)
    if reduction == Reduction.AUTO:
        reduction = Reduction.SUM_OVER_BATCH_SIZE
    if sample_weight is None:
        sample_weight = 1.0
    with name_scope(name or "weighted_loss"):
        get_default_graph()._last_loss_reduction = reduction
        losses = convert_to_tensor(losses)
        weighted = scale_losses_by_sample_weight(losses, sample_weight)
        return casts.cast(reduce_weighted_loss(weighted, reduction), losses.dtype)


def reduce_weighted_loss(
    weighted_losses: Tensor, reduction: str = Reduction.SUM_OVER_BATCH_SIZE
) -> Tensor:
    """Returns what a Reduction makes of weighted losses."""
    if reduction == Reduction.NONE:
        return weighted_losses
    total = reductions.reduce_sum(weighted_losses)
    if reduction != Reduction.SUM_OVER_BATCH_SIZE:
        return total
    with name_scope("num_elements") as scope:
        count = casts.cast(shape_of.size(weighted_losses, name=scope), weighted_losses.dtype)
    # The sum of a scalar is a node that TensorFlow has.
    return division.div_no_nan(reductions.reduce_sum(total), count, name="value")


def scale_losses_by_sample_weight(losses: Any, sample_weight: Any) -> Tensor:
    """Returns `losses` times the weights, f32."""
    losses = casts.cast(losses, dtypes.float32)
    sample_weight = casts.cast(sample_weight, dtypes.float32)
    losses, _, sample_weight = squeeze_or_expand_dimensions(losses, None, sample_weight)
    return arithmetic.multiply(losses, broadcast_weights(sample_weight, losses))


def squeeze_or_expand_dimensions(
    y_pred: Any, y_true: Any = None, sample_weight: Any = None
) -> tuple[Any, ...]:
    """Returns predictions, labels and (if given) weights of ranks that fit each other.

    Where the rank of predictions or labels is one too high, a last axis of size 1 goes. Weights get
    or lose one, so that their rank is that of the predictions; scalars stay.
    """
    if y_true is not None:
        y_true, y_pred = _of_one_rank(y_true, y_pred)
    if sample_weight is None:
        return y_pred, y_true
    sample_weight = convert_to_tensor(sample_weight)
    if sample_weight.shape.ndims != 0:
        sample_weight = _of_rank_of(y_pred, sample_weight)
    return y_pred, y_true, sample_weight


def _of_one_rank(y_true: Any, y_pred: Any) -> Any:
    ranks = y_pred.shape.ndims, y_true.shape.ndims
    if None not in ranks:
        if ranks[0] - ranks[1] != 1 or y_pred.shape[-1] == 1:
            return remove_squeezable_dimensions(y_true, y_pred)
        return y_true, y_pred  # classes, and distributions over them
    surplus = shape_of.rank(y_pred) - shape_of.rank(y_true)

    def squeezed() -> Any:
        return remove_squeezable_dimensions(y_true, y_pred)

    is_last_one = comparison.equal(1, shape_of.shape(y_pred)[-1])
    return cond(
        comparison.equal(1, surplus),
        lambda: cond(is_last_one, squeezed, lambda: (y_true, y_pred)),
        squeezed,
    )


def _of_rank_of(y_pred: Any, weight: Tensor) -> Tensor:
    ranks = weight.shape.ndims, y_pred.shape.ndims
    if None not in ranks:
        surplus = ranks[0] - ranks[1]
        if surplus == 1:
            return reshaping.squeeze(weight, [-1])
        return reshaping.expand_dims(weight, [-1]) if surplus == -1 else weight
    rank = shape_of.rank(weight)
    difference = rank - shape_of.rank(y_pred)

    def expanded() -> Tensor:
        return cond(
            comparison.equal(difference, -1),
            lambda: reshaping.expand_dims(weight, [-1]),
            lambda: weight,
        )

    def adjusted() -> Tensor:
        return cond(
            comparison.equal(difference, 1), lambda: reshaping.squeeze(weight, [-1]), expanded
        )

    return cond(comparison.equal(rank, 0), lambda: weight, adjusted)
