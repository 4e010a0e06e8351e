"""Optimizers by name or description: `tf.keras.optimizers.get`."""

from __future__ import annotations

from typing import Any

from stillflow.keras.optimizers.adadelta import Adadelta
from stillflow.keras.optimizers.adagrad import Adagrad
from stillflow.keras.optimizers.adam import Adam
from stillflow.keras.optimizers.adamax import Adamax
from stillflow.keras.optimizers.first_base import Optimizer as FirstOptimizer
from stillflow.keras.optimizers.ftrl import Ftrl
from stillflow.keras.optimizers.nadam import Nadam
from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.rmsprop import RMSprop
from stillflow.keras.optimizers.sgd import SGD
from stillflow.layers.custom_objects import deserialize_keras_object, serialize_keras_object
from stillflow.layers.default_session import track_tf_optimizer
from stillflow.train.optimizer import Optimizer as TrainOptimizer

serialize = serialize_keras_object

BY_NAME: dict[str, Any] = {
    each.__name__.lower(): each
    for each in (Adadelta, Adagrad, Adam, Adamax, Nadam, RMSprop, SGD, Ftrl)
}
"""The optimizers by their names in small letters."""


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer that is described; ValueError where there is none of that name.

    In `config` the name of one that is known becomes its small letters, as in TensorFlow.
    """
    if config["class_name"].lower() in BY_NAME:
        config["class_name"] = config["class_name"].lower()
    return deserialize_keras_object(config, BY_NAME, custom_objects, "optimizer")


def get(identifier: Any) -> Any:
    """The optimizer that is given as itself, by its name or its configuration.

    One of `tf.train` is made one of Keras.

    Raises:
      ValueError: there is none of that name, or it is no description.
    """
    if isinstance(identifier, (FirstOptimizer, OptimizerV2)):
        return identifier
    if isinstance(identifier, TrainOptimizer):
        optimizer = TFOptimizer(identifier)
        track_tf_optimizer(optimizer)
        return optimizer
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": identifier, "config": {}})
    raise ValueError("Could not interpret optimizer identifier:", identifier)
