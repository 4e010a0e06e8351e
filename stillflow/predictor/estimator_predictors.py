"""Predictors out of estimators: those of `tf.estimator`, and those of `tf.contrib.learn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.checkpoint import management
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.graph.graph import Graph
from stillflow.interchange.saved_model import names
from stillflow.learn.exporting import signatures
from stillflow.monitored.creators import ChiefSessionCreator
from stillflow.monitored.sessions import MonitoredSession
from stillflow.predictor.predictor import Predictor, names_in


class CoreEstimatorPredictor(Predictor):
    """Restores the latest checkpoint of an estimator when it is made. See `from_estimator`."""

    def __init__(
        self,
        estimator: Any,
        serving_input_receiver_fn: Callable[[], Any],
        output_key: str | None = None,
        graph: Graph | None = None,
        config: Any = None,
    ):
        self._graph = graph or Graph()
        with self._graph.as_default():
            receiver = serving_input_receiver_fn()
            signature = _signature(receiver, estimator, output_key)
            creator = ChiefSessionCreator(config=config, checkpoint_dir=estimator.model_dir)
            self._session = MonitoredSession(session_creator=creator)
        self._take_names(names_in(signature.inputs), names_in(signature.outputs))


def _signature(receiver: Any, estimator: Any, output_key: str | None) -> Any:
    output_key = output_key or names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    spec = estimator.model_fn(receiver.features, None, ModeKeys.PREDICT, estimator.config)
    output = spec.export_outputs.get(output_key)
    if output is None:
        raise KeyError(f"output_key must be one of {spec.export_outputs.keys()}; got {output_key}")
    return output.as_signature_def(receiver.receiver_tensors)


class ContribEstimatorPredictor(Predictor):
    """The same of one of `tf.contrib.learn`. See `from_contrib_estimator`."""

    def __init__(
        self,
        estimator: Any,
        prediction_input_fn: Callable[[], Any],
        input_alternative_key: str | None = None,
        output_alternative_key: str | None = None,
        graph: Graph | None = None,
        config: Any = None,
    ):
        self._graph = graph or Graph()
        with self._graph.as_default():
            fed = prediction_input_fn()
            model = estimator._get_predict_ops(fed.features)
            path = management.latest_checkpoint(estimator.model_dir)
            creator = ChiefSessionCreator(config=config, checkpoint_filename_with_path=path)
            self._session = MonitoredSession(session_creator=creator)
        inputs, _ = signatures.get_input_alternatives(fed)
        key = input_alternative_key or signatures.DEFAULT_INPUT_ALTERNATIVE_KEY
        self._feed_tensors = inputs[key]
        outputs, output_key = signatures.get_output_alternatives(model, output_alternative_key)
        _, self._fetch_tensors = outputs[output_key]
