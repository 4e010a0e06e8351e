"""`tf.distribute.Strategy`: how a program becomes one for several replicas. The base of all.

What a program calls is here; what strategies differ in is in their `extended`.
"""

from __future__ import annotations

import copy
import json
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.autograph.calling import tf_convert
from stillflow.distribute import context
from stillflow.distribute.input_context import InputReplicationMode
from stillflow.distribute.mean_over_axis import mean_over_axis
from stillflow.distribute.reduce_op import ReduceOp, reduce_op_of
from stillflow.graph.conversion import control_status_ctx
from stillflow.ops.reduce.reductions import reduce_sum


class Strategy:
    """Base of strategies.

    Args:
      extended: a StrategyExtended, which says what the strategy does.
    """

    def __init__(self, extended: Any):
        self._extended = extended
        self._scale_loss_for_estimator = False

    is_default = False

    @property
    def extended(self) -> Any:
        return self._extended

    @contextmanager
    def _scale_loss_for_estimator_enabled(self) -> Iterator[None]:
        """A block in which optimizers divide a mean loss by the number of replicas."""
        self._scale_loss_for_estimator = True
        try:
            yield
        finally:
            self._scale_loss_for_estimator = False

    def scope(self) -> Any:
        """A `with` block in which variables are the strategy's.

        Raises:
          RuntimeError: it is opened in that of another strategy, or in a replica.
        """
        return self._extended._scope(self)

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        """A block in which variables are where another is: `extended.colocate_vars_with`."""
        return self._extended.colocate_vars_with(colocate_with_variable)

    # Input ----------------------------------------------------------------------------------------

    def make_dataset_iterator(self, dataset: Any) -> Any:
        """Returns an iterator that gives each replica its part of every batch of `dataset`."""
        return self._extended._make_dataset_iterator(dataset)

    def make_input_fn_iterator(
        self,
        input_fn: Callable[..., Any],
        replication_mode: InputReplicationMode = InputReplicationMode.PER_WORKER,
    ) -> Any:
        """Returns an iterator over what `input_fn(InputContext)` gives.

        That is a dataset, of which each replica gets an element, or a function that gives one.
        """
        if replication_mode is not InputReplicationMode.PER_WORKER:
            raise ValueError(f"Input replication mode not supported: {replication_mode!r}")
        with self.scope():
            return self._extended._make_input_fn_iterator(
                input_fn, replication_mode=replication_mode
            )

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """Returns a dataset of the rows of arrays, which are kept in variables."""
        return self._extended.experimental_make_numpy_dataset(numpy_input, session=session)

    def experimental_distribute_dataset(self, dataset: Any) -> Any:
        """Returns what makes iterators that give each replica its part of every batch."""
        return self._extended._experimental_distribute_dataset(dataset)

    def experimental_distribute_datasets_from_function(self, dataset_fn: Any) -> Any:
        """Returns what makes iterators over the dataset of `dataset_fn(InputContext)`."""
        return self._extended._experimental_distribute_datasets_from_function(dataset_fn)

    # Running --------------------------------------------------------------------------------------

    def experimental_run(self, fn: Callable[..., Any], input_iterator: Any = None) -> Any:
        """Builds `fn` for every replica, with the next element of an iterator."""
        with self.scope():
            args = () if input_iterator is None else (input_iterator.get_next(),)
        return self.experimental_run_v2(fn, args=args)

    def experimental_run_v2(
        self, fn: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Builds `fn` for every replica, with its part of the arguments.

        Returns what it returns, where replicas differ as PerReplica values.
        """
        fn = tf_convert(fn, control_status_ctx())
        with self.scope():
            return self._extended.call_for_each_replica(fn, args=args, kwargs=kwargs)

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """Brings the replicas' values together.

        Args:
          reduce_op: a tf.distribute.ReduceOp, SUM or MEAN.
          value: what a replica has returned.
          axis: also brought together over that axis; None keeps the shape.

        Raises:
          TypeError: no such `reduce_op`, or an `axis` that is no number.
        """
        context.require_cross_replica(self._extended)
        reduce_op = reduce_op_of(reduce_op)
        if axis is None:
            return self._extended._reduce(reduce_op, value)
        if reduce_op is ReduceOp.SUM:
            summed = self.experimental_run_v2(
                lambda part: reduce_sum(part, axis=axis), args=(value,)
            )
            return self._extended._reduce(reduce_op, summed)
        if reduce_op is not ReduceOp.MEAN:
            raise TypeError(
                f"Expected `reduce_op` to be a `tf.distribute.ReduceOp`, not: {reduce_op!r}"
            )
        if not isinstance(axis, int):
            raise TypeError(f"Expected `axis` to be an integer not: {axis!r}")
        return mean_over_axis(self, value, axis)

    def unwrap(self, value: Any) -> tuple[Any, ...]:
        """Returns the replicas' parts of `value`."""
        return self._extended._local_results(value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """Returns the replicas' parts of `value`."""
        return self._extended._local_results(value)

    def group(self, value: Any, name: str | None = None) -> Any:
        """Returns an operation that is done when the replicas' parts of `value` are."""
        return self._extended._group(value, name)

    @property
    def num_replicas_in_sync(self) -> int:
        """Over how many replicas gradients are summed up."""
        return self._extended._num_replicas_in_sync

    # Sessions -------------------------------------------------------------------------------------

    def configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: str | None = None,
        task_id: int | None = None,
    ) -> None:
        """Gives `session_config`, a ConfigProto, what the strategy needs of sessions."""
        self._extended._configure(session_config, cluster_spec, task_type, task_id)

    def update_config_proto(self, config_proto: Any) -> Any:
        """Returns a copy of a ConfigProto with what the strategy needs of sessions."""
        return self._extended._update_config_proto(config_proto)

    def _in_multi_worker_mode(self) -> bool:
        cluster = json.loads(os.environ.get("TF_CONFIG", "{}")).get("cluster")
        return bool(cluster) and "master" not in cluster

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        kind = type(self)
        result = kind.__new__(kind)
        memo[id(self)] = result
        for key, value in self.__dict__.items():
            setattr(result, key, copy.deepcopy(value, memo))
        result._extended._container_strategy_weakref = weakref.ref(result)
        return result

    def __copy__(self) -> Any:
        raise RuntimeError("Must only deepcopy DistributionStrategy.")
