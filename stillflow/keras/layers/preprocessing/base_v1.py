"""Layers whose variables `adapt` sets from data, in a graph that Keras' session runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dataset_v1 import make_one_shot_iterator
from stillflow.input.datasets.experimental.selecting import cardinality
from stillflow.keras.layers.preprocessing import base
from stillflow.layers.default_session import get_session
from stillflow.ops.datasets.dataset import INFINITE
from stillflow.ops.variables.state import assign


class CombinerPreprocessingLayer(base.CombinerPreprocessingLayer):
    """The layer for graphs.

    A layer that is written for eager mode becomes one for graphs in a class with both as its
    bases, its own first; it bears the same name, for files that hold it.
    """

    def _restore_updates(self) -> dict[str, Any]:
        return {name: get_session().run(v) for name, v in self.state_variables.items()}

    def _dataset_is_infinite(self, dataset: DatasetV2) -> bool:
        return bool(get_session().run(cardinality(dataset)) == INFINITE)

    def _get_dataset_iterator(self, dataset: DatasetV2) -> Callable[[], Any]:
        iterator = make_one_shot_iterator(dataset)
        session = get_session()
        batch = iterator.get_next()
        return lambda: session.run(batch)

    def _set_state_variables(self, updates: Mapping[str, Any]) -> None:
        self._check_built()
        assigned = [assign(self.state_variables[name], value) for name, value in updates.items()]
        get_session().run(assigned)
