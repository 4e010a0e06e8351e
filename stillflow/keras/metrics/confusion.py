"""Counts of right and wrong yeses and noes, of probabilities taken as a yes above thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.metrics.ragged import flat_values
from stillflow.ops.array import reshaping, shape_of, stacking, tiling
from stillflow.ops.array.constants import constant
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.control.ordering import group
from stillflow.ops.debug import checks
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.losses.sample_weights import squeeze_or_expand_dimensions
from stillflow.ops.math import casts, comparison
from stillflow.ops.nn.top_k import top_k as top_k_of
from stillflow.ops.reduce import reductions

NEG_INF = -1e10  # below every probability


class ConfusionMatrix(Enum):
    """What is counted."""

    TRUE_POSITIVES = "tp"
    FALSE_POSITIVES = "fp"
    TRUE_NEGATIVES = "tn"
    FALSE_NEGATIVES = "fn"


# In the order in which TensorFlow counts: what the labels are, what the predictions.
_ORDER = {
    ConfusionMatrix.TRUE_POSITIVES: (True, True),
    ConfusionMatrix.FALSE_NEGATIVES: (True, False),
    ConfusionMatrix.FALSE_POSITIVES: (False, True),
    ConfusionMatrix.TRUE_NEGATIVES: (False, False),
}


def to_list(x: Any) -> list[Any]:
    """A list as it is; all else in one."""
    return x if isinstance(x, list) else [x]


def assert_thresholds_range(thresholds: Sequence[Any] | None) -> None:
    """ValueError for thresholds beyond [0, 1]."""
    invalid = [t for t in thresholds or () if t is None or t < 0 or t > 1]
    if invalid:
        raise ValueError(f"Threshold values must be in [0, 1]. Invalid values: {invalid}")


def parse_init_thresholds(thresholds: Any, default_threshold: float = 0.5) -> list[Any]:
    """Thresholds as a list, in which there is one where none is given."""
    if thresholds is None:
        return [default_threshold]
    assert_thresholds_range(to_list(thresholds))
    return to_list(thresholds)


def update_confusion_matrix_variables(
    variables_to_update: Mapping[ConfusionMatrix, Any] | None,
    y_true: Any,
    y_pred: Any,
    thresholds: Any,
    top_k: int | None = None,
    class_id: int | None = None,
    sample_weight: Any = None,
) -> Operation | None:
    """Returns an operation that adds a batch to counts at m thresholds.

    Args:
      variables_to_update: {what is counted: variable, f32[m]}.
      y_true: labels, which are cast to bool: n[...].
      y_pred: probabilities, within [0, 1]: f[...].
      thresholds: m numbers, or one.
      top_k: as many of the last axis's greatest predictions alone may be a yes.
      class_id: looks at this place of the last axis alone.
      sample_weight: a scalar, or what fits the labels; by default 1.

    Raises:
      ValueError: the shapes do not fit, or what is to be counted is unknown.
    """
    if variables_to_update is None:
        return None
    y_true = casts.cast(y_true, dtypes.float32)
    y_pred = casts.cast(y_pred, dtypes.float32)
    [y_pred, y_true], _ = flat_values([y_pred, y_true], sample_weight)
    y_pred.shape.assert_is_compatible_with(y_true.shape)
    _check_keys(variables_to_update)
    y_true, y_pred, sample_weight = _aligned(y_true, y_pred, sample_weight)
    if top_k is not None:
        y_pred = _filter_top_k(y_pred, top_k)
    if class_id is not None:
        y_true = y_true[..., class_id]
        y_pred = y_pred[..., class_id]
    limits = to_list(thresholds)
    labels, predictions = _decided(y_true, y_pred, limits)
    weights = None
    if sample_weight is not None:
        weights = broadcast_weights(casts.cast(sample_weight, dtypes.float32), y_pred)
        weights = tiling.tile(reshaping.reshape(weights, [1, -1]), [len(limits), 1])
    negations = _negations(labels, predictions, variables_to_update)
    updates = []
    for key, (label, prediction) in _ORDER.items():
        if key in variables_to_update:
            both = comparison.logical_and(
                labels if label else negations["label"],
                predictions if prediction else negations["prediction"],
            )
            hits = casts.cast(both, dtypes.float32)
            hits = hits if weights is None else hits * weights
            total = reductions.reduce_sum(hits, 1)
            updates.append(variables_to_update[key].assign_add(total))
    return group(*updates)


def _check_keys(variables: Mapping[Any, Any]) -> None:
    invalid = [key for key in variables if not isinstance(key, ConfusionMatrix)]
    valid = f'Valid variable key options are: "{list(ConfusionMatrix)}"'
    if len(invalid) == len(variables):
        raise ValueError(
            f"Please provide at least one valid confusion matrix variable to update. {valid}. "
            f'Received: "{variables.keys()}"'
        )
    if invalid:
        raise ValueError(f"Invalid keys: {invalid}. {valid}")


def _aligned(y_true: Tensor, y_pred: Tensor, sample_weight: Any) -> tuple[Tensor, Tensor, Any]:
    """All of ranks that fit, once predictions are known to be probabilities."""
    not_below = checks.assert_greater_equal(
        y_pred, casts.cast(0.0, y_pred.dtype), message="predictions must be >= 0"
    )
    not_above = checks.assert_less_equal(
        y_pred, casts.cast(1.0, y_pred.dtype), message="predictions must be <= 1"
    )
    with control_dependencies([not_below, not_above]):
        y_pred, y_true, *weight = squeeze_or_expand_dimensions(
            y_pred, y_true, sample_weight=sample_weight
        )
    return y_true, y_pred, weight[0] if weight else None


def _filter_top_k(x: Tensor, k: int) -> Tensor:
    """Predictions of which all but the k greatest of the last axis are below every threshold."""
    _, places = top_k_of(x, k, sorted=False)
    mask = reductions.reduce_sum(one_hot(places, x.shape[-1], axis=-1), axis=-2)
    return x * mask + NEG_INF * (1 - mask)


def _decided(y_true: Tensor, y_pred: Tensor, thresholds: list[Any]) -> tuple[Tensor, Tensor]:
    """Labels and predictions as yes or no, at each threshold: b[m, n]."""
    count = shape_of.size(y_pred)
    predictions = reshaping.reshape(y_pred, [1, -1])
    labels = reshaping.reshape(casts.cast(y_true, dtypes.bool), [1, -1])
    column = reshaping.expand_dims(constant(thresholds), 1)
    limits = tiling.tile(column, stacking.stack([1, count]))
    is_yes = comparison.greater(tiling.tile(predictions, [len(thresholds), 1]), limits)
    return tiling.tile(labels, [len(thresholds), 1]), is_yes


def _negations(labels: Tensor, predictions: Tensor, wanted: Mapping[Any, Any]) -> dict[str, Tensor]:
    """The noes among predictions and labels, where something that is counted needs them."""
    noes = {}
    if {ConfusionMatrix.FALSE_NEGATIVES, ConfusionMatrix.TRUE_NEGATIVES} & {*wanted}:
        noes["prediction"] = comparison.logical_not(predictions)
    if {ConfusionMatrix.FALSE_POSITIVES, ConfusionMatrix.TRUE_NEGATIVES} & {*wanted}:
        noes["label"] = comparison.logical_not(labels)
    return noes
