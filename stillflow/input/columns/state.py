"""What keeps the variables of columns of the newer protocol: a layer, through a state manager."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.ops.variables.scope import get_variable
from stillflow.tracking.lists import ListWrapper


class StateManager:
    """Base of what columns keep their variables and tables with."""

    def create_variable(
        self,
        feature_column: Any,
        name: str,
        shape: Any,
        dtype: Any = None,
        trainable: bool = True,
        use_resource: bool = True,
        initializer: Any = None,
    ) -> Any:
        """Returns a new variable of a column."""
        raise NotImplementedError("StateManager.create_variable")

    def add_variable(self, feature_column: Any, var: Any) -> None:
        """Takes a variable that the column has made."""
        raise NotImplementedError("StateManager.add_variable")

    def get_variable(self, feature_column: Any, name: str) -> Any:
        """Returns a variable of a column."""
        raise NotImplementedError("StateManager.get_var")

    def add_resource(self, feature_column: Any, name: str, resource: Any) -> None:
        """Takes a table that the column has made."""
        raise NotImplementedError("StateManager.add_resource")

    def get_resource(self, feature_column: Any, name: str) -> Any:
        """Returns a table of a column."""
        raise NotImplementedError("StateManager.get_resource")


class LayerState(StateManager):
    """Makes the variables of columns as weights of a layer, by `getter`."""

    def __init__(self, layer: Any, trainable: bool, getter: Callable[..., Any] = get_variable):
        self._layer = layer
        self._trainable = trainable
        self._getter = getter
        self._variables: dict[Any, dict[str, Any]] = collections.defaultdict(dict)
        #: Tables that functions look into, each trace into its own: a SavedModel takes them along.
        self.kept_by_functions = ListWrapper([])
        self._resources: dict[Any, dict[str, Any]] = collections.defaultdict(dict)

    def create_variable(
        self,
        feature_column: Any,
        name: str,
        shape: Any,
        dtype: Any = None,
        trainable: bool = True,
        use_resource: bool = True,
        initializer: Any = None,
    ) -> Any:
        if name in self._variables[feature_column]:
            raise ValueError("Variable already exists.")
        variable = self._layer.add_weight(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=self._trainable and trainable,
            use_resource=use_resource,
            getter=self._getter,
        )
        self._variables[feature_column][name] = variable
        return variable

    def get_variable(self, feature_column: Any, name: str) -> Any:
        if name not in self._variables[feature_column]:
            raise ValueError("Variable does not exist.")
        return self._variables[feature_column][name]

    def add_resource(self, feature_column: Any, name: str, resource: Any) -> None:
        self._resources[feature_column][name] = resource
        if not executing_eagerly() and executing_eagerly_outside_functions():
            self.kept_by_functions.append(resource)

    def get_resource(self, feature_column: Any, name: str) -> Any:
        if name not in self._resources[feature_column]:
            raise ValueError("Resource does not exist.")
        return self._resources[feature_column][name]
