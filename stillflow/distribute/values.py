"""Values of which each replica has its own."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from stillflow.distribute import update_device
from stillflow.distribute.device_map import DeviceMap
from stillflow.distribute.devices import canonicalize, current
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.distribution import current_mode
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.nest import flatten, map_structure, pack_sequence_as
from stillflow.graph.operation import Tensor
from stillflow.graph.type_spec import TypeSpec, type_spec_from_value


class DistributedValues:
    """Base of them.

    Args:
      device_map: where they are.
      values: one for each device.
    """

    def __init__(
        self, device_map: DeviceMap, values: Sequence[Any], logical_device: int | None = None
    ):
        assert isinstance(device_map, DeviceMap)
        self._device_map = device_map
        self._values = tuple(values)
        if logical_device is None:
            logical_device = device_map.logical_device_from_values(self._values)
        self._logical_device = logical_device

    def get(self, device: str | None = None) -> Any:
        """The value of this replica, or of `device`, or what all replicas have in common.

        Raises:
          ValueError: there is none of that device.
        """
        if device is None:
            context = replica_context_here()
            if context is not None:
                return self._device_map.select_for_current_replica(self._values, context)
            device = update_device.current()
            if device is None:
                return self._get_cross_replica()
        return self._device_map.select_for_device(self._values, canonicalize(device))

    def _get_cross_replica(self) -> Any:
        raise NotImplementedError(
            "The value of one replica is wanted, and this is outside of them: call "
            "strategy.experimental_local_results(value) for all of them, or strategy.reduce."
        )

    @property
    def primary(self) -> Any:
        """That of the first replica."""
        return self._values[0]

    @property
    def devices(self) -> tuple[str, ...]:
        return self._device_map.logical_to_actual_devices(self._logical_device)

    @property
    def logical_device(self) -> int:
        return self._logical_device

    @property
    def device_map(self) -> DeviceMap:
        return self._device_map

    @property
    def values(self) -> tuple[Any, ...]:
        return self._values

    @property
    def is_tensor_like(self) -> bool:
        return all(isinstance(value, (Tensor, IndexedSlices)) for value in self._values)

    def _lines(self, form: str) -> str:
        rows = enumerate(zip(self.devices, self._values, strict=True))
        lines = ",\n".join(f"  {n} {device}: {form % (value,)}" for n, (device, value) in rows)
        return f"{type(self).__name__}:{{\n{lines}\n}}"

    def __str__(self) -> str:
        return self._lines("%s")

    def __repr__(self) -> str:
        return self._lines("%r")


class PerReplica(DistributedValues, CompositeTensor):
    """Each replica has another."""

    def fetch_parts(self) -> list[Any]:
        return flatten(self._values, expand_composites=True)

    def with_parts(self, parts: Sequence[Any]) -> PerReplica:
        values = pack_sequence_as(self._values, list(parts), expand_composites=True)
        return PerReplica(self._device_map, values, self._logical_device)

    def kind_in_traces(self) -> Any:
        """Where the values are, and of which kinds; their types and shapes are the parts'."""
        kinds = [
            value.kind_in_traces() if isinstance(value, CompositeTensor) else type(value)
            for value in self._values
        ]
        return (PerReplica, self._device_map.all_devices, *kinds)

    @property
    def _type_spec(self) -> PerReplicaSpec:
        specs = tuple(map(type_spec_from_value, self._values))
        return PerReplicaSpec(specs, self._device_map, self._logical_device)


class PerReplicaSpec(TypeSpec):
    """The types of the values of a PerReplica."""

    __slots__ = ("_device_map", "_logical_device", "_value_specs")

    def __init__(self, value_specs: Sequence[TypeSpec], device_map: DeviceMap, logical_device: int):
        self._value_specs = tuple(value_specs)
        self._device_map = device_map
        self._logical_device = logical_device

    @property
    def value_type(self) -> type:
        return PerReplica

    @property
    def _component_specs(self) -> tuple[TypeSpec, ...]:
        return self._value_specs

    def _to_components(self, value: PerReplica) -> tuple[Any, ...]:
        context = replica_context_here()
        if context is not None and context.num_replicas_in_sync > 1:
            raise ValueError(
                "Flattening a PerReplica to components is not supported in replica context."
            )
        return value.values

    def _from_components(self, components: Sequence[Any]) -> PerReplica:
        return PerReplica(self._device_map, components, self._logical_device)

    def _serialize(self) -> tuple:
        return (self._value_specs, self._device_map, self._logical_device)


class DistributedDelegate(DistributedValues):
    """What has the attributes and operators of the value at hand."""

    def __getattr__(self, name: str) -> Any:
        if name in ("_values", "_device_map") or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.get(), name)


class Mirrored(DistributedDelegate):
    """All replicas have the same."""

    def _get_cross_replica(self) -> Any:
        replica = self._device_map.replica_for_device(canonicalize(current()))
        return self.primary if replica is None else self._values[replica]

    def _as_graph_element(self) -> Any:
        value = self.get()
        convert = getattr(value, "_as_graph_element", None)
        return convert() if callable(convert) else value


def _forwarded(function: Any, reflected: bool) -> Any:
    def method(self: DistributedDelegate, *others: Any) -> Any:
        return function(*others, self.get()) if reflected else function(self.get(), *others)

    return method


_OPERATORS = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"),
)
for _name in _OPERATORS:
    _function = pow if _name == "pow" else getattr(operator, f"__{_name}__")
    setattr(DistributedDelegate, f"__{_name}__", _forwarded(_function, False))
    setattr(DistributedDelegate, f"__r{_name}__", _forwarded(_function, True))
for _name in ("lt", "le", "gt", "ge", "invert", "neg", "abs", "getitem"):
    _function = getattr(operator, f"__{_name}__")
    setattr(DistributedDelegate, f"__{_name}__", _forwarded(_function, False))


def replica_context_here() -> Any:
    """The ReplicaContext of what is being built, that of the default strategy too; None without."""
    mode = current_mode()
    if mode is not None:
        return mode.replica_context
    from stillflow.distribute.context import get_replica_context  # strategies have values

    return get_replica_context()


# Structures of values -----------------------------------------------------------------------------


def regroup(device_map: DeviceMap, values: Sequence[Any], wrap_class: Any = PerReplica) -> Any:
    """One structure of distributed values, of the replicas' structures.

    What is the same object in all of them stays it. Copies of one variable become the variable.
    """
    assert isinstance(device_map, DeviceMap)
    assert len(values) == device_map.num_replicas_in_graph
    first = values[0]
    if isinstance(first, (list, tuple)):
        assert all(isinstance(value, type(first)) and len(value) == len(first) for value in values)
        parts = [regroup(device_map, part, wrap_class) for part in zip(*values, strict=True)]
        if hasattr(first, "_make"):
            return first._make(parts)
        return type(first)(parts)
    if isinstance(first, dict):
        assert all(set(value) == set(first) for value in values)
        return {
            key: regroup(device_map, tuple(value[key] for value in values), wrap_class)
            for key in first
        }
    is_copy = hasattr(first, "_distributed_container") and not isinstance(first, DistributedValues)
    if is_copy:
        return value_container(first)
    return first if all(value is first for value in values) else wrap_class(device_map, values)


def value_container(value: Any) -> Any:
    """The distributed variable that `value` is a copy of; `value` itself where it is none."""
    reference = getattr(value, "_distributed_container", None)
    if reference is None or isinstance(value, DistributedValues):
        return value
    return reference() or value


def select_replica(replica_id: int, structured: Any) -> Any:
    """The structure of one replica, of one of distributed values."""

    def select(value: Any) -> Any:
        return value.values[replica_id] if isinstance(value, DistributedValues) else value

    return map_structure(select, structured)


def select_device_mirrored(device: str, structured: Any) -> Any:
    """The structure of one device; TypeError for what is not the same on all of them."""

    def select(value: Any) -> Any:
        if not isinstance(value, DistributedValues):
            return value
        if not isinstance(value, Mirrored):
            raise TypeError(
                "Expected value to be mirrored across replicas: "
                f"{value} in {structured}.\n"
                "  strategy.reduce brings the values of replicas together."
            )
        return value.get(device=device)

    return map_structure(select, structured)
