"""How the values of replicas are brought together: `tf.distribute.CrossDeviceOps`.

On one machine, with its one memory, the values go to one device, and what they are together goes
from there to all. `NcclAllReduce` and its like are that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from stillflow.distribute.device_map import DeviceMap, LogicalDeviceSpec, SingleDeviceMap
from stillflow.distribute.devices import resolve
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.distribute.values import DistributedValues, Mirrored, PerReplica, regroup
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device
from stillflow.ops.array.indexed_slices import concat_slices
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.variables.variable import Variable


class CollectiveCommunication(Enum):
    """By what workers talk to each other; with one of them, all are the same."""

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


class CrossDeviceOps:
    """Base of what brings values together."""

    def reduce(self, reduce_op: ReduceOp, per_replica_value: Any, destinations: Any) -> Any:
        """Returns what the values are together, where `destinations` are.

        Raises:
          ValueError: `destinations` are no place.
        """
        value = _per_replica(per_replica_value)
        validate_destinations(destinations)
        if len(value.values) == 1 and _devices_match(value, destinations):
            return regroup(value.device_map, value.values, wrap_class=Mirrored)
        return self.reduce_implementation(reduce_op, value, destinations)

    def batch_reduce(self, reduce_op: ReduceOp, value_destination_pairs: Iterable[Any]) -> Any:
        """`reduce` of several: pairs of a value and where it is wanted."""
        pairs = _checked_pairs(value_destination_pairs)
        for _, place in pairs:
            validate_destinations(place)
        first = pairs[0][0] if pairs else None
        if first is not None and len(first.values) == 1 and _all_in_one_place(pairs):
            return [
                regroup(value.device_map, value.values, wrap_class=Mirrored) for value, _ in pairs
            ]
        return self.batch_reduce_implementation(reduce_op, pairs)

    def broadcast(self, tensor: Any, destinations: Any) -> Any:
        """Returns `tensor` where `destinations` are."""
        validate_destinations(destinations)
        return self.broadcast_implementation(tensor, destinations)

    def reduce_implementation(
        self, reduce_op: ReduceOp, per_replica_value: Any, destinations: Any
    ) -> Any:
        """For subclasses to give."""
        raise NotImplementedError("_reduce method must be implemented in descendants.")

    def batch_reduce_implementation(
        self, reduce_op: ReduceOp, value_destination_pairs: Any
    ) -> list[Any]:
        """For subclasses to give."""
        raise NotImplementedError("_batch_reduce method must be implemented in descendants.")

    def broadcast_implementation(self, tensor: Any, destinations: Any) -> Any:
        return simple_broadcast(tensor, destinations, always_mirrored=True)


class ReductionToOneDevice(CrossDeviceOps):
    """Adds the values on one device.

    Args:
      reduce_to_device: its name; that of the first destination by default.
      accumulation_fn: adds a list of tensors; `tf.add_n` by default.
    """

    def __init__(
        self, reduce_to_device: str | None = None, accumulation_fn: Callable[..., Any] | None = None
    ):
        self.reduce_to_device = reduce_to_device
        self.accumulation_fn = accumulation_fn or add_n
        super().__init__()

    def reduce_implementation(
        self, reduce_op: ReduceOp, per_replica_value: Any, destinations: Any
    ) -> Any:
        there = destinations if check_destinations(destinations) else per_replica_value
        place = self.reduce_to_device or get_devices_from(there)[0]
        reduced = _added(per_replica_value, place, self.accumulation_fn, reduce_op)
        return self.broadcast(reduced, destinations)

    def batch_reduce_implementation(
        self, reduce_op: ReduceOp, value_destination_pairs: Any
    ) -> list[Any]:
        return [
            self.reduce_implementation(reduce_op, value, destinations=place)
            for value, place in value_destination_pairs
        ]


class AllReduceCrossDeviceOps(ReductionToOneDevice):
    """Recorded, and done as ReductionToOneDevice does it."""

    def __init__(
        self,
        all_reduce_alg: str = "nccl",
        num_packs: int = 1,
        agg_small_grads_max_bytes: int = 0,
        agg_small_grads_max_group: int = 10,
    ):
        super().__init__()
        self._all_reduce_alg = all_reduce_alg
        self._num_packs = num_packs


class NcclAllReduce(AllReduceCrossDeviceOps):
    """See AllReduceCrossDeviceOps; ValueError for less than no packs."""

    def __init__(self, num_packs: int = 1):
        if num_packs < 0:
            raise ValueError(
                f"NCCL all-reduce requires num_packs >= 0, but {num_packs} is specified"
            )
        super().__init__("nccl", num_packs)


class HierarchicalCopyAllReduce(AllReduceCrossDeviceOps):
    """See AllReduceCrossDeviceOps; ValueError for less than no packs."""

    def __init__(self, num_packs: int = 1):
        if num_packs < 0:
            raise ValueError(
                f"HierarchicalCopy requires num_packs >= 0, but {num_packs} is specified"
            )
        super().__init__("hierarchical_copy", num_packs)


class MultiWorkerAllReduce(AllReduceCrossDeviceOps):
    """See AllReduceCrossDeviceOps."""

    def __init__(
        self,
        worker_devices: Any,
        num_gpus_per_worker: int,
        all_reduce_spec: Any = ("pscpu/pscpu", 2, -1),
        num_packs: int = 0,
        agg_small_grads_max_bytes: int = 0,
        agg_small_grads_max_group: int = 10,
    ):
        super().__init__("multi_worker", num_packs)


def choose_the_best(devices: Any, session_config: Any = None) -> CrossDeviceOps:
    """Returns what suits `devices`, which are of one machine."""
    return ReductionToOneDevice()


# Places -------------------------------------------------------------------------------------------


def check_destinations(destinations: Any) -> bool:
    """Whether it is said where that is."""
    if isinstance(destinations, (Variable, Tensor)) and not isinstance(
        destinations, DistributedValues
    ):
        return bool(destinations.device)
    return bool(destinations)


def validate_destinations(destinations: Any) -> None:
    """ValueError for what is no place."""
    places = (DistributedValues, Variable, Tensor, str, LogicalDeviceSpec)
    if not isinstance(destinations, places):
        raise ValueError(
            "destinations must be one of a `DistributedValues` object, a tf.Variable object, or a "
            "device string."
        )
    if not check_destinations(destinations):
        raise ValueError("destinations can not be empty")


def get_devices_from(destinations: Any) -> tuple[str, ...]:
    """The devices that values, variables or names stand for."""
    if isinstance(destinations, DistributedValues):
        return destinations.devices
    if isinstance(destinations, LogicalDeviceSpec):
        return destinations.device_map.logical_to_actual_devices(destinations.logical_device)
    return (resolve(destinations if isinstance(destinations, str) else destinations.device),)


def _device_map_of(destinations: Any) -> tuple[DeviceMap, int]:
    if isinstance(destinations, (DistributedValues, LogicalDeviceSpec)):
        return destinations.device_map, destinations.logical_device
    place = resolve(destinations) if isinstance(destinations, str) else destinations.device
    return SingleDeviceMap(place), 0


def _devices_match(left: Any, right: Any) -> bool:
    return set(get_devices_from(left)) == set(get_devices_from(right))


def _all_in_one_place(pairs: list[tuple[Any, Any]]) -> bool:
    first = pairs[0][0]
    return all(
        _devices_match(value, place) and _devices_match(value, first) for value, place in pairs
    )


# Values -------------------------------------------------------------------------------------------


def reduce_non_distributed_value(
    reduce_op: ReduceOp, device_map: DeviceMap, value: Any, destinations: Any
) -> Any:
    """What a value is together that all replicas have: a mean is it, and a sum of zeros."""
    if isinstance(value, DistributedValues):
        raise ValueError(
            "You are passing a `DistributedValue` to `reduce_non_distributed_value`, which is not "
            "allowed."
        )
    is_tensor = isinstance(value, (Tensor, IndexedSlices, Variable))
    if not is_tensor and value == 0:
        return 0
    if reduce_op is ReduceOp.MEAN:
        return value
    validate_destinations(destinations)
    if device_map.num_replicas_in_graph != 1:
        raise ValueError(
            f"A non-DistributedValues value {value} cannot be reduced with the given reduce op "
            f"{reduce_op}."
        )
    return simple_broadcast(value, destinations)


def simple_broadcast(value: Any, destinations: Any, always_mirrored: bool = False) -> Any:
    """`value` on each device of `destinations`; for one of them, a plain tensor."""
    device_map, logical_device = _device_map_of(destinations)
    places = device_map.logical_to_actual_devices(logical_device)
    if len(places) == 1 and not always_mirrored:
        return _copied(value, places[0])
    return regroup(device_map, [_copied(value, place) for place in places], wrap_class=Mirrored)


def _copied(value: Any, place: str) -> Any:
    with device(place):
        if not isinstance(value, IndexedSlices):
            return identity(value)
        shape = value.dense_shape
        return IndexedSlices(
            identity(value.values),
            identity(value.indices),
            None if shape is None else identity(shape),
        )


def _added(
    value: DistributedValues, place: str, accumulation_fn: Callable[..., Any], reduce_op: ReduceOp
) -> Any:
    if not value.values:
        raise ValueError("`per_replica_value` must be non-empty")
    if len(value.values) == 1 and value.values[0].device == place:
        return value.values[0]
    if reduce_op not in (ReduceOp.SUM, ReduceOp.MEAN):
        raise ValueError("`reduce_op` must be Reduce.SUM or Reduce.MEAN.")
    with device(place):
        are_sparse = all(isinstance(part, IndexedSlices) for part in value.values)
        added = (concat_slices if are_sparse else accumulation_fn)(list(value.values))
        return added if reduce_op is ReduceOp.SUM else _divided(added, len(value.values))


def _divided(value: Any, count: int) -> Any:
    if isinstance(value, IndexedSlices):
        return IndexedSlices(value.values / count, value.indices, value.dense_shape)
    return value / count


def _per_replica(value: Any) -> Any:
    """ValueError for what is on no device."""
    if isinstance(value, DistributedValues):
        return value
    cannot = "Cannot convert `input_tensor` to a `PerReplica` object"
    if isinstance(value, (tuple, list)):
        raise ValueError(
            f"{cannot}, got {value!r} but expected a object that is not a tuple or list."
        )
    if not hasattr(value, "device"):
        raise ValueError(f"{cannot} because it doesn't have device set.")
    return PerReplica(SingleDeviceMap(value.device), (value,))


def _checked_pairs(pairs: Iterable[Any]) -> list[tuple[Any, Any]]:
    checked = []
    for pair in pairs:
        if not isinstance(pair, tuple):
            raise ValueError("Each element of `value_destination_pairs` should be a tuple.")
        if len(pair) != 2:
            raise ValueError(
                "Each element of `value_destination_pairs` should be a tuple of size 2."
            )
        checked.append((_per_replica(pair[0]), pair[1]))
    return checked
