"""Training on several tasks of which some are absent from a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array.filling import zeros
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import no_op
from stillflow.ops.math.clip import clip_by_global_norm, global_norm
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce.composed import count_nonzero
from stillflow.train.optimizer import Optimizer


class MultitaskOptimizerWrapper:
    """Has an optimizer leave a variable and its slots alone when its gradient is all zeros.

    So a task that a batch holds nothing of does not pull running means to zero. The optimizer
    itself is changed; everything else is asked of it.

    Raises:
      TypeError: `opt` is no `tf.train.Optimizer`.
    """

    def __init__(self, opt: Any):
        if not isinstance(opt, Optimizer):
            raise TypeError("Supplied optimizer must be an instance of tf.train.Optimizer")
        self._opt = opt
        for name in (
            "_apply_dense",
            "_resource_apply_dense",
            "_apply_sparse",
            "_resource_apply_sparse",
        ):
            setattr(opt, name, _unless_all_zeros(getattr(opt, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opt, name)


def _unless_all_zeros(apply: Callable[..., Any]) -> Callable[..., Operation]:
    def applied(grad: Any, *args: Any, **kwargs: Any) -> Operation:
        def step() -> Operation:
            with control_dependencies([apply(grad, *args, **kwargs)]):
                return no_op()

        return cond(_is_all_zeros(grad), no_op, step)

    return applied


def _is_all_zeros(grad: Any) -> Tensor:
    return equal(count_nonzero(grad), 0)


def clip_gradients_by_global_norm(
    gradients_variables: Iterable[tuple[Any, Any]], clip_norm: Any = 20.0
) -> tuple[list[tuple[Any, Any]], Tensor]:
    """Clips gradients to a global norm in which those that are all zeros have no part.

    Args:
      gradients_variables: (gradient or None, variable) for each variable.
      clip_norm: the largest norm.

    Returns:
      The pairs with clipped gradients, and the norm before, a scalar.
    """
    grads, variables = zip(*gradients_variables, strict=True)
    norm = global_norm([_counted(grad) for grad in grads])
    clipped, _ = clip_by_global_norm(grads, clip_norm, use_norm=norm)
    return list(zip(clipped, variables, strict=True)), norm


def _counted(grad: Any) -> Any:
    """What a gradient adds to the norm: nothing of its size when it is all zeros."""
    if grad is None:
        return None
    return cond(_is_all_zeros(grad), lambda: zeros([], dtype=grad.dtype), lambda: grad)
