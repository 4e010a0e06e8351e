"""Metrics by name or description: `tf.keras.metrics.get`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import init_scope
from stillflow.keras.losses import functions as losses
from stillflow.keras.losses.naming import ALIASES
from stillflow.keras.metrics import counts, curves, functions, mean_iou, means, of_functions
from stillflow.keras.metrics.metric import Metric
from stillflow.layers.custom_objects import deserialize_keras_object, serialize_keras_object

serialize = serialize_keras_object

_BY_NAME: dict[str, Any] = {
    **ALIASES,
    **{
        each.__name__: each
        for each in (
            *(functions.accuracy, functions.binary_accuracy, functions.categorical_accuracy),
            *(functions.sparse_categorical_accuracy, functions.top_k_categorical_accuracy),
            functions.sparse_top_k_categorical_accuracy,
            *(losses.binary_crossentropy, losses.categorical_crossentropy),
            *(losses.categorical_hinge, losses.cosine_proximity, losses.hinge, losses.logcosh),
            *(losses.kullback_leibler_divergence, losses.mean_absolute_error),
            *(losses.mean_absolute_percentage_error, losses.mean_squared_error),
            *(losses.mean_squared_logarithmic_error, losses.poisson, losses.squared_hinge),
            losses.sparse_categorical_crossentropy,
            *(Metric, means.Reduce, means.Sum, means.Mean, means.MeanRelativeError),
            *(means.MeanMetricWrapper, means.SumOverBatchSize, means.MeanTensor),
            *(means.SumOverBatchSizeMetricWrapper, means.RootMeanSquaredError),
            *(of_functions.Accuracy, of_functions.BinaryAccuracy),
            *(of_functions.CategoricalAccuracy, of_functions.SparseCategoricalAccuracy),
            *(of_functions.TopKCategoricalAccuracy, of_functions.SparseTopKCategoricalAccuracy),
            *(of_functions.CosineSimilarity, of_functions.MeanAbsoluteError),
            *(of_functions.MeanAbsolutePercentageError, of_functions.MeanSquaredError),
            *(of_functions.MeanSquaredLogarithmicError, of_functions.Hinge),
            *(of_functions.SquaredHinge, of_functions.CategoricalHinge),
            *(of_functions.LogCoshError, of_functions.Poisson, of_functions.KLDivergence),
            *(of_functions.BinaryCrossentropy, of_functions.CategoricalCrossentropy),
            of_functions.SparseCategoricalCrossentropy,
            *(counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives),
            *(counts.TruePositives, counts.Precision, counts.Recall),
            *(curves.SensitivityAtSpecificity, curves.SpecificityAtSensitivity, curves.AUC),
            mean_iou.MeanIoU,
        )
    },
}


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The metric that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(config, _BY_NAME, custom_objects, "metric function")


def get(identifier: Any) -> Any:
    """The metric that is given as itself, by its name or its configuration.

    Raises:
      ValueError: there is none of that name, or it is no description.
    """
    if isinstance(identifier, (str, dict)):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret metric function identifier: {identifier}")


def clone_metric(metric: Any) -> Any:
    """A metric anew, which has seen nothing; a function as it is."""
    if not isinstance(metric, Metric):
        return metric
    with init_scope():
        return type(metric).from_config(metric.get_config())


def clone_metrics(metrics: Any) -> Any:
    """`clone_metric` of each of a list or a dict; None of None."""
    if metrics is None:
        return None
    if isinstance(metrics, dict):
        return {key: clone_metric(value) for key, value in metrics.items()}
    return [clone_metric(metric) for metric in metrics]
