"""The making of variables of which each replica has a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.distribute.device_map import DeviceMap
from stillflow.distribute.numpy_input import SingleDevice
from stillflow.distribute.variables import (
    DistributedVariable,
    MirroredVariable,
    SyncOnReadVariable,
)
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import device
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization


def mirrored(
    strategy: Any, device_map: DeviceMap, next_creator: Callable[..., Any], **kwargs: Any
) -> Any:
    """The variable of all replicas, of copies that `next_creator` makes.

    Raises:
      ValueError: its synchronization or aggregation is none.
    """
    place = kwargs.pop("colocate_with", None)
    if isinstance(place, SingleDevice):
        with device(place.device):
            return next_creator(**kwargs)
    if place is not None:
        device_map = place.device_map
    kind = _kind_of(kwargs)
    collections = kwargs.pop("collections", None)
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    aggregation = _aggregation_of(kwargs)
    kwargs.pop("caching_device", None)
    copies = _copies(device_map.logical_to_actual_devices(0), next_creator, kwargs)
    variable = kind(strategy, device_map, copies, aggregation)
    graph = get_default_graph()
    collections = list(collections)
    # As TensorFlow has it, a variable of which nothing is said leaves its copies to be trained.
    if kwargs.get("trainable", True):
        collections.append(GraphKeys.TRAINABLE_VARIABLES)
        trained = graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
        trained[:] = [item for item in trained if not any(item is copy for copy in copies)]
    graph.add_to_collections(collections, variable)
    return variable


def _copies(
    places: Sequence[str], next_creator: Callable[..., Any], kwargs: dict[str, Any]
) -> list[Any]:
    """One on each device; those behind the first start from its initial value."""
    copies: list[Any] = []
    for number, place in enumerate(places):
        with device(place):
            own = {**kwargs, "collections": []}
            if number:
                first = copies[0]
                own["name"] = f"{first.name.split(':')[0]}/replica_{number}/"
                own["initial_value"] = lambda place=place, first=first: _started_like(first, place)
            copies.append(next_creator(**own))
    return copies


def _started_like(first: Any, place: str) -> Any:
    with device(place):
        is_graph = first.initial_value is not None
        return identity(first.initial_value if is_graph else first.value())


def _kind_of(kwargs: dict[str, Any]) -> type[DistributedVariable]:
    mode = kwargs.get("synchronization") or VariableSynchronization.AUTO
    if mode is VariableSynchronization.NONE:
        raise ValueError(
            "`NONE` variable synchronization mode is not supported with `Mirrored` distribution "
            f"strategy. Please change the `synchronization` for variable: {kwargs['name']}"
        )
    if mode is VariableSynchronization.ON_READ:
        return SyncOnReadVariable
    if mode in (VariableSynchronization.AUTO, VariableSynchronization.ON_WRITE):
        return MirroredVariable
    raise ValueError(
        f"Invalid variable synchronization mode: {mode} for variable: {kwargs['name']}"
    )


def _aggregation_of(kwargs: dict[str, Any]) -> VariableAggregation:
    aggregation = kwargs.pop("aggregation", None) or VariableAggregation.NONE
    if not isinstance(aggregation, VariableAggregation):
        raise ValueError(
            f"Invalid variable aggregation mode: {aggregation} for variable: {kwargs['name']}"
        )
    return aggregation
