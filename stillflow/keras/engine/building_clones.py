"""A clone of a model that is built and compiled as the model was, for an estimator say."""

from __future__ import annotations

from typing import Any

from stillflow.keras.backend.tensors import placeholder
from stillflow.keras.engine.cloning import clone_model
from stillflow.keras.engine.resetting import reset_in_place
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.metrics.naming import clone_metrics
from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.layers.custom_objects import CustomObjectScope
from stillflow.layers.default_session import track_tf_optimizer
from stillflow.platform import logging


def clone_and_build_model(
    model: Any,
    input_tensors: Any = None,
    target_tensors: Any = None,
    custom_objects: Any = None,
    compile_clone: bool = True,
    in_place_reset: bool = False,
    optimizer_iterations: Any = None,
    optimizer_config: Any = None,
) -> Any:
    """Returns a model like `model`, on tensors that are given.

    Args:
      input_tensors: what it takes, in place of new placeholders.
      target_tensors: what it is trained towards, in place of new placeholders.
      custom_objects: {name: object}, a program's own classes and functions.
      compile_clone: whether it is compiled as `model` was.
      in_place_reset: whether a subclass that has no configuration is itself made as good as new.
      optimizer_iterations: the variable that counts steps.
      optimizer_config: of the optimizer, in place of what it tells itself; one, or a list.

    Raises:
      ValueError: `model` was not compiled, or it is a subclass and may not be reset.
    """
    if compile_clone and not model.optimizer:
        raise ValueError(
            "Error when cloning model: compile_clone was set to True, but the original model has "
            "not been compiled."
        )
    given = model.optimizer  # a model that is reset loses it
    clone = _clone(model, input_tensors, custom_objects, in_place_reset)
    if compile_clone:
        clone.compile(
            _optimizer_like(given, optimizer_iterations, optimizer_config),
            model.loss,
            metrics=clone_metrics(model._compile_metrics),
            loss_weights=model.loss_weights,
            sample_weight_mode=model.sample_weight_mode,
            weighted_metrics=clone_metrics(model._compile_weighted_metrics),
            target_tensors=target_tensors,
        )
    return clone


def _clone(model: Any, input_tensors: Any, custom_objects: Any, in_place_reset: bool) -> Any:
    if model._is_graph_network or isinstance(model, Sequential):
        with CustomObjectScope(custom_objects or {}):
            clone = clone_model(model, input_tensors=input_tensors)
        shape = getattr(model, "_build_input_shape", None)
        if isinstance(clone, Sequential) and not clone._is_graph_network and shape is not None:
            clone._set_inputs(placeholder(shape, dtype=model.inputs[0].dtype))
        return clone
    try:
        clone = type(model).from_config(model.get_config())
    except NotImplementedError:
        logging.warning(
            "This model is a subclassed model. Please implement `get_config` and `from_config` to "
            "better support cloning the model."
        )
        if not in_place_reset:
            raise ValueError(
                "This model is a subclassed model. Such a model cannot be cloned, but there is a "
                "workaround where the model is reset in-place. To use this, please set the "
                "argument `in_place_reset` to `True`. This will reset the attributes in the "
                "original model. To restore the attributes, call "
                "`in_place_subclassed_model_state_restoration(model)`."
            ) from None
        clone = model
        reset_in_place(clone)
    if input_tensors is not None:
        is_single = isinstance(input_tensors, (list, tuple)) and len(input_tensors) == 1
        clone._set_inputs(input_tensors[0] if is_single else input_tensors)
    return clone


def _optimizer_like(given: Any, iterations: Any, config: Any) -> Any:
    """An optimizer as the given one, or a list of them for a list."""
    if isinstance(given, TFOptimizer):
        optimizer = TFOptimizer(given.optimizer, iterations)
        track_tf_optimizer(optimizer)
        return optimizer
    several = list(given) if isinstance(given, (tuple, list)) else [given]
    if config is None:
        configs = [each.get_config() for each in several]
    else:
        configs = [config] if isinstance(config, dict) else list(config)
    made = [
        type(each).from_config(each_config)
        for each, each_config in zip(several, configs, strict=False)
    ]
    if iterations is not None:
        for each in made:
            each.iterations = iterations
    return made[0] if len(made) == 1 else made
