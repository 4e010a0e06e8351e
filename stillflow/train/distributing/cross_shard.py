"""`tf.contrib.tpu.CrossShardOptimizer`: gradients of the shards of a TPU; here there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.ops.losses.weighting import Reduction
from stillflow.train.optimizer import Optimizer, Pair


class CrossShardOptimizer(Optimizer):
    """What `opt` does: the sum, or mean, over one shard is that shard's gradient.

    Raises:
      ValueError: `reduction` is neither SUM nor MEAN.
      TypeError: `opt` is no optimizer.
    """

    def __init__(
        self,
        opt: Optimizer,
        reduction: str = Reduction.MEAN,
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ):
        if reduction not in (Reduction.SUM, Reduction.MEAN):
            raise ValueError(f"Unsupported reduction: {reduction}.")
        if not isinstance(opt, Optimizer):
            raise TypeError(
                "CrossShardOptimizer only works with tf.training.Optimizer and not Optimizer_v2. "
                "If you are using TPUStrategy, OptimizerV2 will sum gradients across replicas."
                "If you are using TPUEstimator, you may instead sum your gradients with: grads = "
                "[tf.compat.v1.tpu.cross_replica_sum(g) for g in grads]. If you want to average "
                "your gradients, rescale your loss with: loss /= global_batch_size"
            )
        super().__init__(False, name)
        self._opt = opt

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[Pair]:
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Pair], global_step: Any = None, name: str | None = None
    ) -> Operation:
        return self._opt.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        return self._opt.variables()
