"""Layers and models of a SavedModel by its functions: programs' own classes are not needed."""

from __future__ import annotations

import json
from typing import Any

from stillflow.interchange.saved_model.objects.loading import Loader, load_objects
from stillflow.keras.saving.objects.revived import RevivedLayer, revived_layer


def load_revived(folder: str) -> Any:
    """The root of a SavedModel, in which layers and models are such again, not compiled.

    Raises:
      ValueError, OSError: as `tf.saved_model.load_v2`.
    """
    return load_objects(folder, loader=KerasLoader)


class KerasLoader(Loader):
    """A load in which layers of Keras become layers."""

    def __init__(self, meta: Any, folder: str):
        super().__init__(meta, folder)
        self._wire()

    def _recreated(self, node: Any) -> Any:
        if node.WhichOneof("kind") == "user_object" and node.user_object.metadata:
            told = json.loads(node.user_object.metadata)
            layer = revived_layer(node.user_object.identifier, told)
            if layer is not None:
                return layer, type(layer).set_child
        return super()._recreated(node)

    def _wire(self) -> None:
        """Gives layers their functions, those inside first."""
        for number in sorted(self.objects, reverse=True):
            if isinstance(self.objects[number], RevivedLayer):
                self.objects[number].wire()
