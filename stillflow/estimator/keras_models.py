"""Models of tf.keras as Estimators: `tf.keras.estimator.model_to_estimator`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.run_config import RunConfig, with_folder
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.graph import Graph
from stillflow.graph.random_seed import set_random_seed
from stillflow.interchange.saved_model.export_output import PredictOutput
from stillflow.keras.engine.building_clones import clone_and_build_model
from stillflow.keras.engine.resetting import restore_in_place
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.saving.models import load_model
from stillflow.keras.training.sample_weights import standardize_sample_weights
from stillflow.layers.default_session import initialize_variables, set_session, track_variable
from stillflow.layers.learning_phase import set_learning_phase
from stillflow.monitored.scaffold import Scaffold
from stillflow.ops.sparse.sparse_tensor import convert_to_tensor_or_sparse_tensor
from stillflow.platform import logging
from stillflow.runtime.session import Session
from stillflow.train import training_util
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.saver import Saver

_SERVING = "serving_default"
_WEIGHTED = {"features", "sample_weights"}
_STEP = "estimator_global_step"


def model_to_estimator(
    keras_model: Any = None,
    keras_model_path: Any = None,
    custom_objects: Any = None,
    model_dir: Any = None,
    config: RunConfig | None = None,
    checkpoint_format: str = "saver",
) -> Estimator:
    """Returns an Estimator that trains clones of a compiled model, with its weights to begin with.

    Input functions return features and labels by the names of the model's inputs and outputs, or as
    tensors. Features may be {"features": ..., "sample_weights": ...}.

    Args:
      keras_model, keras_model_path: the model, or the file that it was saved in.
      custom_objects: {name: object}, a program's own classes and functions.
      model_dir: where checkpoints go.
      config: a RunConfig.
      checkpoint_format: "saver" for checkpoints by the variables' names, "checkpoint" for those of
        objects.

    Raises:
      ValueError: there is not one model, it is not compiled, or the format is unknown.
    """
    model = _the_model(keras_model, keras_model_path, custom_objects)
    settings: Any = with_folder(config, model_dir)
    by_objects = _is_by_objects(model, checkpoint_format)
    if not getattr(model, "optimizer", None):
        raise ValueError(
            "The given keras model has not been compiled yet. Please compile the model with "
            "`model.compile()` before calling `model_to_estimator()`."
        )
    model_fn = _model_fn(model, custom_objects, by_objects)
    if not _has_values(model):
        set_session(Session(config=settings.session_config))
    beginning = None
    if model._is_graph_network:
        beginning = _first_checkpoint(model, custom_objects, settings, by_objects)
    elif model.built:
        logging.warning(
            "You are creating an Estimator from a Keras model manually subclassed from `Model`, "
            "that was already called on some inputs (and thus already had weights). We are "
            "currently unable to preserve the model's state (its weights) as part of the estimator "
            "in this case. Be warned that the estimator has been created using a freshly "
            "initialized version of your model."
        )
    return Estimator(model_fn, config=settings, warm_start_from=beginning)


def _the_model(model: Any, path: Any, custom_objects: Any) -> Any:
    if not (model or path):
        raise ValueError("Either `keras_model` or `keras_model_path` needs to be provided.")
    if model and path:
        raise ValueError("Please specity either `keras_model` or `keras_model_path`, but not both.")
    if model:
        logging.info("Using the Keras model provided.")
        return model
    logging.info("Loading models from %s", path)
    return load_model(path, custom_objects)


def _is_by_objects(model: Any, checkpoint_format: str | None) -> bool:
    if checkpoint_format == "saver":
        return False
    if checkpoint_format not in (None, "checkpoint"):
        raise ValueError(
            f'Checkpoint format must be one of "checkpoint" or "saver". Got {checkpoint_format}'
        )
    if not (model._is_graph_network or isinstance(model, Sequential)):
        raise ValueError(
            "Object-based checkpoints are currently not supported with subclassed models."
        )
    return True


def _has_values(model: Any) -> bool:
    weights = [weight for layer in model.layers for weight in layer.weights]
    return any(hasattr(weight, "_keras_initialized") for weight in weights)


# The model function -------------------------------------------------------------------------------


def _model_fn(model: Any, custom_objects: Any, by_objects: bool) -> Callable[..., EstimatorSpec]:
    optimizer_config = _optimizer_config(model)

    def model_fn(features: Any, labels: Any, mode: str) -> EstimatorSpec:
        clone = _clone(mode, model, custom_objects, features, labels, optimizer_config)
        predictions = dict(zip(clone.output_names, clone.outputs, strict=True))
        told: dict[str, Any] = {}
        if mode == ModeKeys.TRAIN:
            clone._make_train_function()
            told["train_op"] = clone.train_function.updates_op
        elif mode == ModeKeys.EVAL:
            clone._make_test_function()
        if mode != ModeKeys.PREDICT:
            told |= {"loss": clone.total_loss, "eval_metric_ops": _metrics_of(clone)}
        if not model._is_graph_network:
            restore_in_place(model)
        if by_objects:
            told["scaffold"] = Scaffold(saver=_saver_of_objects(clone))
        return EstimatorSpec(
            mode,
            predictions=predictions,
            export_outputs={_SERVING: PredictOutput(predictions)},
            **told,
        )

    return model_fn


def _optimizer_config(model: Any) -> Any:
    """What the optimizer tells of itself, while the model has it; None for one of `tf.train`."""
    optimizer = model.optimizer
    try:
        if isinstance(optimizer, (tuple, list)):
            return [each.get_config() for each in optimizer]
        return optimizer.get_config()
    except (NotImplementedError, AttributeError):
        return None


def _metrics_of(model: Any) -> dict[str, Any] | None:
    if not model._compile_metrics:
        return None
    return {metric.name: metric for metric in model._compile_metric_functions}


def _saver_of_objects(model: Any) -> Saver:
    model._track_trackable(training_util.get_global_step(), _STEP)
    return Saver(var_list=ObjectGraphView(model).frozen_saveable_objects(), sharded=True)


def _clone(
    mode: str,
    model: Any,
    custom_objects: Any,
    features: Any = None,
    labels: Any = None,
    optimizer_config: Any = None,
) -> Any:
    """A clone on the tensors of an input function; compiled, unless it is to predict."""
    set_learning_phase(int(mode == ModeKeys.TRAIN))
    features, weights = _without_weights(features)
    step = None
    if mode != ModeKeys.PREDICT:
        step = training_util.get_or_create_global_step()
        track_variable(step)
    clone = clone_and_build_model(
        model,
        _inputs(model, features),
        _targets(model, labels),
        custom_objects,
        compile_clone=mode != ModeKeys.PREDICT,
        in_place_reset=not model._is_graph_network,
        optimizer_iterations=step,
        optimizer_config=optimizer_config,
    )
    if weights is not None:
        weights = standardize_sample_weights(weights, clone.output_names)
        clone._compile_weights_loss_and_weighted_metrics(weights)
    return clone


def _without_weights(features: Any) -> tuple[Any, Any]:
    if isinstance(features, dict) and set(features) == _WEIGHTED:
        return features["features"], features["sample_weights"]
    return features, None


def _inputs(model: Any, features: Any) -> Any:
    if isinstance(model.inputs, dict):
        return {name: convert_to_tensor_or_sparse_tensor(features[name]) for name in model.inputs}
    return _in_order(features, model.input_names, "input", model, "features")


def _targets(model: Any, labels: Any) -> Any:
    return _in_order(labels, model.output_names, "output", model, "labels")


def _in_order(given: Any, names: Sequence[str], side: str, model: Any, what: str) -> Any:
    """Tensors in the order of the model's inputs or outputs; None for None."""
    if given is None:
        return None
    if isinstance(given, dict):
        if not model._is_graph_network:
            names = [f"{side}_{number + 1}" for number in range(len(given))]
        if set(given) != set(names):
            raise KeyError(
                f"The dictionary passed into {what} does not have the expected {side}s keys "
                f"defined in the keras model.\n\tExpected keys: {set(names)}\n\t{what} keys: "
                f"{set(given)}\n\tDifference: {set(given) ^ set(names)}"
            )
        given = [given[name] for name in names]
    each = given if isinstance(given, (list, tuple)) else [given]
    return [convert_to_tensor_or_sparse_tensor(value) for value in each]


# What it begins with ------------------------------------------------------------------------------


def _first_checkpoint(model: Any, custom_objects: Any, config: Any, by_objects: bool) -> str:
    """The checkpoint of the model's own weights, in the folder `keras`, written once."""
    folder = os.path.join(config.model_dir, "keras")
    found = latest_checkpoint(folder)
    if found:
        return found
    weights = model.get_weights() if _has_values(model) else None
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "keras_model.ckpt")
    with Graph().as_default():
        set_random_seed(config.tf_random_seed)
        training_util.create_global_step()
        clone = _clone(ModeKeys.TRAIN, model, custom_objects)
        clone._make_train_function()
        with Session(config=config.session_config) as session:
            if weights:
                clone.set_weights(weights)
            initialize_variables(session)
            if by_objects:
                clone._track_trackable(training_util.get_global_step(), _STEP)
                clone.save_weights(path)
            else:
                Saver().save(session, path)
    return path
