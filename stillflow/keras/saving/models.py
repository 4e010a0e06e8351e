"""`tf.keras.models.save_model` and `load_model`: the format is chosen here."""

from __future__ import annotations

import os
import sys
from typing import Any

from stillflow.graph.version_behavior import is_at_2
from stillflow.interchange.saved_model.loader import maybe_saved_model_directory
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.saving.hdf5_models import load_model_from_hdf5, save_model_to_hdf5
from stillflow.keras.saving.objects.saving import save_model_to_saved_model
from stillflow.keras.saving.saved_models import load_model_from_saved_model

HDF5_ENDINGS = (".hdf5", ".h5", ".keras")


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
    signatures: Any = None,
) -> None:
    """Keeps a model, with its weights and how it was compiled, in a file.

    Args:
      filepath: the file's name, or an open `h5py.File`.
      overwrite: whether a file that is there is written anew without asking.
      include_optimizer: whether the optimizer's state is kept.
      save_format: "h5" or "tf"; by default "h5", as in TensorFlow 2 if that is enabled "tf".
      signatures: for "tf" alone.

    Raises:
      ImportError: h5py is not installed.
      NotImplementedError: the model is a subclass, whose `call` no file holds; or format "tf".
    """
    save_format = save_format or ("tf" if is_at_2() else "h5")
    if save_format != "h5" and not is_hdf5_name(filepath) and not is_open(filepath):
        save_model_to_saved_model(model, filepath, overwrite, include_optimizer, signatures)
        return
    if not model._is_graph_network and not isinstance(model, Sequential):
        raise NotImplementedError(
            "Saving the model to HDF5 format requires the model to be a Functional model or a "
            "Sequential model. It does not work for subclassed models, because such models are "
            "defined via the body of a Python method, which isn't safely serializable. Consider "
            'saving to the Tensorflow SavedModel format (by setting save_format="tf") or using '
            "`save_weights`."
        )
    save_model_to_hdf5(model, filepath, overwrite, include_optimizer)


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True) -> Any:
    """Returns the model that `save_model` kept, here or in TensorFlow.

    Args:
      filepath: the file's name, or an open `h5py.File`, or the folder of a SavedModel.
      custom_objects: {name: object}, a program's own classes and functions.
      compile: whether it is compiled as it was.

    Raises:
      ImportError: h5py is not installed.
      OSError: the file is no HDF5 file, and no SavedModel of a Keras model.
      ValueError: it keeps no model.
    """
    if is_open(filepath) or _is_hdf5(filepath):
        return load_model_from_hdf5(filepath, custom_objects, compile)
    if not isinstance(filepath, str | os.PathLike):
        raise OSError(
            "Unable to load model. Filepath is not an hdf5 file (or h5py is not available) or "
            "SavedModel."
        )
    if maybe_saved_model_directory(filepath):
        return load_model_from_saved_model(filepath, custom_objects, compile)
    what = "It is no HDF5 file either." if os.path.exists(filepath) else "There is no such file."
    raise OSError(
        f"SavedModel file does not exist at: {filepath}/{{saved_model.pbtxt|saved_model.pb}}\n"
        f"  {what}"
    )


def is_hdf5_name(filepath: Any) -> bool:
    """Whether a file is named as HDF5 files of models are."""
    return isinstance(filepath, str) and filepath.endswith(HDF5_ENDINGS)


def is_open(filepath: Any) -> bool:
    """Whether this is an open `h5py.File`, which it cannot be before h5py is loaded."""
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(filepath, h5py.File)


def _is_hdf5(filepath: str) -> bool:
    try:
        with open(filepath, "rb") as file:
            return file.read(8) == b"\x89HDF\r\n\x1a\n"
    except OSError:
        return False
