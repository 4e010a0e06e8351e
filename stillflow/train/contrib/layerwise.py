"""Rates that fit the size of each variable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.selecting import where
from stillflow.ops.linalg.norms import norm
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater
from stillflow.ops.training import dense
from stillflow.train.momentum import MomentumOptimizer
from stillflow.train.one_op import built


class LARSOptimizer(MomentumOptimizer):
    """Momentum whose rate for each variable follows the norms (You et al., 2017).

    rate = learning_rate * eeta * |w| / (|g| + weight_decay * |w| + epsilon), where neither norm
    is zero; g += weight_decay * w; accumulation = momentum * accumulation + rate * g;
    w -= accumulation. A sparse gradient takes a plain step of momentum.

    Args:
      learning_rate: a number or a scalar tensor.
      momentum, weight_decay: numbers, not negative.
      skip_list: variables whose name contains one of these strings neither decay nor have a rate
        of their own.

    Raises:
      ValueError: a negative momentum or decay.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any = 0.9,
        weight_decay: float = 0.0001,
        eeta: float = 0.001,
        epsilon: float = 0.0,
        name: str = "LARSOptimizer",
        skip_list: Iterable[str] | None = None,
        use_nesterov: bool = False,
    ):
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(learning_rate, momentum, name=name, use_nesterov=use_nesterov)
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = skip_list

    def compute_lr(self, grad: Tensor, var: Any) -> tuple[Any, Tensor]:
        """Returns the rate for `var`, and the gradient with the decay."""
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return self._learning_rate, grad
        w_norm, g_norm = norm(var, ord=2), norm(grad, ord=2)
        has_weights, has_gradient = greater(w_norm, 0), greater(g_norm, 0)
        ratio = self._eeta * w_norm / (g_norm + self._weight_decay * w_norm + self._epsilon)
        trust = where(has_weights, where(has_gradient, ratio, 1.0), 1.0)
        return self._learning_rate * trust, grad + self._weight_decay * var

    def _apply_dense(self, grad: Tensor, var: Any) -> Operation:
        rate, grad = self.compute_lr(grad, var)
        return built(
            dense.apply_momentum,
            [var, self.get_slot(var, "momentum")],
            cast(1.0, var.dtype.base_dtype),
            grad * rate,
            self._momentum,
            use_locking=False,
            use_nesterov=self._use_nesterov,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return LARSOptimizer._apply_dense(self, grad, handle)
