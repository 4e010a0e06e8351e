"""What a SavedModel of objects holds of a layer besides its weights.

Models, and what a layer is in their files, are above this stage: `tellers.append(...)` tells of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from stillflow.ops.variables.module import Module


class Teller(Protocol):
    """Knows layers as files hold them. A `cache` is a dict of all that is saved together."""

    def metadata(self, layer: Any) -> str:
        """What the layer was made with, as JSON."""

    def objects(self, layer: Any, cache: Any) -> dict[str, Any]:
        """Lists of the layer's weights and such, by name."""

    def functions(self, layer: Any, cache: Any) -> dict[str, Any]:
        """The layer's call, and others, as `tf.function`s by name."""


# The one function that finds the teller.
tellers: list[Callable[[], Teller]] = []


class SavedParts(Module):
    """The part of a layer that says what `tf.saved_model.save` writes of it."""

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_layer"

    @property
    def _tracking_metadata(self) -> str:
        return tellers[0]().metadata(self) if tellers else ""

    def _list_extra_dependencies_for_serialization(self, serialization_cache: Any) -> Any:
        return tellers[0]().objects(self, serialization_cache) if tellers else {}

    def _list_functions_for_serialization(self, serialization_cache: Any) -> Any:
        return tellers[0]().functions(self, serialization_cache) if tellers else {}
