"""Whole models in HDF5 files: configuration, weights, and how they were compiled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.keras.optimizers.of_train import TFOptimizer
from stillflow.keras.saving.hdf5_attributes import h5py_module, text_of
from stillflow.keras.saving.hdf5_weights import (
    load_optimizer_weights_from_hdf5_group,
    load_weights_from_hdf5_group,
    save_optimizer_weights_to_hdf5_group,
    save_weights_to_hdf5_group,
)
from stillflow.keras.saving.json_types import json_type, plain
from stillflow.keras.saving.model_config import model_from_config
from stillflow.keras.saving.overwriting import may_write
from stillflow.keras.saving.training_config import (
    compile_args_from_training_config,
    model_metadata,
)
from stillflow.keras.saving.versions import KERAS_VERSION
from stillflow.platform import logging


def save_model_to_hdf5(
    model: Any, filepath: Any, overwrite: bool = True, include_optimizer: bool = True
) -> None:
    """Keeps a model in a file.

    Args:
      filepath: the file's name, or an open `h5py.File`.
      overwrite: whether a file that is there is written anew without asking.
      include_optimizer: whether the optimizer's state is kept.

    Raises:
      ImportError: h5py is not installed.
    """
    h5py = h5py_module("save_model")
    if not isinstance(filepath, h5py.File) and not may_write(filepath, overwrite):
        return
    with opened(filepath, "w", "save_model") as file:
        for name, value in model_metadata(model, include_optimizer).items():
            is_text = isinstance(value, str)
            told = value if is_text else json.dumps(plain(value), default=json_type).encode()
            file.attrs[name] = told
        save_weights_to_hdf5_group(file.create_group("model_weights"), model.layers)
        has_state = model.optimizer and not isinstance(model.optimizer, TFOptimizer)
        if include_optimizer and has_state:
            save_optimizer_weights_to_hdf5_group(file, model.optimizer)
        file.flush()


def load_model_from_hdf5(filepath: Any, custom_objects: Any = None, compile: bool = True) -> Any:
    """Returns the model that a file keeps.

    Args:
      filepath: the file's name, or an open `h5py.File`.
      custom_objects: {name: object}, a program's own classes and functions.
      compile: whether it is compiled as it was.

    Raises:
      ImportError: h5py is not installed.
      ValueError: the file keeps no model.
    """
    with opened(filepath, "r", "load_model") as file:
        if file.attrs.get("model_config") is None:
            raise ValueError(
                "No model found in config file.\n  A file of weights alone is for `load_weights`."
            )
        model = _model_of(file, custom_objects or {})
        load_weights_from_hdf5_group(file["model_weights"], model.layers)
        if compile:
            _compile(model, file, custom_objects)
    return model


def _model_of(file: Any, custom_objects: Any) -> Any:
    config = json.loads(text_of(file.attrs["model_config"]))
    try:
        return model_from_config(config, custom_objects=custom_objects)
    except (ValueError, TypeError, KeyError) as error:
        version = text_of(file.attrs.get("keras_version", KERAS_VERSION))
        if version == KERAS_VERSION:
            raise
        raise type(error)(
            f"{error.args[0] if error.args else error}\n  The file is of Keras {version}, which "
            f"describes models in other words than {KERAS_VERSION}. Build the model in the "
            "program, and take the weights alone: model.load_weights(path)."
        ) from error


def _compile(model: Any, file: Any, custom_objects: Any) -> None:
    told = file.attrs.get("training_config")
    if told is None:
        logging.warning(
            "No training configuration found in save file: the model was *not* compiled. Compile "
            "it manually."
        )
        return
    training_config = json.loads(text_of(told))
    model.compile(**compile_args_from_training_config(training_config, custom_objects))
    if "optimizer_weights" not in file:
        return
    if not model._is_graph_network:
        logging.warning(
            "Sequential models without an `input_shape` passed to the first layer cannot reload "
            "their optimizer state. As a result, your model isstarting with a freshly initialized "
            "optimizer."
        )
        return
    model._make_train_function()  # which makes what holds the state
    try:
        model.optimizer.set_weights(load_optimizer_weights_from_hdf5_group(file))
    except ValueError:
        logging.warning(
            "Error in loading the saved optimizer state. As a result, your model is starting with "
            "a freshly initialized optimizer."
        )


@contextmanager
def opened(filepath: Any, mode: str, who: str) -> Iterator[Any]:
    """A block with an HDF5 file; one that is open already stays so."""
    h5py = h5py_module(who)
    if isinstance(filepath, h5py.File):
        yield filepath
        return
    with h5py.File(filepath, mode) as file:
        yield file
