"""`tf.distribute.StrategyExtended`: what strategies differ in, and what libraries ask of them."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from stillflow.distribute import context, devices
from stillflow.distribute.reduce_op import ReduceOp, reduce_op_of
from stillflow.distribute.scopes import StrategyScope
from stillflow.graph.nest import flatten
from stillflow.ops.control.ordering import group
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.ops.variables.variable import VariableAggregation
from stillflow.platform import logging

_IN_DESCENDANTS = "must be implemented in descendants"


class StrategyExtended:
    """Base of them. The methods that begin with `_` are for the strategies to give.

    Args:
      container_strategy: the strategy whose it is.
    """

    # Of strategies whose `extended` gives no other:
    experimental_require_static_shapes = False
    experimental_between_graph = False
    experimental_should_init = True
    should_checkpoint = True
    should_save_summary = True
    _global_batch_size = True
    experimental_enable_get_next_as_optional = False
    _default_device: str | None = None

    def __init__(self, container_strategy: Any):
        self._container_strategy_weakref = weakref.ref(container_strategy)

    def _container_strategy(self) -> Any:
        strategy = self._container_strategy_weakref()
        assert strategy is not None
        return strategy

    # Variables ------------------------------------------------------------------------------------

    def _scope(self, strategy: Any) -> Any:
        def create(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
            context.require_scope(self._container_strategy())
            kwargs["use_resource"] = True
            kwargs["distribute_strategy"] = strategy
            return self._create_variable(next_creator, **kwargs)

        def whole(getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            if kwargs.get("partitioner") is not None and not self._allow_variable_partition():
                kwargs["partitioner"] = None
                logging.log_first_n(
                    logging.WARN,
                    "Partitioned variables are disabled when using current tf.distribute.Strategy.",
                    1,
                )
            return getter(*args, **kwargs)

        return StrategyScope(strategy, create, whole, self._default_device)

    def _allow_variable_partition(self) -> bool:
        return False

    def _create_variable(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        """The variable of all replicas, where `next_creator` makes one."""
        raise NotImplementedError(_IN_DESCENDANTS)

    def variable_created_in_scope(self, v: Any) -> bool:
        """Whether `v` was made in the scope of this strategy."""
        return v._distribute_strategy is self._container_strategy_weakref()

    def colocate_vars_with(self, colocate_with_variable: Any) -> AbstractContextManager[None]:
        """A block in which variables are where another one of the strategy's is.

        Raises:
          ValueError: that is none of the strategy's.
        """

        def create(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
            context.require_scope(self._container_strategy())
            kwargs["use_resource"] = True
            kwargs["colocate_with"] = colocate_with_variable
            return next_creator(**kwargs)

        context.require_scope(self._container_strategy())
        self._validate_colocate_with_variable(colocate_with_variable)
        return variable_creator_scope(create)

    def _validate_colocate_with_variable(self, colocate_with_variable: Any) -> None:
        """ValueError for a variable that is not one of the strategy's."""

    def read_var(self, v: Any) -> Any:
        """Returns what the copies of a variable are together."""
        raise NotImplementedError(_IN_DESCENDANTS)

    # Replicas -------------------------------------------------------------------------------------

    def call_for_each_replica(
        self, fn: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Builds `fn` for every replica, with its part of the arguments.

        Raises:
          RuntimeError: in a replica, or in the scope of another strategy.
        """
        context.require_cross_replica(self)
        with self._container_strategy().scope():
            return self._call_for_each_replica(fn, args, kwargs or {})

    def _call_for_each_replica(self, fn: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def _reduce(self, reduce_op: ReduceOp, value: Any) -> Any:
        place = devices.current() or "/device:CPU:0"
        return self._local_results(self._reduce_to(reduce_op, value, place))[0]

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any) -> Any:
        """Brings the replicas' values together, where `destinations` are.

        Args:
          reduce_op: a tf.distribute.ReduceOp.
          value: a PerReplica value, or one that all replicas have.
          destinations: a device, or a value or variable which is there.
        """
        context.require_cross_replica(self)
        assert not isinstance(destinations, (list, tuple))
        assert not isinstance(reduce_op, VariableAggregation)
        reduce_op = reduce_op_of(reduce_op)
        assert reduce_op in (ReduceOp.SUM, ReduceOp.MEAN)
        return self._reduce_to(reduce_op, value, destinations)

    def _reduce_to(self, reduce_op: ReduceOp, value: Any, destinations: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Any) -> list[Any]:
        """`reduce_to` of several: pairs of a value and where it is wanted."""
        context.require_cross_replica(self)
        assert not isinstance(reduce_op, VariableAggregation)
        return self._batch_reduce_to(reduce_op_of(reduce_op), value_destination_pairs)

    def _batch_reduce_to(self, reduce_op: ReduceOp, value_destination_pairs: Any) -> list[Any]:
        return [
            self.reduce_to(reduce_op, value, destinations=place)
            for value, place in value_destination_pairs
        ]

    def broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        """Returns `tensor` for all replicas, where `destinations` are."""
        context.require_cross_replica(self)
        assert destinations is not None
        assert not isinstance(destinations, (list, tuple))
        return self._broadcast_to(tensor, destinations)

    def _broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    # Updates --------------------------------------------------------------------------------------

    def update(
        self,
        var: Any,
        fn: Callable[..., Any],
        args: Any = (),
        kwargs: dict[str, Any] | None = None,
        group: bool = True,
    ) -> Any:
        """Builds `fn(copy, *args, **kwargs)` for each copy of a variable, where that is.

        Returns what does all of them, or with group=False what each returned.
        """
        context.require_cross_replica(self)
        with self._container_strategy().scope():
            return self._update(var, fn, args, kwargs or {}, group)

    def _update(self, var: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def update_non_slot(
        self,
        colocate_with: Any,
        fn: Callable[..., Any],
        args: Any = (),
        kwargs: dict[str, Any] | None = None,
        group: bool = True,
    ) -> Any:
        """Builds `fn(*args, **kwargs)` for each of what `non_slot_devices` gave."""
        context.require_cross_replica(self)
        with self._container_strategy().scope():
            return self._update_non_slot(colocate_with, fn, args, kwargs or {}, group)

    def _update_non_slot(
        self, colocate_with: Any, fn: Any, args: Any, kwargs: dict[str, Any], group: bool
    ) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    # Values ---------------------------------------------------------------------------------------

    def _local_results(self, value: Any) -> tuple[Any, ...]:
        raise NotImplementedError(_IN_DESCENDANTS)

    def value_container(self, value: Any) -> Any:
        """Returns the variable of all replicas that `value` is a copy of, else `value`."""
        raise NotImplementedError(_IN_DESCENDANTS)

    def _group(self, value: Any, name: str | None = None) -> Any:
        parts = flatten(self._local_results(value))
        if len(parts) != 1 or name is not None:
            return group(*parts, name=name)
        return getattr(parts[0], "op", parts[0])

    # Devices --------------------------------------------------------------------------------------

    @property
    def _num_replicas_in_sync(self) -> int:
        raise NotImplementedError(_IN_DESCENDANTS)

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The devices of the replicas."""
        raise NotImplementedError(_IN_DESCENDANTS)

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        """The devices of the variables."""
        raise NotImplementedError(_IN_DESCENDANTS)

    def non_slot_devices(self, var_list: Any) -> Any:
        """Where an optimizer has what it keeps for all of `var_list` together."""
        raise NotImplementedError(_IN_DESCENDANTS)

    # Input and sessions ---------------------------------------------------------------------------

    def _make_dataset_iterator(self, dataset: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def _make_input_fn_iterator(self, input_fn: Any, replication_mode: Any = None) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def _experimental_distribute_dataset(self, dataset: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def _experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """See `Strategy.experimental_make_numpy_dataset`."""
        context.require_cross_replica(self)
        return self._experimental_make_numpy_dataset(numpy_input, session=session)

    def _experimental_make_numpy_dataset(self, numpy_input: Any, session: Any) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def experimental_run_steps_on_iterator(
        self,
        fn: Callable[..., Any],
        iterator: Any,
        iterations: Any = 1,
        initial_loop_values: Any = None,
    ) -> Any:
        """Builds a loop of `fn(ctx, inputs)` over the next elements of an iterator.

        Returns:
          A MultiStepContext: `run_op` does the loop, `last_step_outputs` are of its last turn.
        """
        context.require_cross_replica(self)
        with self._container_strategy().scope():
            return self._experimental_run_steps_on_iterator(
                fn, iterator, iterations, initial_loop_values
            )

    def _experimental_run_steps_on_iterator(
        self, fn: Any, iterator: Any, iterations: Any, initial_loop_values: Any
    ) -> Any:
        raise NotImplementedError(_IN_DESCENDANTS)

    def _configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: str | None = None,
        task_id: int | None = None,
    ) -> None:
        """Nothing, of one process that asks nothing of sessions."""

    def _update_config_proto(self, config_proto: Any) -> Any:
        return copy.deepcopy(config_proto)
