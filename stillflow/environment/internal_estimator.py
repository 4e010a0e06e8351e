"""What TensorFlow's internal modules of estimators hold; written as in `internal_tables`."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_CANNED = "stillflow.estimator.canned"

OWN: dict[str, Members] = {
    "python.estimator.canned.dnn": {f"{_CANNED}.dnn": "_dnn_model_fn=dnn_model_fn"},
    "python.estimator.canned.head": {
        f"{_CANNED}.building": "_binary_logistic_or_multi_class_head=classifier_head",
        f"{_CANNED}.head": "_Head=Head LossSpec",
        f"{_CANNED}.internal_heads": (
            "_binary_logistic_head_with_sigmoid_cross_entropy_loss=summed_binary_head "
            "_multi_class_head_with_softmax_cross_entropy_loss=summed_multi_class_head "
            "_regression_head=summed_regression_head"
        ),
    },
    "python.estimator.canned.linear": {f"{_CANNED}.linear": "_linear_model_fn=linear_model_fn"},
    "python.estimator.canned.metric_keys": {f"{_CANNED}.keys": "MetricKeys"},
    "python.estimator.canned.optimizers": {
        f"{_CANNED}.optimizers": "get_optimizer_instance=optimizer_of"
    },
    "python.estimator.canned.prediction_keys": {f"{_CANNED}.keys": "PredictionKeys"},
}
