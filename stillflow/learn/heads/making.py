"""Heads for programs: `tf.contrib.learn.multi_class_head` and its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.learn.heads import losses
from stillflow.learn.heads.classification import BinaryLogisticHead, BinarySvmHead
from stillflow.learn.heads.combined import LossOnlyHead, MultiHead
from stillflow.learn.heads.head import Head
from stillflow.learn.heads.head import no_op_train_fn as no_op_train_fn
from stillflow.learn.heads.multi_class import MultiClassHead, MultiLabelHead
from stillflow.learn.heads.regression import RegressionHead
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.arithmetic import add_n, multiply
from stillflow.ops.math.elementwise import exp
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Please switch to tf.contrib.estimator.*_head."


@deprecated(None, _INSTEAD)
def regression_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    label_dimension: int = 1,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    link_fn: Callable[[Any], Any] | None = None,
) -> Head:
    """Predicts numbers, trained on squared differences.

    Args:
      label_name: of the labels in a dict.
      weight_column_name: of the feature that weighs examples.
      label_dimension: how many numbers.
      link_fn: from logits to predictions.
    """
    return RegressionHead(
        label_name=label_name, weight_column_name=weight_column_name,
        label_dimension=label_dimension, enable_centered_bias=enable_centered_bias,
        head_name=head_name, loss_fn=losses.mean_squared, link_fn=link_fn or identity,
    )  # fmt: skip


@deprecated(None, _INSTEAD)
def poisson_regression_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    label_dimension: int = 1,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
) -> Head:
    """Predicts counts, exp(logits), as `regression_head` does numbers."""
    return RegressionHead(
        label_name=label_name, weight_column_name=weight_column_name,
        label_dimension=label_dimension, enable_centered_bias=enable_centered_bias,
        head_name=head_name, loss_fn=losses.poisson, link_fn=exp,
    )  # fmt: skip


@deprecated(None, _INSTEAD)
def multi_class_head(
    n_classes: int,
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
    metric_class_ids: Sequence[int] | None = None,
    loss_fn: Callable[..., Any] | None = None,
    label_keys: Sequence[str] | None = None,
) -> Head:
    """Predicts one of `n_classes` classes.

    Args:
      thresholds: of probabilities, which metrics of two classes are measured at.
      metric_class_ids: classes with metrics of their own, of more than two.
      loss_fn: of `labels`, `logits` and `weights`.
      label_keys: more than two classes as texts.

    Raises:
      ValueError: there are too few classes, or an argument is not for two.
    """
    if n_classes is None or n_classes < 2:
        raise ValueError(f"n_classes must be > 1 for classification: {n_classes}.")
    settings: dict[str, Any] = {
        "label_name": label_name, "weight_column_name": weight_column_name,
        "enable_centered_bias": enable_centered_bias, "head_name": head_name,
        "thresholds": thresholds, "loss_fn": losses.checked(loss_fn),
    }  # fmt: skip
    if n_classes == 2:
        if metric_class_ids:
            raise ValueError("metric_class_ids invalid for n_classes==2.")
        if label_keys:
            raise ValueError("label_keys is not supported for n_classes=2.")
        return BinaryLogisticHead(**settings)
    return MultiClassHead(
        n_classes, metric_class_ids=metric_class_ids, label_keys=label_keys, **settings
    )


@deprecated(None, _INSTEAD)
def binary_svm_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
) -> Head:
    """Predicts one of two classes, trained on the hinge loss."""
    return BinarySvmHead(
        label_name=label_name, weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias, head_name=head_name, thresholds=thresholds,
    )  # fmt: skip


@deprecated(None, _INSTEAD)
def multi_label_head(
    n_classes: int,
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
    metric_class_ids: Sequence[int] | None = None,
    loss_fn: Callable[..., Any] | None = None,
) -> Head:
    """Predicts any number of `n_classes` classes; ValueError for less than two."""
    if n_classes < 2:
        raise ValueError("n_classes must be > 1 for classification.")
    return MultiLabelHead(
        n_classes, label_name=label_name, weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias, head_name=head_name, thresholds=thresholds,
        metric_class_ids=metric_class_ids, loss_fn=losses.checked(loss_fn),
    )  # fmt: skip


@deprecated(None, _INSTEAD)
def loss_only_head(loss_fn: Callable[[], Any], head_name: str | None = None) -> Head:
    """Adds a loss that needs no logits, among other heads."""
    return LossOnlyHead(loss_fn, head_name=head_name)


@deprecated(None, _INSTEAD)
def multi_head(heads: Sequence[Any], loss_weights: Sequence[float] | None = None) -> Head:
    """Trains heads together, on the sum of their losses.

    Args:
      heads: they have names.
      loss_weights: the weight of each head's loss.

    Raises:
      ValueError: there are not as many weights as heads, or a head has no name.
    """
    if loss_weights and len(loss_weights) != len(heads):
        raise ValueError("heads and loss_weights must have same size")

    def merged(all_losses: list[Any]) -> Any:
        if not loss_weights:
            return add_n(all_losses)
        if len(all_losses) != len(loss_weights):
            raise ValueError("losses and loss_weights must have same size")
        pairs = zip(all_losses, loss_weights, strict=True)
        return add_n([multiply(loss, weight) for loss, weight in pairs])

    return MultiHead(heads, loss_merger=merged)


# Their names before they were public, by which programs still call them.
_regression_head = regression_head
_poisson_regression_head = poisson_regression_head
_multi_class_head = multi_class_head
_binary_svm_head = binary_svm_head
_multi_label_head = multi_label_head
_multi_head = multi_head
_Head = Head
