"""Strategies whose replicas share one copy of every variable, in one process."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import register_tensor_conversion_function, to_tensor
from stillflow.distribute import devices, input_iterators, update_device
from stillflow.distribute.cross_device import (
    ReductionToOneDevice,
    check_destinations,
    reduce_non_distributed_value,
)
from stillflow.distribute.device_map import LogicalDeviceSpec, ReplicaDeviceMap
from stillflow.distribute.extended import StrategyExtended
from stillflow.distribute.input_context import InputContext
from stillflow.distribute.numpy_input import SingleDevice, one_host_numpy_dataset
from stillflow.distribute.one_device import validate_colocate
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.distribute.replica_threads import call_for_each_replica
from stillflow.distribute.strategy import Strategy
from stillflow.distribute.values import (
    DistributedValues,
    Mirrored,
    PerReplica,
    replica_context_here,
)
from stillflow.distribute.variables import assigned_by_all
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.nest import map_structure
from stillflow.graph.scopes import colocate_with as beside
from stillflow.graph.scopes import device
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.variable import Variable, VariableAggregation
from stillflow.platform.processes import TWO_WAYS

_HOST = "/device:CPU:0"


class CentralStorageStrategy(Strategy):
    """A strategy with a replica on each of some devices, whose variables are on one.

    Args:
      compute_devices: those of the replicas; the host alone by default.
      parameter_device: that of the variables; the replica's where there is one replica, else the
        host.
    """

    def __init__(
        self, compute_devices: Sequence[str] | None = None, parameter_device: str | None = None
    ):
        super().__init__(ParameterServerExtended(self, None, compute_devices, parameter_device))

    @classmethod
    def _from_num_gpus(cls, num_gpus: int) -> CentralStorageStrategy:
        return cls(devices.local_devices_from_num_gpus(num_gpus))


class ParameterServerStrategy(Strategy):
    """What it is in one process: CentralStorageStrategy with the devices of this machine.

    Raises:
      NotImplementedError: `cluster_resolver` knows a cluster.
    """

    def __init__(self, cluster_resolver: Any = None):
        super().__init__(ParameterServerExtended(self, cluster_resolver))


class ParameterServerExtended(StrategyExtended):
    """See CentralStorageStrategy."""

    experimental_between_graph = True

    def __init__(
        self,
        container_strategy: Any,
        cluster_resolver: Any = None,
        compute_devices: Sequence[str] | None = None,
        parameter_device: str | None = None,
    ):
        super().__init__(container_strategy)
        refuse_cluster(cluster_resolver, "ParameterServerStrategy")
        places = tuple(compute_devices or devices.local_devices_from_num_gpus(None))
        worker = devices.canonicalize(_HOST)
        if parameter_device is None:
            parameter_device = places[0] if len(places) == 1 else _HOST
        self._variable_device = parameter_device
        self._input_host_device = SingleDevice(worker)
        self._device_map = ReplicaDeviceMap(places)
        self._input_workers = input_iterators.InputWorkers(self._device_map, [(worker, places)])
        self._cross_device_ops = ReductionToOneDevice(reduce_to_device=_HOST)

    # Variables ------------------------------------------------------------------------------------

    def _allow_variable_partition(self) -> bool:
        return True

    def _create_variable(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        place = kwargs.pop("colocate_with", None)
        if isinstance(place, SingleDevice):
            with device(place.device):
                return self._made(next_creator, kwargs)
        if place is not None:
            with device(None), beside(place):
                return self._made(next_creator, kwargs)
        with beside(None, ignore_existing=True), device(self._variable_device):
            return self._made(next_creator, kwargs)

    def _made(self, next_creator: Callable[..., Any], kwargs: dict[str, Any]) -> Any:
        if self._num_replicas_in_sync == 1:
            return next_creator(**kwargs)
        aggregation = kwargs.pop("aggregation", None) or VariableAggregation.NONE
        collections = kwargs.pop("collections", None)
        collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
        variable = next_creator(**kwargs | {"collections": []})
        wrapped = AggregatingVariable(self._container_strategy(), variable, aggregation)
        graph = get_default_graph()
        if kwargs.get("trainable", True):
            collections.append(GraphKeys.TRAINABLE_VARIABLES)
            trained = graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
            trained[:] = [item for item in trained if item is not variable]
        graph.add_to_collections(collections, wrapped)
        return wrapped

    def _validate_colocate_with_variable(self, colocate_with_variable: Any) -> None:
        validate_colocate(colocate_with_variable, self)

    def read_var(self, v: Any) -> Any:
        return identity(v)

    # Input ----------------------------------------------------------------------------------------

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return input_iterators.DatasetIterator(
            dataset,
            self._input_workers,
            self._container_strategy(),
            split_batch_by=self._num_replicas_in_sync,
        )

    def _make_input_fn_iterator(self, input_fn: Any, replication_mode: Any = None) -> Any:
        return input_iterators.InputFunctionIterator(
            input_fn, self._input_workers, [self._input_context()], self._container_strategy()
        )

    def _input_context(self) -> InputContext:
        return InputContext(1, 0, self._num_replicas_in_sync)

    def _experimental_distribute_dataset(self, dataset: Any) -> Any:
        return input_iterators.DistributedDataset(
            dataset,
            self._input_workers,
            self._container_strategy(),
            split_batch_by=self._num_replicas_in_sync,
        )

    def _experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        return input_iterators.DistributedDatasetsFromFunction(
            dataset_fn, self._input_workers, [self._input_context()], self._container_strategy()
        )

    def _experimental_make_numpy_dataset(self, numpy_input: Any, session: Any) -> Any:
        return one_host_numpy_dataset(numpy_input, self._input_host_device, session)

    # Replicas -------------------------------------------------------------------------------------

    def _call_for_each_replica(self, fn: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        strategy = self._container_strategy()
        return call_for_each_replica(strategy, self._device_map, fn, args, kwargs)

    def _reduce_to(self, reduce_op: ReduceOp, value: Any, destinations: Any) -> Any:
        if not isinstance(value, DistributedValues):
            return reduce_non_distributed_value(reduce_op, self._device_map, value, destinations)
        return self._cross_device_ops.reduce(reduce_op, value, destinations=destinations)

    def _batch_reduce_to(self, reduce_op: ReduceOp, value_destination_pairs: Any) -> list[Any]:
        return self._cross_device_ops.batch_reduce(reduce_op, value_destination_pairs)

    def _broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        if isinstance(tensor, (float, int)):
            return tensor
        if not check_destinations(destinations):
            destinations = LogicalDeviceSpec(self._device_map, 0)
        return self._cross_device_ops.broadcast(tensor, destinations)

    def _update(self, var: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool) -> Any:
        if isinstance(var, AggregatingVariable):
            var = var.get()
        if not is_resource_variable(var):
            raise ValueError(f"You can not update `var` {var!r}. It must be a Variable.")
        with beside(var), update_device.UpdateContext(var.device):
            result = fn(var, *_single(tuple(args)), **_single(dict(kwargs)))
            return result if group else map_structure(self._local_results, result)

    def _update_non_slot(
        self, colocate_with: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool
    ) -> Any:
        with device(colocate_with.device), update_device.UpdateContext(colocate_with):
            result = fn(*args, **kwargs)
            return result if group else map_structure(self._local_results, result)

    # Values and devices ---------------------------------------------------------------------------

    def _local_results(self, value: Any) -> tuple[Any, ...]:
        return value.values if isinstance(value, DistributedValues) else (value,)

    def value_container(self, value: Any) -> Any:
        reference = getattr(value, "_aggregating_container", None)
        if reference is None or isinstance(value, AggregatingVariable):
            return value
        return reference() or value

    @property
    def _num_replicas_in_sync(self) -> int:
        return self._device_map.num_replicas_in_graph

    @property
    def worker_devices(self) -> tuple[str, ...]:
        return self._device_map.all_devices

    @property
    def worker_devices_by_replica(self) -> Any:
        """The devices of each replica."""
        return self._device_map.devices_by_replica

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        return (self._variable_device,)

    def non_slot_devices(self, var_list: Any) -> Any:
        return min(var_list, key=lambda variable: variable.name)

    def _configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: str | None = None,
        task_id: int | None = None,
    ) -> None:
        if cluster_spec:
            refuse_cluster(None, "ParameterServerStrategy", cluster_spec)
        if session_config:
            session_config.CopyFrom(self._update_config_proto(session_config))

    def _update_config_proto(self, config_proto: Any) -> Any:
        updated = super()._update_config_proto(config_proto)
        updated.isolate_session_state = True
        return updated


def _single(structured: Any) -> Any:
    """ValueError for values of which replicas have several."""

    def select(value: Any) -> Any:
        if isinstance(value, Mirrored):
            if len(value.devices) == 1:
                return value.primary
            raise ValueError(
                "You cannot update variable with a Mirrored object with multiple components "
                f"{value!r} when using ParameterServerStrategy. You must specify a single value or "
                "a Mirrored with a single value."
            )
        if isinstance(value, PerReplica):
            raise ValueError(
                f"You cannot update variable with a PerReplica object {value!r} when using "
                "ParameterServerStrategy. You must specify a single value or a Mirrored with a "
                "single value"
            )
        return value

    return map_structure(select, structured)


def refuse_cluster(cluster_resolver: Any, what: str, cluster_spec: Any = None) -> None:
    """NotImplementedError where there are other processes to work with."""
    found = cluster_spec or (cluster_resolver and cluster_resolver.cluster_spec())
    if found:
        raise NotImplementedError(
            f"Not yet in Stillflow: {what} of several processes.\n"
            "  Without a cluster, in TF_CONFIG and in its cluster resolver, it runs in this one.\n"
            f"  {TWO_WAYS}"
        )


class AggregatingVariable(Variable):
    """A variable that several replicas share: what they assign is brought together."""

    _should_act_as_resource_variable = True

    def __init__(self, strategy: Any, v: Any, aggregation: VariableAggregation):
        self._distribute_strategy = strategy
        self._v = v
        v._aggregating_container = weakref.ref(self)
        self._aggregation = aggregation

    def get(self, device: str | None = None) -> Any:
        """The variable itself."""
        return self._v

    def __getattr__(self, name: str) -> Any:
        if name in ("_v", "_is_left_by_casts"):
            raise AttributeError(name)
        return getattr(self._v, name)

    @property
    def distribute_strategy(self) -> Any:
        return self._distribute_strategy

    @property
    def aggregation(self) -> VariableAggregation:
        return self._aggregation

    @property
    def trainable(self) -> bool:
        return self._v.trainable

    @property
    def initializer(self) -> Any:
        return self._v.initializer

    @property
    def initial_value(self) -> Any:
        return self._v.initial_value

    @property
    def constraint(self) -> Any:
        return self._v.constraint

    def assign(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda v, *a, **k: v.assign(*a, **k), args, kwargs)

    def assign_add(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda v, *a, **k: v.assign_add(*a, **k), args, kwargs)

    def assign_sub(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda v, *a, **k: v.assign_sub(*a, **k), args, kwargs)

    def _assigned(self, assign: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if replica_context_here() is None and update_device.current() is not None:
            return assign(self._v, *args, **kwargs)
        return assigned_by_all(self, "AggregatingVariable", assign, args, kwargs)

    def _to_tensor(self, dtype: Any, as_ref: bool) -> Any:
        return to_tensor(self._v, dtype, as_ref=as_ref)

    def _get_save_slice_info(self) -> Any:
        return self._v._get_save_slice_info()

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {"VARIABLE_VALUE": self._v}


def _converted(variable: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False):
    return variable._to_tensor(dtype, as_ref)


register_tensor_conversion_function(AggregatingVariable, _converted)
