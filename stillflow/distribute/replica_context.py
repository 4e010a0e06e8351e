"""`tf.distribute.ReplicaContext`: what the code of one replica knows and asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.distribute import context
from stillflow.distribute.devices import current
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.gradients.custom import custom_gradient
from stillflow.graph.distribution import in_mode
from stillflow.graph.nest import flatten, map_structure, pack_sequence_as
from stillflow.graph.operation import Tensor
from stillflow.ops.control.ordering import prevent_gradient


class ReplicaContext:
    """Of one replica, while it is built.

    Args:
      strategy: the tf.distribute.Strategy.
      replica_id_in_sync_group: which of the replicas it is, a number or i32[].
    """

    def __init__(self, strategy: Any, replica_id_in_sync_group: Any):
        self._strategy = strategy
        self._replica_id_in_sync_group = replica_id_in_sync_group
        self._block: Any = None

    def __enter__(self) -> None:
        self._block = in_mode(self._strategy, self)
        self._block.__enter__()

    def __exit__(self, *exc: Any) -> None:
        self._block.__exit__(*exc)

    def merge_call(
        self, merge_fn: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Returns, to each replica, its part of `merge_fn(strategy, *args, **kwargs)`.

        That is called once, when all replicas are there, with their arguments brought together.

        Raises:
          RuntimeError: it is another replica that is being built, or none.
        """
        context.require_replica_context(self)
        return self._merge_call(merge_fn, args, kwargs or {})

    def _merge_call(self, merge_fn: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        with in_mode(self._strategy, None):
            return merge_fn(self._strategy, *args, **kwargs)

    @property
    def num_replicas_in_sync(self) -> int:
        return self._strategy.num_replicas_in_sync

    @property
    def replica_id_in_sync_group(self) -> Any:
        """Which of the replicas it is: i32[], or a number."""
        context.require_replica_context(self)
        return self._replica_id_in_sync_group

    @property
    def strategy(self) -> Any:
        return self._strategy

    @property
    def devices(self) -> Any:
        """The devices of the replica."""
        context.require_replica_context(self)
        return (current(),)

    def all_reduce(self, reduce_op: Any, value: Any) -> Any:
        """Returns `value`, a structure of tensors, summed or meant over all replicas."""

        def reduced(strategy: Any, *values: Any) -> Any:
            pairs = [(value, _place_of(value)) for value in values]
            return strategy.extended.batch_reduce_to(reduce_op, pairs)

        leaves = flatten(value)
        if reduce_op not in (ReduceOp.SUM, ReduceOp.MEAN):
            packed = pack_sequence_as(value, self.merge_call(reduced, args=leaves))
            return map_structure(prevent_gradient, packed)

        @custom_gradient
        def differentiable(*xs: Any) -> Any:
            ys = self.merge_call(reduced, args=xs)
            return ys, lambda *dys: self.all_reduce(reduce_op, dys)

        result = differentiable(*leaves)
        return pack_sequence_as(value, flatten(result))


def _place_of(value: Any) -> Any:
    return value.device if isinstance(value, Tensor) else value
