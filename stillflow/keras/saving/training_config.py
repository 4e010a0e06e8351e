"""How a model was compiled, as files tell it, and the arguments of `compile` for that."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.keras.losses import naming as losses
from stillflow.keras.optimizers import naming as optimizers
from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.keras.saving.versions import BACKEND, KERAS_VERSION
from stillflow.platform import logging


def model_metadata(
    model: Any, include_optimizer: bool = True, require_config: bool = True
) -> dict[str, Any]:
    """What a file says of a model besides its weights.

    Args:
      include_optimizer: whether it says how the model was compiled, if it was.
      require_config: whether a model without a configuration is refused.

    Raises:
      NotImplementedError: it is a subclass without `get_config`.
    """
    config = {"class_name": type(model).__name__}
    try:
        config["config"] = model.get_config()
    except NotImplementedError:
        if require_config:
            raise
    metadata = {"keras_version": KERAS_VERSION, "backend": BACKEND, "model_config": config}
    if not model.optimizer or not include_optimizer:
        return metadata
    if isinstance(model.optimizer, TFOptimizer):
        logging.warning(
            "TensorFlow optimizers do not make it possible to access optimizer attributes or "
            "optimizer state after instantiation. As a result, we cannot save the optimizer as "
            "part of the model save file. You will have to compile your model again after loading "
            "it. Prefer using a Keras optimizer instead (see keras.io/optimizers)."
        )
        return metadata
    metadata["training_config"] = {
        "loss": model.loss,
        "metrics": model._compile_metrics,
        "weighted_metrics": model._compile_weighted_metrics,
        "sample_weight_mode": model.sample_weight_mode,
        "loss_weights": model.loss_weights,
        "optimizer_config": {
            "class_name": type(model.optimizer).__name__,
            "config": model.optimizer.get_config(),
        },
    }
    return metadata


def compile_args_from_training_config(
    training_config: dict[str, Any], custom_objects: Any = None
) -> dict[str, Any]:
    """The arguments of `compile` that a file tells of.

    Args:
      custom_objects: {name: object}, a program's own functions and classes.
    """
    own = custom_objects or {}

    def known(value: Any) -> Any:
        return own.get(value, value) if isinstance(value, str) else value

    loss = training_config["loss"]
    if isinstance(loss, dict) and "class_name" in loss:
        loss = losses.get(loss)
    return {
        "optimizer": optimizers.deserialize(
            training_config["optimizer_config"], custom_objects=own
        ),
        "loss": nest.map_structure(known, loss),
        "metrics": nest.map_structure(known, training_config["metrics"]),
        "weighted_metrics": nest.map_structure(known, training_config.get("weighted_metrics")),
        "loss_weights": training_config["loss_weights"],
        "sample_weight_mode": training_config["sample_weight_mode"],
    }
