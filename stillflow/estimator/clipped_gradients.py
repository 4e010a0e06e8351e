"""`tf.contrib.estimator.clip_gradients_by_norm`: an optimizer whose gradients are clipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.ops.math.clip import clip_by_global_norm
from stillflow.train.optimizer import Optimizer

_Pairs = list[tuple[Any, Any]]


def clip_gradients_by_norm(optimizer: Optimizer, clip_norm: Any) -> Optimizer:
    """Returns an optimizer that scales all gradients so that their norm is `clip_norm` at most."""

    def clipped(grads_and_vars: _Pairs) -> _Pairs:
        gradients, variables = zip(*grads_and_vars, strict=True)
        return list(zip(clip_by_global_norm(gradients, clip_norm)[0], variables, strict=True))

    return _TransformedGradients(optimizer, clipped, f"ClipByNorm{optimizer.get_name()}")


class _TransformedGradients(Optimizer):
    """An optimizer that applies to gradients what a function makes of them."""

    def __init__(self, optimizer: Optimizer, transform: Callable[[_Pairs], _Pairs], name: str):
        super().__init__(use_locking=False, name=name)
        self._optimizer = optimizer
        self._transform = transform

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: Any = None
    ) -> Any:
        return self._optimizer.apply_gradients(self._transform(grads_and_vars), global_step, name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.get_slot_names(*args, **kwargs)
