"""Layers and variables in the attributes of a layer, in lists and dicts of them too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph import nest
from stillflow.layers.default_session import track_variable
from stillflow.layers.saved_parts import SavedParts
from stillflow.ops.variables.resource_variable import UnreadVariable
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.assigning import sticky_attribute_assignment

_PLAIN = (type(None), bool, int, float, str, bytes)


class Sublayers(SavedParts):
    """The part of a layer that notes which layers and variables are set to its attributes."""

    _layers: list[Any]
    _trainable_weights: list[Any]
    _non_trainable_weights: list[Any]
    _is_graph_network = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self._is_set_plainly(name):
            try:
                object.__setattr__(self, name, value)
            except AttributeError:
                raise AttributeError(
                    f'Can\'t set the attribute "{name}", likely because it conflicts with an '
                    "existing read-only @property of the object. Please choose a different name."
                ) from None
            return
        if not isinstance(value, _PLAIN):
            value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        if name in self.__dict__:
            self._release(self.__dict__[name])
        if not isinstance(value, _PLAIN):
            self._note(value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        before = self.__dict__.get(name)
        object.__delattr__(self, name)
        self._release(before)

    def _is_set_plainly(self, name: str) -> bool:
        # By the dict: a subclass may answer attributes that it does not have.
        is_tracking = self.__dict__.get("_self_setattr_tracking", True)
        return not is_tracking or self._is_graph_network or hasattr(type(self), name)

    def _note(self, value: Any) -> None:
        if _is_counted(value):
            counts = self._reference_counts()
            counts[id(value)] = counts.get(id(value), 0) + 1
        if has_weights(value) and type(self).__name__ != "Sequential":
            layers = self._own_list("_layers")
            if not _holds(layers, value):
                layers.append(value)
                if hasattr(value, "_use_resource_variables"):
                    value._use_resource_variables = True
        for leaf in nest.flatten(value):
            if isinstance(leaf, Variable) and not isinstance(leaf, UnreadVariable):
                self._note_variable(leaf)

    def _note_variable(self, variable: Any) -> None:
        weights = self._weights_like(variable)
        if not _holds(weights, variable):
            weights.append(variable)
            track_variable(variable)

    def _release(self, value: Any) -> None:
        """Forgets a layer or a variable that has left an attribute, once none holds it."""
        counts = self._reference_counts()
        if not _is_counted(value) or id(value) not in counts:
            return
        counts[id(value)] -= 1
        if counts[id(value)]:
            return
        del counts[id(value)]
        for name in ("_layers", "_trainable_weights", "_non_trainable_weights"):
            kept = [each for each in self._own_list(name) if each is not value]
            object.__setattr__(self, name, kept)

    def _weights_like(self, variable: Any) -> list[Any]:
        return self._own_list(
            "_trainable_weights" if variable.trainable else "_non_trainable_weights"
        )

    def _own_list(self, name: str) -> list[Any]:
        """A list of this object, which a subclass may need before it has called `__init__`."""
        return self.__dict__.setdefault(name, [])

    def _reference_counts(self) -> dict[int, int]:
        return self.__dict__.setdefault("_obj_reference_counts_dict", {})

    def _gather_children_attribute(self, attribute: str) -> list[Any]:
        """What an attribute of all layers inside holds, a list each."""
        layers = filter_empty_layer_containers(self.__dict__.get("_layers", ()))
        return [each for layer in layers for each in getattr(layer, attribute)]

    def _get_trainable_state(self) -> dict[Any, bool]:
        """Of this layer and all inside, whether each is to be trained."""
        state = {self: self.trainable}
        for layer in filter_empty_layer_containers(self._layers):
            state.update(layer._get_trainable_state())
        return state

    def _set_trainable_state(self, trainable_state: dict[Any, bool]) -> None:
        if self in trainable_state:
            self.trainable = trainable_state[self]
        for layer in filter_empty_layer_containers(self._layers):
            layer._set_trainable_state(trainable_state)

    trainable: bool


def is_layer(value: Any) -> bool:
    """Whether it counts as a layer: an object with `_is_layer`."""
    return hasattr(value, "_is_layer") and not isinstance(value, type)


def has_weights(value: Any) -> bool:
    """Whether it has weights as a layer has, which containers of layers do too."""
    kind = type(value)
    return hasattr(kind, "trainable_weights") and hasattr(kind, "non_trainable_weights")


def filter_empty_layer_containers(layer_list: Iterable[Any]) -> list[Any]:
    """Returns the layers among layers and containers, and inside of the containers, each once."""
    waiting, seen, found = list(layer_list)[::-1], set(), []
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if is_layer(each):
            found.append(each)
        else:
            waiting.extend(list(getattr(each, "layers", ()))[::-1])
    return found


def _is_counted(value: Any) -> bool:
    return has_weights(value) or isinstance(value, Variable)


def _holds(values: list[Any], value: Any) -> bool:
    return any(each is value for each in values)
