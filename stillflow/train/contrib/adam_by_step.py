"""Adam that reads the count of steps in place of keeping powers of its betas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.variables.variable import Variable
from stillflow.train.adam import AdamOptimizer
from stillflow.train.contrib.adam_kinds import LazyRows
from stillflow.train.optimizer import Optimizer


class AdamGSOptimizer(AdamOptimizer):
    """Adam with t = global_step + 1.

    Args:
      global_step: the count of steps so far, a variable or a tensor.
      learning_rate, beta1, beta2, epsilon, use_locking: as of `AdamOptimizer`.
    """

    def __init__(
        self,
        global_step: Any = 0,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)
        self._global_step = global_step

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _prepare(self) -> None:
        super()._prepare()
        self._step = cast(identity(self._global_step) + 1, dtypes.float32)

    def _get_beta_accumulators(self) -> tuple[Tensor, Tensor]:
        return pow_(self._beta1_t, self._step), pow_(self._beta2_t, self._step)

    def _finish(self, update_ops: list, name_scope: str) -> Operation:
        return Optimizer._finish(self, update_ops, name_scope)


class LazyAdamGSOptimizer(LazyRows, AdamGSOptimizer):
    """`AdamGSOptimizer` that, for a sparse gradient, leaves alone what it keeps for other rows."""
