"""An optimizer that drops gradients which come too late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import less_equal
from stillflow.ops.summaries import scalar
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable
from stillflow.train.optimizer import Optimizer
from stillflow.train.training_util import get_global_step


class DropStaleGradientOptimizer(Optimizer):
    """Trains by another optimizer, unless many steps were taken while gradients were computed.

    The variable `stale_counter` counts the steps that were dropped; a summary shows their part.

    Args:
      opt: the optimizer that trains.
      staleness: how many other steps a gradient outlives.
    """

    def __init__(
        self,
        opt: Optimizer,
        staleness: Any,
        use_locking: bool = False,
        name: str = "DropStaleGradient",
    ):
        super().__init__(use_locking, name)
        self._opt = opt
        self._staleness = staleness

    def compute_gradients(self, loss: Any, *args: Any, **kwargs: Any) -> Any:
        with colocate_with(loss):
            self._local_step = get_global_step() + 0
        with control_dependencies([self._local_step]):
            return self._opt.compute_gradients(identity(loss), *args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(  # type: ignore[override]
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Tensor:
        """As of the optimizer; `global_step` must be given. Returns the count of dropped steps."""
        pairs = list(grads_and_vars)
        with colocate_with(global_step):
            dropped = get_variable("stale_counter", [], initializer=Zeros(), trainable=False)

        def step() -> Tensor:
            trained = self._opt.apply_gradients(pairs, global_step=global_step, name=name)
            with control_dependencies([trained]):
                return identity(0.0)

        grads = [
            grad if isinstance(grad, Tensor) else grad.op for grad, _ in pairs if grad is not None
        ]
        with control_dependencies(grads), colocate_with(global_step):
            staleness = reshape(global_step - self._local_step, shape=())
        counted = dropped.assign_add(
            cond(less_equal(staleness, self._staleness), step, lambda: identity(1.0))
        )
        part = dropped / cast(global_step + 1, dtypes.float32)
        scalar.scalar("Gradient staleness percentage", part)
        return counted
