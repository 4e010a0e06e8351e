"""Which devices the replicas of a strategy are on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from stillflow.distribute.devices import canonicalize, current
from stillflow.ops.known_values import constant_value

_JOB = "/job:localhost"


class DeviceMap:
    """The devices of something that there is once for each replica, or once."""

    _devices: tuple[str, ...]

    @property
    def all_devices(self) -> tuple[str, ...]:
        return self._devices

    @property
    def devices_by_replica(self) -> Iterator[tuple[str, ...]]:
        """The devices of each replica."""
        raise ValueError(f"{type(self).__name__} not indexed by replicas")

    @property
    def num_logical_devices(self) -> int:
        return 1

    @property
    def num_replicas_in_graph(self) -> int:
        return len(self._devices)

    def logical_device_from_values(self, values: Sequence[Any]) -> int:
        return 0

    def logical_to_actual_devices(self, logical_device_id: int) -> tuple[str, ...]:
        assert logical_device_id == 0
        return self._devices

    def select_for_current_replica(self, values: Sequence[Any], replica_context: Any) -> Any:
        """That of `values` which belongs to the replica."""
        raise NotImplementedError

    def replica_for_device(self, device: str) -> int | None:
        """Which replica is on `device`; None where none is."""
        raise ValueError(f"{type(self).__name__} not indexed by replicas")

    def select_for_device(self, values: Sequence[Any], device: str) -> Any:
        """That of `values` which is on `device`; ValueError where none is."""
        # Eager tensors are on devices of a job, though there is no other one.
        own = next(
            (name for name in (device, device.removeprefix(_JOB)) if name in self._devices), ""
        )
        if not own:
            raise ValueError(
                f"Device {device} not found in {self._devices} (current device {current()})"
            )
        return values[self._devices.index(own)]

    def is_device_in_replica(self, device: str, replica_id: int) -> bool:
        raise ValueError(f"{type(self).__name__} not indexed by replicas")


class SingleDeviceMap(DeviceMap):
    """Of what is on one device."""

    def __init__(self, device: str):
        assert isinstance(device, str)
        self._devices = (canonicalize(device),)

    def select_for_current_replica(self, values: Sequence[Any], replica_context: Any) -> Any:
        assert len(values) == 1
        return values[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._devices[0]!r})"


class ReplicaDeviceMap(DeviceMap):
    """Of what there is once for each replica; each has a device.

    Raises:
      ValueError: two have the same.
    """

    def __init__(self, devices: Sequence[str]):
        self._devices = tuple(map(canonicalize, devices))
        if len(set(self._devices)) != len(self._devices):
            raise ValueError(
                f"Duplicate devices in {devices}, after canonicalization: {self._devices}"
            )

    @property
    def devices_by_replica(self) -> Iterator[tuple[str, ...]]:
        return ((device,) for device in self._devices)

    def select_for_current_replica(self, values: Sequence[Any], replica_context: Any) -> Any:
        assert len(values) == len(self._devices)
        return values[replica_number(replica_context)]

    def replica_for_device(self, device: str) -> int | None:
        return self._devices.index(device) if device in self._devices else None

    def is_device_in_replica(self, device: str, replica_id: int) -> bool:
        return canonicalize(device) == self._devices[replica_id]

    def __str__(self) -> str:
        return f"[{', '.join(self._devices)}]"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._devices)!r})"


class LogicalDeviceSpec(NamedTuple):
    """A place in a DeviceMap."""

    device_map: DeviceMap
    logical_device: int


def replica_number(replica_context: Any) -> int:
    """Which replica it is."""
    number = replica_context.replica_id_in_sync_group
    if not isinstance(number, int):
        number = constant_value(number)
    return 0 if number is None else int(number)
