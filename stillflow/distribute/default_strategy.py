"""The strategy in scope where there is no other: a program is one replica of itself."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.distribute import context
from stillflow.distribute.extended import StrategyExtended
from stillflow.distribute.input_context import InputContext
from stillflow.distribute.numpy_input import rows_of_arrays
from stillflow.distribute.replica_context import ReplicaContext
from stillflow.distribute.scopes import DefaultScope
from stillflow.distribute.strategy import Strategy
from stillflow.distribute.update_device import UpdateContext
from stillflow.graph import dtypes
from stillflow.graph.nest import map_structure
from stillflow.graph.scopes import colocate_with
from stillflow.ops.control.ordering import identity


class DefaultStrategy(Strategy):
    """There is one."""

    is_default = True

    def __init__(self) -> None:
        super().__init__(_DefaultExtended(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        raise RuntimeError("Should only create a single instance of _DefaultDistributionStrategy")


class _DefaultExtended(StrategyExtended):
    def _scope(self, strategy: Any) -> Any:
        return DefaultScope(strategy)

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        context.require_scope(self._container_strategy())
        return colocate_with(colocate_with_variable)

    def variable_created_in_scope(self, v: Any) -> bool:
        return v._distribute_strategy is None

    def _experimental_distribute_dataset(self, dataset: Any) -> Any:
        return dataset

    def _experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        return dataset_fn(InputContext())

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        return _DefaultIterator(dataset)

    def _make_input_fn_iterator(self, input_fn: Any, replication_mode: Any = None) -> Any:
        return _DefaultIterator(input_fn(InputContext()))

    def _experimental_make_numpy_dataset(self, numpy_input: Any, session: Any) -> Any:
        return rows_of_arrays(numpy_input, session, use_resource=True)

    def _broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        raise NotImplementedError("The default strategy has nothing to broadcast to.")

    def _call_for_each_replica(self, fn: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        replica = constant(0, dtypes.int32)
        with ReplicaContext(self._container_strategy(), replica_id_in_sync_group=replica):
            return fn(*args, **kwargs)

    def _reduce_to(self, reduce_op: Any, value: Any, destinations: Any) -> Any:
        return value

    def _update(self, var: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool) -> Any:
        return self._update_non_slot(var, fn, (var, *args), kwargs, group)

    def _update_non_slot(
        self, colocate_with: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool
    ) -> Any:
        with UpdateContext(colocate_with):
            result = fn(*args, **kwargs)
        return result if group else map_structure(self._local_results, result)

    def read_var(self, v: Any) -> Any:
        return identity(v)

    def _local_results(self, value: Any) -> tuple[Any, ...]:
        return (value,)

    def value_container(self, value: Any) -> Any:
        return value

    @property
    def _num_replicas_in_sync(self) -> int:
        return 1

    @property
    def worker_devices(self) -> Any:
        raise RuntimeError("worker_devices() method unsupported by default tf.distribute.Strategy.")

    @property
    def parameter_devices(self) -> Any:
        raise RuntimeError(
            "parameter_devices() method unsupported by default tf.distribute.Strategy."
        )

    def non_slot_devices(self, var_list: Any) -> Any:
        return min(var_list, key=lambda variable: variable.name)


class _DefaultIterator:
    """An iterator over a dataset, with the methods of those of other strategies."""

    def __init__(self, dataset: Any):
        self._iterator = dataset.make_initializable_iterator()

    def get_next(self) -> Any:
        """Returns the next element."""
        return self._iterator.get_next()

    def initialize(self) -> list[Any]:
        """Returns what has it begin with the first element."""
        return [self._iterator.initializer]
