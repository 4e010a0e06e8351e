"""`save_weights` and `load_weights` of models: in HDF5, or as a checkpoint of objects."""

from __future__ import annotations

import os
from typing import Any

from stillflow.checkpoint.management import update_checkpoint_state
from stillflow.checkpoint.reader import new_checkpoint_reader
from stillflow.graph.errors import DataLossError
from stillflow.keras.saving.hdf5_attributes import h5py_module
from stillflow.keras.saving.hdf5_models import opened
from stillflow.keras.saving.hdf5_weights import (
    load_weights_from_hdf5_group,
    load_weights_from_hdf5_group_by_name,
    save_weights_to_hdf5_group,
)
from stillflow.keras.saving.models import is_hdf5_name
from stillflow.keras.saving.overwriting import may_write
from stillflow.layers.default_session import get_session
from stillflow.platform import logging
from stillflow.tracking.trackable import Trackable
from stillflow.train.objects.object_saver import TrackableSaver, saver_with_op_caching
from stillflow.train.objects.statuses import streaming_restore

_FORMATS = {
    **dict.fromkeys(("tensorflow", "tf"), "tf"),
    **dict.fromkeys(("hdf5", "h5", "keras"), "h5"),
}


def save_weights(
    model: Any, filepath: str, overwrite: bool = True, save_format: str | None = None
) -> None:
    """Keeps the weights of a model.

    Args:
      filepath: the file's name; for the format "tf" what those of several files begin with.
      overwrite: whether a file that is there is written anew without asking.
      save_format: "h5" or "tf"; by default what the name ends with tells, else "tf".

    Raises:
      ImportError: h5py is not installed, for "h5".
      ValueError: another format, or the name says another.
    """
    model._assert_weights_created()
    chosen = _format_of(filepath, save_format)
    if chosen == "h5":
        h5py_module("save_weights")
    if not may_write(filepath if chosen == "h5" else filepath + ".index", overwrite):
        return
    if chosen == "h5":
        with opened(filepath, "w", "save_weights") as file:
            save_weights_to_hdf5_group(file, model.layers)
        return
    _warn_of_optimizer(model)
    _saver_of(model).save(filepath, session=get_session())
    update_checkpoint_state(
        os.path.dirname(filepath),
        filepath,
        all_model_checkpoint_paths=[filepath],
        save_relative_paths=True,
    )


def load_weights(model: Any, filepath: str, by_name: bool = False) -> Any:
    """Gives a model the weights of a file.

    Args:
      by_name: whether layers get what layers of their names had, in HDF5 files alone; else the
        layers of both are taken in order.

    Returns:
      For a checkpoint what `tf.train.Checkpoint.restore` does; weights that are made later get
      their values then. None for HDF5.

    Raises:
      ImportError: h5py is not installed, for an HDF5 file.
      NotImplementedError: `by_name` with a checkpoint.
      ValueError: layers or weights do not fit.
    """
    if not is_hdf5_name(filepath) and _is_checkpoint(filepath):
        return _restore(model, filepath, by_name)
    h5py_module("load_weights")
    model._assert_weights_created()
    with opened(filepath, "r", "load_weights") as file:
        is_whole = "layer_names" not in file.attrs and "model_weights" in file
        group = file["model_weights"] if is_whole else file
        load = load_weights_from_hdf5_group_by_name if by_name else load_weights_from_hdf5_group
        load(group, model.layers)
    return None


def _format_of(filepath: str, save_format: str | None) -> str:
    if save_format is None:
        return "h5" if is_hdf5_name(filepath) else "tf"
    chosen = _FORMATS.get(save_format.lower().strip())
    if chosen is None:
        raise ValueError(f'Unknown format "{save_format}". Was expecting one of {{"tf", "h5"}}.')
    if chosen == "tf" and is_hdf5_name(filepath):
        raise ValueError(
            f'save_weights got save_format="tf"/"tensorflow", but the filepath ("{filepath}") '
            'looks like an HDF5 file. Omit the ".h5"/".keras" when saving in TensorFlow format.'
        )
    return chosen


def _is_checkpoint(filepath: str) -> bool:
    try:
        new_checkpoint_reader(filepath)
    except DataLossError:
        return False
    return True


def _restore(model: Any, filepath: str, by_name: bool) -> Any:
    status = _saver_of(model).restore(filepath)
    if by_name:
        raise NotImplementedError(
            "Weights may only be loaded based on topology into Models when loading "
            "TensorFlow-formatted weights (got by_name=True to load_weights)."
        )
    streaming_restore(status, session=get_session())
    status.assert_nontrivial_match()
    return status


def _saver_of(model: Any) -> TrackableSaver:
    """The saver of a model, which keeps the nodes that it has made."""
    saver = model.__dict__.get("_trackable_saver")
    if saver is None:
        saver = model.__dict__["_trackable_saver"] = saver_with_op_caching(model)
    return saver


def _warn_of_optimizer(model: Any) -> None:
    optimizer = getattr(model, "optimizer", None)
    if optimizer and not isinstance(optimizer, Trackable):
        logging.warning(
            f"This model was compiled with a Keras optimizer ({optimizer}) but is being saved in "
            "TensorFlow format with `save_weights`. The model's weights will be saved, but unlike "
            "with TensorFlow optimizers in the TensorFlow format the optimizer's state will not be "
            "saved.\n\nConsider using a TensorFlow optimizer from `tf.train`."
        )
