"""Layers as plain data, and back: the classes by the names that configurations give them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from stillflow.layers.custom_objects import deserialize_keras_object

# The modules of the classes, which load when one is first asked for.
_CLASSES: dict[str, str] = {
    "stillflow.keras.engine.base_layer": "Layer",
    "stillflow.keras.engine.input_layer": "InputLayer",
    "stillflow.keras.engine.model": "Model",
    "stillflow.keras.engine.network": "Network",
    "stillflow.keras.engine.sequential": "Sequential",
    "stillflow.layers.core": "Dense Dropout Flatten",
    "stillflow.layers.op_layer": "AddLoss AddMetric TensorFlowOpLayer",
}
_MODULES = {name: module for module, names in _CLASSES.items() for name in names.split()}
# Names that files of other versions have.
_RENAMED = dict.fromkeys(("BatchNormalizationV1", "BatchNormalizationV2"), "BatchNormalization")


class _Classes(Mapping):
    """The classes of layers by name, each imported when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        return getattr(importlib.import_module(_MODULES[name]), name)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


CLASSES = _Classes()


def serialize(layer: Any) -> dict[str, Any]:
    """A layer as {"class_name": ..., "config": ...}."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The layer, or the model, that `serialize` told.

    Args:
      custom_objects: {name: object}, a program's own classes and functions.

    Raises:
      ValueError: there is no class of that name.
    """
    name = config["class_name"]
    told = {**config, "class_name": _RENAMED.get(name, name)}
    return deserialize_keras_object(told, CLASSES, custom_objects, "layer")
