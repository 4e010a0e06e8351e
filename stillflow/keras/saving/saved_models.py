"""Keras models of SavedModels that `model.save(folder, save_format="tf")` wrote.

A model is built by its configuration where that tells all; else its layers are functions.
"""

from __future__ import annotations

import json
from typing import Any

from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.saved_model.folders import get_variables_path
from stillflow.interchange.saved_model.loader import read_saved_model
from stillflow.keras.saving.model_config import model_from_config
from stillflow.keras.saving.objects.loading import load_revived
from stillflow.keras.saving.objects.revived import RevivedModel
from stillflow.keras.saving.training_config import compile_args_from_training_config


def load_model_from_saved_model(folder: Any, custom_objects: Any, compile: bool) -> Any:
    """The model of a folder, with its weights.

    Args:
      custom_objects: {name: object}, a program's own classes and functions.
      compile: whether it is compiled as it was, with the optimizer's state.

    Raises:
      OSError: the SavedModel is of no Keras model.
    """
    folder = as_text(path_to_str(folder))
    told = _metadata(folder)
    model = _by_configuration(told, custom_objects or {})
    if model is None:
        return load(folder, compile, custom_objects)
    _compile(model, told if compile else {}, custom_objects)
    model.load_weights(get_variables_path(folder)).expect_partial()
    return model


def load(path: Any, compile: bool = True, custom_objects: Any = None) -> Any:
    """The root of a SavedModel, in which layers and models are such again, by their functions.

    Args:
      compile: whether it is compiled as it was, with the optimizer's state, if it is a model.
      custom_objects: {name: object}, a program's own losses, metrics and optimizers.

    Raises:
      OSError, ValueError: as `tf.saved_model.load_v2`.
    """
    folder = as_text(path_to_str(path))
    root = load_revived(folder)
    if compile and isinstance(root, RevivedModel) and _compile(root, root._told, custom_objects):
        root.load_weights(get_variables_path(folder)).expect_partial()  # the optimizer's state
    return root


def _compile(model: Any, told: dict[str, Any], custom_objects: Any) -> bool:
    """Compiles a model as the file tells; whether it does."""
    training = told.get("training_config")
    if training is not None:
        model.compile(**compile_args_from_training_config(training, custom_objects))
    return training is not None


def _by_configuration(told: dict[str, Any], custom_objects: Any) -> Any:
    """A new model as the file tells it; None where that needs classes that are not known."""
    if "config" not in told.get("model_config", {}):
        return None  # a subclass
    try:
        return model_from_config(told["model_config"], custom_objects=custom_objects)
    except ValueError:  # a class, or a function, of the program that wrote the file
        return None


def _metadata(folder: str) -> dict[str, Any]:
    """What the root object of a SavedModel says of itself."""
    metas = read_saved_model(folder).meta_graphs
    nodes = metas[0].object_graph_def.nodes if len(metas) == 1 else ()
    root = nodes[0].user_object if nodes else None
    if root is None or not root.identifier.startswith("_tf_keras") or not root.metadata:
        raise OSError(
            "Unable to load model. Filepath is not an hdf5 file (or h5py is not available) or "
            "SavedModel.\n  It is a SavedModel, of no Keras model: "
            "`tf.keras.experimental.load_from_saved_model` reads what `export_saved_model` wrote, "
            "`tf.saved_model.load_v2` what `tf.saved_model.save` did, `tf.saved_model.load` any."
        )
    told: dict[str, Any] = json.loads(root.metadata)
    return told
