"""Weights of layers, and the state of optimizers, in groups of HDF5 files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from stillflow.keras.saving.hdf5_attributes import (
    load_attributes_from_hdf5_group,
    save_attributes_to_hdf5_group,
    text_of,
)
from stillflow.keras.saving.older_weights import preprocess_weights_for_loading
from stillflow.keras.saving.versions import BACKEND, KERAS_VERSION
from stillflow.layers.nodes import int_shape
from stillflow.layers.values import batch_get_value, batch_set_value


def save_weights_to_hdf5_group(f: Any, layers: list[Any]) -> None:
    """Keeps the weights of layers, a group each, the names and order of all as attributes."""
    save_attributes_to_hdf5_group(f, "layer_names", [layer.name.encode() for layer in layers])
    f.attrs["backend"] = BACKEND.encode()
    f.attrs["keras_version"] = KERAS_VERSION.encode()
    for layer in layers:
        _save_arrays(f.create_group(layer.name), ordered_weights(layer))


def load_weights_from_hdf5_group(f: Any, layers: list[Any]) -> None:
    """Gives layers with weights those of the file, in the order of both.

    Raises:
      ValueError: there are more or fewer, or of other numbers of weights.
    """
    targets = [layer for layer in layers if ordered_weights(layer)]
    saved = [(name, values) for name, values in _saved_weights(f) if values]
    if len(saved) != len(targets):
        raise ValueError(
            f"You are trying to load a weight file containing {len(saved)} layers into a model "
            f"with {len(targets)} layers.\n"
            f"  The file has weights of {_listed(name for name, _ in saved)}; the model's layers "
            f"with weights are {_listed(layer.name for layer in targets)}. Build the model as it "
            "was, or load what has equal names: load_weights(path, by_name=True)."
        )
    pairs: list[tuple[Any, Any]] = []
    for number, ((name, values), layer) in enumerate(zip(saved, targets, strict=True)):
        own = ordered_weights(layer)
        values = preprocess_weights_for_loading(layer, values, *_origin(f))
        if len(values) != len(own):
            raise ValueError(
                f'Layer #{number} (named "{layer.name}" in the current model) was found to '
                f"correspond to layer {name} in the save file. However the new layer {layer.name} "
                f"expects {len(own)} weights, but the saved weights have {len(values)} elements."
            )
        _check_shapes(number, layer, own, values)
        pairs += zip(own, values, strict=True)
    batch_set_value(pairs)


def load_weights_from_hdf5_group_by_name(f: Any, layers: list[Any]) -> None:
    """Gives layers the weights of those of their names in the file, if there are any.

    Raises:
      ValueError: a layer has more or fewer weights, or of other shapes.
    """
    pairs: list[tuple[Any, Any]] = []
    for number, (name, values) in enumerate(_saved_weights(f)):
        for layer in layers:
            if layer.name == name:
                pairs += _pairs_by_name(f, number, layer, values)
    batch_set_value(pairs)


def _check_shapes(number: int, layer: Any, own: list[Any], values: list[Any]) -> None:
    """ValueError where a weight is of another shape in the file, before any has changed."""
    for weight, value in zip(own, values, strict=True):
        if int_shape(weight) != value.shape:
            raise ValueError(
                f'Layer #{number} (named "{layer.name}"), weight {weight} has shape '
                f"{int_shape(weight)}, but the saved weight has shape {value.shape}.\n"
                "  Build the model as it was when it was saved."
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "no layer"


def _pairs_by_name(f: Any, number: int, layer: Any, values: list[Any]) -> Iterable[Any]:
    own = ordered_weights(layer)
    values = preprocess_weights_for_loading(layer, values, *_origin(f))
    if len(values) != len(own):
        raise ValueError(
            f'Layer #{number} (named "{layer.name}") expects {len(own)} weight(s), but the saved '
            f"weights have {len(values)} element(s)."
        )
    _check_shapes(number, layer, own, values)
    return zip(own, values, strict=True)


def save_optimizer_weights_to_hdf5_group(hdf5_group: Any, optimizer: Any) -> None:
    """Keeps the state of an optimizer in the group `optimizer_weights`, unless it has none."""
    if optimizer.weights:
        _save_arrays(hdf5_group.create_group("optimizer_weights"), optimizer.weights)


def load_optimizer_weights_from_hdf5_group(hdf5_group: Any) -> list[Any]:
    """The state that `save_optimizer_weights_to_hdf5_group` kept, as datasets."""
    group = hdf5_group["optimizer_weights"]
    return [group[name] for name in load_attributes_from_hdf5_group(group, "weight_names")]


def ordered_weights(layer: Any) -> list[Any]:
    """The weights in the order of files: those to be trained first, of a whole model too."""
    weights: list[Any] = layer.trainable_weights + layer.non_trainable_weights
    return weights


def _save_arrays(group: Any, variables: list[Any]) -> None:
    names = [variable.name.encode() for variable in variables]
    save_attributes_to_hdf5_group(group, "weight_names", names)
    for name, value in zip(names, batch_get_value(variables), strict=True):
        group.create_dataset(name, value.shape, dtype=value.dtype)[...] = value


def _saved_weights(f: Any) -> Iterator[tuple[str, list[Any]]]:
    """(name of a layer, its arrays), in the order of saving."""
    for name in load_attributes_from_hdf5_group(f, "layer_names"):
        weight_names = load_attributes_from_hdf5_group(f[name], "weight_names")
        yield name, [np.asarray(f[name][weight_name]) for weight_name in weight_names]


def _origin(f: Any) -> tuple[str, str | None]:
    """The versions that the file says made it: of Keras, and its backend."""
    version = text_of(f.attrs["keras_version"]) if "keras_version" in f.attrs else "1"
    return version, text_of(f.attrs["backend"]) if "backend" in f.attrs else None
