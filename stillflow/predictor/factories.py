"""The functions of `tf.contrib.predictor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.estimator.estimator import Estimator
from stillflow.graph.graph import Graph
from stillflow.learn.estimators.estimator import Estimator as ContribEstimator
from stillflow.predictor.estimator_predictors import (
    ContribEstimatorPredictor,
    CoreEstimatorPredictor,
)
from stillflow.predictor.saved_model_predictor import SavedModelPredictor


def from_saved_model(
    export_dir: str,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: Mapping[str, str] | None = None,
    output_names: Mapping[str, str] | None = None,
    tags: str | None = None,
    graph: Graph | None = None,
    config: Any = None,
) -> SavedModelPredictor:
    """Returns a predictor out of a SavedModel.

    Args:
      export_dir: its folder.
      signature_def_key: the key of the signature that says what goes in and comes out; by default
        the one for serving.
      signature_def: it itself, a SignatureDef.
      input_names, output_names: in place of a signature, the names of tensors by key.
      tags: those of the graph, separated by commas; "serve" by default.
      graph: where the model is loaded; a new one by default.
      config: a ConfigProto for the session.

    Raises:
      ValueError: more is given than one says, or there is no such signature.
      OSError, RuntimeError: there is no SavedModel, or it has no graph of these tags.
    """
    return SavedModelPredictor(
        export_dir,
        signature_def_key=signature_def_key,
        signature_def=signature_def,
        input_names=input_names,
        output_names=output_names,
        tags=tags,
        graph=graph,
        config=config,
    )


def from_estimator(
    estimator: Any,
    serving_input_receiver_fn: Callable[[], Any],
    output_key: str | None = None,
    graph: Graph | None = None,
    config: Any = None,
) -> CoreEstimatorPredictor:
    """Returns a predictor out of the latest checkpoint of a `tf.estimator.Estimator`.

    Args:
      serving_input_receiver_fn: returns a ServingInputReceiver.
      output_key: which of the `export_outputs` is given; by default the one for serving.
      graph, config: as for `from_saved_model`.

    Raises:
      TypeError: it is an estimator of `tf.contrib.learn`.
      KeyError: there is no such output.
    """
    if isinstance(estimator, ContribEstimator):
        raise TypeError(
            "Expected estimator to be of type tf.python.estimator.Estimator, but got type "
            "tf.contrib.learn.Estimator. You likely want to call from_contrib_estimator."
        )
    return CoreEstimatorPredictor(
        estimator, serving_input_receiver_fn, output_key=output_key, graph=graph, config=config
    )


def from_contrib_estimator(
    estimator: Any,
    prediction_input_fn: Callable[[], Any],
    input_alternative_key: str | None = None,
    output_alternative_key: str | None = None,
    graph: Graph | None = None,
    config: Any = None,
) -> ContribEstimatorPredictor:
    """Returns a predictor out of the latest checkpoint of a `tf.contrib.learn.Estimator`.

    Args:
      prediction_input_fn: returns InputFnOps.
      input_alternative_key, output_alternative_key: which inputs and outputs; the default ones.
      graph, config: as for `from_saved_model`.

    Raises:
      TypeError: it is an estimator of `tf.estimator`.
      ValueError: there is no such output, or none is named among several.
    """
    if isinstance(estimator, Estimator):
        raise TypeError(
            "Expected estimator to be of type tf.contrib.learn.Estimator, but got type "
            "tf.python.estimator.Estimator. You likely want to call from_estimator."
        )
    return ContribEstimatorPredictor(
        estimator,
        prediction_input_fn,
        input_alternative_key=input_alternative_key,
        output_alternative_key=output_alternative_key,
        graph=graph,
        config=config,
    )
