"""Files that belong to a model: a SavedModel takes them along."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device, init_scope
from stillflow.tracking.trackable import Trackable


class TrackableAsset(Trackable):
    """The path of a file: a text, or string[]."""

    def __init__(self, path: Any):
        with init_scope(), device("CPU"):
            self._path = convert_to_tensor(path, dtypes.string, name="asset_path")

    @property
    def asset_path(self) -> Tensor:
        """string[]"""
        return self._path
