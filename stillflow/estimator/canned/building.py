"""What the model functions of ready-made estimators share."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.canned.binary import binary_classification_head
from stillflow.estimator.canned.head import Head
from stillflow.estimator.canned.multi_class import multi_class_head
from stillflow.graph.operation import Tensor
from stillflow.ops.nn.moments import zero_fraction
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.summaries.scalar import scalar
from stillflow.ops.variables.partitioners import min_max_variable_partitioner

_LARGE = 64 << 20


def classifier_head(
    n_classes: int, weight_column: Any, label_vocabulary: Any, loss_reduction: str
) -> Head:
    """The head of a classifier: of one logit for two classes, else of one for each."""
    if n_classes == 2:
        return binary_classification_head(
            weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction
        )
    return multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction)


def check_features(features: Any) -> None:
    """ValueError where features are no dict."""
    if not isinstance(features, dict):
        raise ValueError(
            f"features should be a dictionary of `Tensor`s. Given type: {type(features)}"
        )


def partitioner_for(config: Any, of_inputs: bool = False) -> Any:
    """The partitioner of a model's variables, or of the larger ones that read its inputs."""
    replicas = config.num_ps_replicas if config else 0
    if of_inputs:
        return min_max_variable_partitioner(max_partitions=replicas, min_slice_size=_LARGE)
    return min_max_variable_partitioner(max_partitions=replicas)


def summarize_layer(value: Tensor, tag: str) -> None:
    """Records the values of a layer, and how many of them are 0."""
    scalar(f"{tag}/fraction_of_zero_values", zero_fraction(value))
    histogram(f"{tag}/activation", value)
