"""What heads serve of their predictions, by signature."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.estimator.canned import classes
from stillflow.estimator.canned.keys import PredictionKeys
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.export_output import (
    ExportOutput,
    PredictOutput,
    RegressionOutput,
)

DEFAULT_SERVING = names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
CLASSIFY, REGRESS, PREDICT = "classification", "regression", "predict"
_Outputs = dict[str, ExportOutput]


def of_classes(
    predictions: dict[str, Tensor], number: int, vocabulary: Sequence[str] | None
) -> _Outputs:
    """Classes with their probabilities, f[n, number]."""
    probabilities = predictions[PredictionKeys.PROBABILITIES]
    classified = classes.classification_output(probabilities, number, vocabulary)
    return {
        DEFAULT_SERVING: classified,
        CLASSIFY: classified,
        PREDICT: PredictOutput(predictions),
    }


def of_two_classes(predictions: dict[str, Tensor], vocabulary: Sequence[str] | None) -> _Outputs:
    """Two classes, of which the probability of the second is a number too."""
    outputs = of_classes(predictions, 2, vocabulary)
    regressed = RegressionOutput(predictions[PredictionKeys.LOGISTIC])
    return {
        DEFAULT_SERVING: outputs[DEFAULT_SERVING],
        CLASSIFY: outputs[CLASSIFY],
        REGRESS: regressed,
        PREDICT: outputs[PREDICT],
    }


def of_numbers(predictions: dict[str, Tensor]) -> _Outputs:
    """Predictions that are numbers, f[n, k]."""
    regressed = RegressionOutput(predictions[PredictionKeys.PREDICTIONS])
    return {
        DEFAULT_SERVING: regressed,
        REGRESS: regressed,
        PREDICT: PredictOutput(predictions),
    }
