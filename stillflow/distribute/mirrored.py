"""`MirroredStrategy`: replicas on devices of one machine, each with a copy of every variable."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.distribute import devices as device_names
from stillflow.distribute import input_iterators
from stillflow.distribute.cross_device import (
    CrossDeviceOps,
    choose_the_best,
    reduce_non_distributed_value,
)
from stillflow.distribute.device_map import LogicalDeviceSpec, ReplicaDeviceMap
from stillflow.distribute.extended import StrategyExtended
from stillflow.distribute.input_context import InputContext
from stillflow.distribute.mirroring import mirrored
from stillflow.distribute.multi_step import MultiStepContext, run_steps
from stillflow.distribute.numpy_input import SingleDevice, one_host_numpy_dataset
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.distribute.replica_threads import call_for_each_replica
from stillflow.distribute.strategy import Strategy
from stillflow.distribute.update_device import UpdateContext
from stillflow.distribute.values import (
    DistributedValues,
    Mirrored,
    regroup,
    select_device_mirrored,
    value_container,
)
from stillflow.distribute.variables import DistributedVariable, SyncOnReadVariable
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.device import DeviceSpec
from stillflow.graph.nest import map_structure
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.ops.control.ordering import group as grouped
from stillflow.ops.control.ordering import identity


class MirroredStrategy(Strategy):
    """A strategy with a replica on each of some devices.

    Each step, all replicas see other parts of a batch, and their gradients are added up. Devices
    are names: what is not there is stood for by what is, with the same results.

    Args:
      devices: their names; the host alone by default.
      cross_device_ops: a tf.distribute.CrossDeviceOps, which brings values together.

    Raises:
      AssertionError: a device is named twice.
      ValueError: one is of another machine.
    """

    def __init__(
        self, devices: Sequence[str] | None = None, cross_device_ops: CrossDeviceOps | None = None
    ):
        extended = MirroredExtended(self, devices=devices, cross_device_ops=cross_device_ops)
        super().__init__(extended)


class MirroredExtended(StrategyExtended):
    """See MirroredStrategy."""

    def __init__(
        self,
        container_strategy: Any,
        devices: Sequence[str] | None = None,
        cross_device_ops: CrossDeviceOps | None = None,
    ):
        super().__init__(container_strategy)
        self._cross_device_ops = cross_device_ops
        self._initialize_local(devices or all_local_devices())
        # What is left over at the end is dealt out eagerly alone, as TensorFlow does.
        self.experimental_enable_get_next_as_optional = executing_eagerly_outside_functions()

    def _initialize_local(self, devices: Sequence[str]) -> None:
        places = tuple(map(device_names.resolve, devices))
        assert len(set(places)) == len(places), (
            f"No duplicates allowed in `devices` argument: {places}"
        )
        _check_local(places)
        self._device_map = ReplicaDeviceMap(places)
        self._input_workers = input_iterators.InputWorkers(self._device_map)
        self._inferred_cross_device_ops = choose_the_best(places)
        self._host_input_device = SingleDevice("/cpu:0")

    def _get_cross_device_ops(self) -> CrossDeviceOps:
        return self._cross_device_ops or self._inferred_cross_device_ops

    # Variables ------------------------------------------------------------------------------------

    def _create_variable(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        strategy = self._container_strategy()
        return mirrored(strategy, self._device_map, next_creator, **kwargs)

    def _validate_colocate_with_variable(self, colocate_with_variable: Any) -> None:
        only = (
            "`colocate_vars_with` must only be passed a variable created in this "
            "tf.distribute.Strategy.scope(), not"
        )
        if not isinstance(colocate_with_variable, DistributedVariable):
            raise ValueError(f"{only}: {colocate_with_variable!r}")
        strategy = colocate_with_variable._distribute_strategy
        if strategy.extended is not self:
            raise ValueError(f"{only} {colocate_with_variable} created in scope: {strategy}")

    def read_var(self, v: Any) -> Any:
        if isinstance(v, SyncOnReadVariable):
            return v._get_cross_replica()
        assert isinstance(v, Mirrored)
        return identity(v.get())

    # Input ----------------------------------------------------------------------------------------

    def _input_contexts(self) -> list[InputContext]:
        return [InputContext(1, 0, self._num_replicas_in_sync)]

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return input_iterators.DatasetIterator(
            dataset,
            self._input_workers,
            self._container_strategy(),
            split_batch_by=self._num_replicas_in_sync,
        )

    def _make_input_fn_iterator(self, input_fn: Any, replication_mode: Any = None) -> Any:
        return input_iterators.InputFunctionIterator(
            input_fn, self._input_workers, self._input_contexts(), self._container_strategy()
        )

    def _experimental_distribute_dataset(self, dataset: Any) -> Any:
        return input_iterators.DistributedDataset(
            dataset,
            self._input_workers,
            self._container_strategy(),
            split_batch_by=self._num_replicas_in_sync,
        )

    def _experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        return input_iterators.DistributedDatasetsFromFunction(
            dataset_fn, self._input_workers, self._input_contexts(), self._container_strategy()
        )

    def _experimental_make_numpy_dataset(self, numpy_input: Any, session: Any) -> Any:
        return one_host_numpy_dataset(numpy_input, self._host_input_device, session)

    # Replicas -------------------------------------------------------------------------------------

    def _call_for_each_replica(self, fn: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        strategy = self._container_strategy()
        return call_for_each_replica(strategy, self._device_map, fn, args, kwargs)

    def _experimental_run_steps_on_iterator(
        self, fn: Any, iterator: Any, iterations: Any, initial_loop_values: Any = None
    ) -> Any:
        def apart(ctx: MultiStepContext) -> None:
            outputs = ctx.last_step_outputs
            for name, output in outputs.items():
                outputs[name] = self._local_results(output)

        def together(ctx: MultiStepContext, outputs: dict[str, Any]) -> None:
            for name, reduce_op in ctx._last_step_outputs_reduce_ops.items():
                output = outputs[name]
                outputs[name] = (
                    regroup(self._device_map, output) if reduce_op is None else output[0]
                )

        return run_steps(self, fn, iterator, iterations, initial_loop_values, apart, together)

    def _reduce_to(self, reduce_op: ReduceOp, value: Any, destinations: Any) -> Any:
        if isinstance(value, Mirrored) and reduce_op is ReduceOp.MEAN:
            return value
        assert not isinstance(value, Mirrored)
        if not isinstance(value, DistributedValues):
            return reduce_non_distributed_value(reduce_op, self._device_map, value, destinations)
        return self._get_cross_device_ops().reduce(reduce_op, value, destinations=destinations)

    def _batch_reduce_to(self, reduce_op: ReduceOp, value_destination_pairs: Any) -> list[Any]:
        return self._get_cross_device_ops().batch_reduce(reduce_op, value_destination_pairs)

    def _broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        if isinstance(tensor, (float, int)):
            return tensor
        place = destinations or LogicalDeviceSpec(self._device_map, 0)
        return self._get_cross_device_ops().broadcast(tensor, place)

    def _update(self, var: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool) -> Any:
        assert isinstance(var, DistributedVariable)
        copies = [((value,), place) for value, place in zip(var.values, var.devices, strict=True)]
        return self._update_each(copies, fn, args, kwargs, group)

    def _update_non_slot(
        self, colocate_with: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool
    ) -> Any:
        assert isinstance(colocate_with, tuple)
        places: list[tuple[tuple[Any, ...], str]] = [((), place) for place in colocate_with]
        return self._update_each(places, fn, args, kwargs, group)

    def _update_each(
        self,
        copies: Sequence[tuple[tuple[Any, ...], str]],
        fn: Callable[..., Any],
        args: Any,
        kwargs: dict[str, Any],
        group: bool,
    ) -> Any:
        updates = []
        for number, (own, place) in enumerate(copies):
            with device(place), UpdateContext(place), name_scope(f"update_{number}"):
                there = select_device_mirrored(place, (tuple(args), dict(kwargs)))
                updates.append(fn(*own, *there[0], **there[1]))
        if group:
            return regroup(self._device_map, updates, _done_together)
        return map_structure(self._local_results, regroup(self._device_map, updates, Mirrored))

    # Values and devices ---------------------------------------------------------------------------

    def _local_results(self, value: Any) -> tuple[Any, ...]:
        return value.values if isinstance(value, DistributedValues) else (value,)

    def value_container(self, value: Any) -> Any:
        return value_container(value)

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
        return self._device_map.all_devices

    def non_slot_devices(self, var_list: Any) -> Any:
        return self._device_map.logical_to_actual_devices(0)

    def _configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: str | None = None,
        task_id: int | None = None,
    ) -> None:
        if cluster_spec:
            raise ValueError(
                "In-graph multi-worker training with `MirroredStrategy` is not supported."
            )
        if session_config:
            session_config.CopyFrom(self._update_config_proto(session_config))

    def _update_config_proto(self, config_proto: Any) -> Any:
        updated = copy.deepcopy(config_proto)
        updated.isolate_session_state = True
        return updated


def _done_together(device_map: ReplicaDeviceMap, updates: Sequence[Any]) -> Any:
    """What is done when all updates are: a value on each device, where they all are tensors."""
    if len(updates) == 1:
        return Mirrored(device_map, updates)
    done = grouped(*updates)
    if not all(isinstance(update, Tensor) or hasattr(update, "handle") for update in updates):
        return done
    waiting = []
    for update, place in zip(updates, device_map.logical_to_actual_devices(0), strict=True):
        with device(place), control_dependencies([done]):
            waiting.append(identity(update))
    return Mirrored(device_map, waiting)


def all_local_devices(num_gpus: int | None = None) -> tuple[str, ...]:
    """So many GPUs; by default the host."""
    return device_names.local_devices_from_num_gpus(num_gpus)


def _check_local(places: Sequence[str]) -> None:
    for place in places:
        if DeviceSpec.from_string(place).job not in (None, "localhost"):
            raise ValueError(
                f"In-graph multi-worker training with `MirroredStrategy` is not supported: {place}."
                "\n  Name devices of this machine: '/cpu:0', '/gpu:0'."
            )
