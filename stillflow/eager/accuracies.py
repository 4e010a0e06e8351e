"""Metrics that say how often predictions are right: means of what is 1 where one is."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.eager.metrics import Mean
from stillflow.graph import dtypes
from stillflow.ops.array.shape_of import shape
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce.argmax import argmax

_UNEQUAL = "Shapes of labels and predictions are unequal"


class Accuracy(Mean):
    """How often predictions are the labels."""

    def __init__(self, name: str | None = None, dtype: Any = dtypes.float64):
        super().__init__(name=name, dtype=dtype)

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:  # type: ignore[override]
        """Adds labels, n[...], and predictions, n[...] of that shape; returns what it was given.

        Raises:
          tf.errors.InvalidArgumentError: the shapes differ; in a graph, a run does.
        """
        _check_shapes(labels, predictions)
        return self._counted(labels, predictions, weights)

    def _counted(self, labels: Any, predictions: Any, weights: Any) -> Any:
        Mean.call(self, cast(equal(labels, predictions), self.dtype), weights=weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


class CategoricalAccuracy(Accuracy):
    """How often the greatest of the predictions is that of the labels, of one-hot labels."""

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:  # type: ignore[override]
        """Adds labels and predictions, n[..., classes]; returns the places of the greatest.

        Raises:
          tf.errors.InvalidArgumentError: the shapes differ; in a graph, a run does.
        """
        _check_shapes(labels, predictions)
        return self._counted(argmax(labels, axis=-1), argmax(predictions, axis=-1), weights)


class BinaryAccuracy(Accuracy):
    """How often predictions are above `threshold` where labels are 1, and not where they are 0."""

    def __init__(self, threshold: float, name: str | None = None, dtype: Any = dtypes.float64):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:  # type: ignore[override]
        """Adds labels, n[...], and predictions, f[...]; returns both as bool.

        Raises:
          tf.errors.InvalidArgumentError: the shapes differ; in a graph, a run does.
        """
        _check_shapes(labels, predictions)
        above = convert_to_tensor(predictions) > self.threshold
        return self._counted(cast(labels, dtypes.bool), above, weights)


class SparseAccuracy(Accuracy):
    """How often the greatest of the predictions is at the place that the label says."""

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:  # type: ignore[override]
        """Adds labels, i[batch], and predictions, f[batch, classes]; returns both as i64[batch].

        Raises:
          tf.errors.InvalidArgumentError: there are not as many; in a graph, a run does.
        """
        assert_equal(
            shape(labels),
            shape(predictions)[0],
            message="First axis of labels and predictions is unequal",
        )
        return self._counted(cast(labels, dtypes.int64), argmax(predictions, axis=-1), weights)


def _check_shapes(labels: Any, predictions: Any) -> None:
    assert_equal(shape(labels), shape(predictions), message=_UNEQUAL)
