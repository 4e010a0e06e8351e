"""Objects of a SavedObjectGraph: what each kind of node becomes, and how it gets its children."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)
from stillflow.tracking.assigning import NoDependency
from stillflow.tracking.auto import AutoTrackable
from stillflow.tracking.dicts import DictWrapper
from stillflow.tracking.lists import ListWrapper
from stillflow.tracking.resources import CapturableResource, TrackableResource
from stillflow.tracking.trackable import Trackable

Setter = Callable[[Any, str, Any], None]


class RestoredResource(TrackableResource):
    """A table or another resource, which functions of the SavedModel make and fill."""


class Initializer(CapturableResource):
    """What a model of sessions runs once it is loaded: no resource, but saved and run as one.

    Args:
      fill: the function that does it, of the paths of `assets`.
    """

    def __init__(self, fill: Any, assets: list[Any]):
        super().__init__()
        self._asset_paths = assets
        self._fill = fill

    def _create_resource(self) -> Any:
        return placeholder(dtypes.resource, [], name="unused_resource")

    def _initialize(self) -> Any:
        return self._fill(*[asset.asset_path for asset in self._asset_paths])


class RestoredOptimizer(AutoTrackable):
    """An optimizer, of which a SavedModel has the variables alone, and no method."""

    def __init__(self) -> None:
        self._slots: Any = NoDependency({})  # by the names of slots, then the ids of variables

    def add_slot(self, variable: Any, name: str, slot: Any) -> None:
        self._slots.setdefault(name, {})[id(variable)] = slot

    def get_slot_names(self) -> list[str]:
        return list(self._slots)

    def get_slot(self, variable: Any, name: str) -> Any:
        return self._slots[name][id(variable)]

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        slot_variable_position.restore(self.get_slot(variable, slot_name))


class SignatureMap(Mapping, Trackable):
    """The signatures of a SavedModel, functions of tensors by keyword, by their names."""

    def __init__(self) -> None:
        self._signatures: dict[str, Any] = {}

    def _add_signature(self, name: str, function: Any) -> None:
        self._signatures[name] = function

    def __getitem__(self, key: str) -> Any:
        return self._signatures[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._signatures)

    def __len__(self) -> int:
        return len(self._signatures)

    def __repr__(self) -> str:
        return f"_SignatureMap({self._signatures})"


def revived(proto: Any) -> tuple[Any, Setter]:
    """The object of a SavedUserObject, and what sets a child of it."""
    if proto.identifier == "trackable_list_wrapper":
        return ListWrapper([]), _append
    if proto.identifier == "trackable_dict_wrapper":
        return DictWrapper({}), _set_item
    if proto.identifier == "optimizer":
        return RestoredOptimizer(), set_attribute
    if proto.identifier == "signature_map":
        return SignatureMap(), lambda signatures, *named: signatures._add_signature(*named)

    class _UserObject(AutoTrackable):
        """An object of a program; its class is its own, so that it alone may become callable."""

    return _UserObject(), set_attribute


def _append(values: Any, name: str, value: Any) -> None:
    if name.isdigit():
        while len(values) < int(name):
            values.append(None)  # what is no object is not saved
        values.append(value)
    else:
        set_attribute(values, name, value)


def _set_item(values: Any, name: str, value: Any) -> None:
    values[name] = value


def set_attribute(obj: Any, name: str, value: Any) -> None:
    setattr(obj, name, value)
    if name == "__call__" and not callable(obj):
        type(obj).__call__ = lambda self, *args, **kwargs: self.__call__(*args, **kwargs)


def revived_variable(proto: Any) -> Any:
    """A variable of a SavedVariable, which has no value before it is restored."""
    name = proto.name.partition(":")[0] or None
    dtype = dtypes.as_dtype(proto.dtype)
    return unset_variable(
        TensorShape(proto.shape),
        dtype,
        name,
        proto.trainable,
        synchronization=VariableSynchronization(proto.synchronization),
        aggregation=VariableAggregation(proto.aggregation),
    )


def unset_variable(
    shape: TensorShape,
    dtype: Any,
    name: str | None,
    trainable: bool,
    collections: Any = None,
    **settings: Any,
) -> Any:
    """A variable with a handle, which something else gives its value.

    As in TensorFlow it is in no collection of those to train: who loads a model says what is.
    """
    sizes = [size or 0 for size in shape.as_list()] if shape.ndims is not None else []
    variable = Variable(
        lambda: filling.zeros(sizes, dtype),
        trainable=trainable,
        collections=collections,
        name=name,
        dtype=dtype,
        shape=shape,
        use_resource=True,
        **settings,
    )
    trained = get_default_graph().get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
    trained[:] = [other for other in trained if other is not variable]
    return variable
