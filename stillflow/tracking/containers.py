"""What containers of trackable objects have in common: the weights of the layers that they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.tracking.assigning import sticky_attribute_assignment
from stillflow.tracking.trackable import Trackable


class UntrackableError(ValueError):
    """An element of a container cannot be tracked."""

    def __init__(self, value: Any):
        super().__init__(
            "Only trackable objects (such as Layers or Optimizers) may be stored in a List object. "
            f"Got {value}, which does not inherit from Trackable."
        )


class TrackableDataStructure(Trackable):
    """The base of containers, equal to themselves alone."""

    def __init__(self) -> None:
        self._trainable = True
        self._extra_variables: list[Any] = []  # those that are elements, not a layer's

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value

    def _track_value(self, value: Any, name: str) -> Any:
        """Returns an element as it is kept, now a dependency. UntrackableError when it cannot."""
        value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        if not isinstance(value, Trackable):
            raise UntrackableError(value)
        if value._is_variable:
            self._extra_variables.append(value)
        if hasattr(value, "_use_resource_variables"):
            value._use_resource_variables = True
        return value

    @property
    def _values(self) -> Iterable[Any]:
        """The elements."""
        raise NotImplementedError("Abstract method")

    # Layers and weights ---------------------------------------------------------------------------

    @property
    def _layers(self) -> list[Any]:
        """The layers and the containers among the elements, the empty ones too."""
        kinds = (isinstance(v, TrackableDataStructure) or _has_weights(v) for v in self._values)
        return [value for value, is_one in zip(self._values, kinds, strict=True) if is_one]

    @property
    def layers(self) -> list[Any]:
        """The layers among the elements, and in containers among them, each once."""
        return list({id(layer): layer for layer in _layers_in(self._layers)}.values())

    @property
    def trainable_weights(self) -> list[Any]:
        if not self.trainable:
            return []
        own = [variable for variable in self._extra_variables if variable.trainable]
        return [*_all("trainable_weights", self._layers), *own]

    @property
    def non_trainable_weights(self) -> list[Any]:
        own = [variable for variable in self._extra_variables if not variable.trainable]
        fixed = [*_all("non_trainable_weights", self._layers), *own]
        if self.trainable:
            return fixed
        trained = [variable for variable in self._extra_variables if variable.trainable]
        return [*_all("trainable_weights", self._layers), *trained, *fixed]

    @property
    def weights(self) -> list[Any]:
        return self.trainable_weights + self.non_trainable_weights

    @property
    def trainable_variables(self) -> list[Any]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        return self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        return self.weights

    @property
    def updates(self) -> list[Any]:
        return _all("updates", self.layers)

    @property
    def losses(self) -> list[Any]:
        return _all("losses", self.layers)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _has_weights(value: Any) -> bool:
    kind = type(value)
    return hasattr(kind, "trainable_weights") and hasattr(kind, "non_trainable_weights")


def _layers_in(values: list[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, TrackableDataStructure):
            yield from value.layers
        else:
            yield value


def _all(attribute: str, layers: list[Any]) -> list[Any]:
    return [item for layer in layers for item in getattr(layer, attribute, ())]
