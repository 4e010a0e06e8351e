"""An optimizer for one of several shards of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.graph.scopes import colocate_with
from stillflow.ops.control.replicas import cross_replica_sum
from stillflow.ops.losses.weighting import Reduction
from stillflow.platform import logging
from stillflow.train.optimizer import Optimizer


class CrossShardOptimizer(Optimizer):
    """Trains by another optimizer, with gradients that are sums over the shards. Here one is all.

    Args:
      opt: the optimizer that trains.
      reduction: of the shards' losses, SUM or MEAN.
      group_assignment: the shards of each group that trains as one; only [[0]] is possible.

    Raises:
      ValueError: another reduction.
    """

    def __init__(
        self,
        opt: Optimizer,
        reduction: str = Reduction.MEAN,
        name: str = "CrossShardOptimizer",
        group_assignment: list[list[int]] | None = None,
    ):
        if reduction not in (Reduction.SUM, Reduction.MEAN):
            raise ValueError(f"Unsupported reduction: {reduction}.")
        super().__init__(False, name)
        self._opt = opt
        self._groups = group_assignment

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Those of `opt`.

        Raises:
          ValueError: the groups are not of the one shard.
        """
        logging.warning(
            "CrossShardOptimizer should be used within a tpu_shard_context, but got unset "
            "number_of_shards. Assuming 1."
        )
        _check_groups(self._groups)
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None, name: Any = None
    ) -> Operation:
        pairs = [(self._summed(gradient), variable) for gradient, variable in grads_and_vars]
        return self._opt.apply_gradients(pairs, global_step, name)

    def _summed(self, gradient: Any) -> Any:
        if gradient is None:
            return None
        with colocate_with(gradient):
            return cross_replica_sum(gradient, self._groups)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        return self._opt.variables()


def _check_groups(groups: Any) -> None:
    if not groups:
        return
    if not (isinstance(groups, list) and all(isinstance(group, list) for group in groups)):
        raise ValueError(f"group_assignment must be a list of list. Got {groups}")
    if {shard for group in groups for shard in group} != {0}:
        raise ValueError(
            f"group_assignment must be a permutation of range(1). Got group_assignment={groups}"
        )
