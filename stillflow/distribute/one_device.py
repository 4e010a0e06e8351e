"""`OneDeviceStrategy`: one replica, whose variables and operations are on one device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.distribute import input_iterators
from stillflow.distribute.device_map import SingleDeviceMap
from stillflow.distribute.devices import canonicalize
from stillflow.distribute.extended import StrategyExtended
from stillflow.distribute.input_context import InputContext
from stillflow.distribute.multi_step import run_steps
from stillflow.distribute.numpy_input import SingleDevice, one_host_numpy_dataset
from stillflow.distribute.replica_context import ReplicaContext
from stillflow.distribute.strategy import Strategy
from stillflow.distribute.update_device import UpdateContext
from stillflow.graph import dtypes
from stillflow.graph.nest import map_structure
from stillflow.graph.scopes import colocate_with as beside
from stillflow.graph.scopes import device as on_device
from stillflow.ops.control.ordering import identity


class OneDeviceStrategy(Strategy):
    """A strategy with one replica.

    Args:
      device: the name of its device.
    """

    def __init__(self, device: str):
        super().__init__(OneDeviceExtended(self, device))


class OneDeviceExtended(StrategyExtended):
    """See OneDeviceStrategy."""

    def __init__(self, container_strategy: Any, device: str):
        super().__init__(container_strategy)
        self._device = canonicalize(device)
        self._input_device = f"{self._device[: self._device.rfind('/')]}/device:CPU:0"
        pairs = [(self._input_device, [self._device])]
        self._input_workers = input_iterators.InputWorkers(SingleDeviceMap(device), pairs)

    def _create_variable(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        place = kwargs.pop("colocate_with", None)
        if place is None:
            block = on_device(self._device)
        elif isinstance(place, SingleDevice):
            block = on_device(place.device)
        else:
            block = beside(place)
        with block:
            return next_creator(**kwargs)

    def _validate_colocate_with_variable(self, colocate_with_variable: Any) -> None:
        validate_colocate(colocate_with_variable, self)

    # Input ----------------------------------------------------------------------------------------

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return input_iterators.DatasetIterator(
            dataset, self._input_workers, self._container_strategy()
        )

    def _make_input_fn_iterator(self, input_fn: Any, replication_mode: Any = None) -> Any:
        return input_iterators.InputFunctionIterator(
            input_fn, self._input_workers, [InputContext()], self._container_strategy()
        )

    def _experimental_distribute_dataset(self, dataset: Any) -> Any:
        return input_iterators.DistributedDataset(
            dataset, self._input_workers, self._container_strategy()
        )

    def _experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        return input_iterators.DistributedDatasetsFromFunction(
            dataset_fn, self._input_workers, [InputContext()], self._container_strategy()
        )

    def _experimental_make_numpy_dataset(self, numpy_input: Any, session: Any) -> Any:
        return one_host_numpy_dataset(numpy_input, SingleDevice(self._input_device), session)

    # Replicas -------------------------------------------------------------------------------------

    def _experimental_run_steps_on_iterator(
        self, fn: Any, iterator: Any, iterations: Any, initial_loop_values: Any = None
    ) -> Any:
        return run_steps(self, fn, iterator, iterations, initial_loop_values)

    def _call_for_each_replica(self, fn: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        with on_device(self._device), _OneReplicaContext(self._container_strategy()):
            return fn(*args, **kwargs)

    def _broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        return tensor

    def _reduce_to(self, reduce_op: Any, value: Any, destinations: Any) -> Any:
        return value

    def _update(self, var: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool) -> Any:
        return self._update_non_slot(var, fn, (var, *args), kwargs, group)

    def _update_non_slot(
        self, colocate_with: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool
    ) -> Any:
        with on_device(self._device), UpdateContext(self._device):
            result = fn(*args, **kwargs)
            return result if group else map_structure(self._local_results, result)

    def read_var(self, v: Any) -> Any:
        return identity(v)

    def _local_results(self, value: Any) -> tuple[Any, ...]:
        return (value,)

    def value_container(self, value: Any) -> Any:
        return value

    # Devices --------------------------------------------------------------------------------------

    @property
    def _num_replicas_in_sync(self) -> int:
        return 1

    @property
    def worker_devices(self) -> tuple[str, ...]:
        return (self._device,)

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        return (self._device,)

    def non_slot_devices(self, var_list: Any) -> Any:
        return (self._device,)


class _OneReplicaContext(ReplicaContext):
    def __init__(self, strategy: Any):
        super().__init__(strategy, replica_id_in_sync_group=constant(0, dtypes.int32))

    @property
    def devices(self) -> Any:
        return self._strategy.extended.worker_devices


def validate_colocate(v: Any, extended: StrategyExtended) -> None:
    """ValueError for what is no variable made in the scope of the strategy."""
    only = (
        "`colocate_vars_with` must only be passed a variable created in this "
        "tf.distribute.Strategy.scope(), not"
    )
    if not hasattr(v, "_distribute_strategy"):
        raise ValueError(f"{only}: {v!r}")
    strategy = v._distribute_strategy
    if strategy is None or strategy.extended is not extended:
        raise ValueError(f"{only} {v} created in scope: {strategy}")
