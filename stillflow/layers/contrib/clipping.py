"""Changes of gradients between computing and applying them: clipped, scaled, made noisy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, selecting
from stillflow.ops.math import arithmetic, casts, clip, elementwise
from stillflow.ops.random import drawing
from stillflow.ops.summaries import scalar
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.train.moving_averages import assign_moving_average

Pairs = list[tuple[Any, Any]]


def clipped_by_global_norm(pairs: Pairs, norm: float) -> Pairs:
    gradients, variables = zip(*pairs, strict=True)
    clipped, _ = clip.clip_by_global_norm(gradients, norm)
    return list(zip(clipped, variables, strict=True))


def adaptive_clipping_fn(
    std_factor: float = 2.0,
    decay: float = 0.95,
    static_max_norm: float | None = None,
    global_step: Any = None,
    report_summary: bool = False,
    epsilon: float = 1e-8,
    name: str | None = None,
) -> Callable[[Pairs], Pairs]:
    """Returns a function that shrinks gradients whose common norm is unusually large.

    Unusual is a logarithm of the norm beyond its moving average by more than `std_factor` standard
    deviations; such gradients get the average norm.

    Args:
      decay: of the moving averages; at first less, when `global_step` counts the steps.
      static_max_norm: no norm is larger than this.
      report_summary: adds a summary of the bound.
    """

    def clip_gradients(pairs: Pairs) -> Pairs:
        gradients, variables = zip(*pairs, strict=True)
        norm = clip.global_norm(gradients)
        bound, log_mean = _bound(norm, std_factor, decay, global_step, epsilon, name)
        if report_summary:
            scalar.scalar("global_norm/adaptive_max_gradient_norm", bound)
        is_usual = norm < bound
        whole, shrunk = filling.ones_like(norm), elementwise.exp(log_mean) / norm
        factor = selecting.where(is_usual, whole, shrunk)
        if static_max_norm is not None:
            factor = arithmetic.minimum(static_max_norm / norm, factor)
        clipped = [None if grad is None else _scaled(grad, factor) for grad in gradients]
        return list(zip(clipped, variables, strict=True))

    return clip_gradients


def _bound(
    norm: Tensor, std_factor: float, decay: Any, global_step: Any, epsilon: float, name: str | None
) -> tuple[Tensor, Tensor]:
    """The largest norm that is usual, and the mean of the norms' logarithms."""
    with variable_scope(name, "AdaptiveMaxNorm", [norm]):
        log_norm = elementwise.log(norm + epsilon)
        if global_step is not None:
            steps = casts.cast(global_step, dtypes.float32)
            decay = arithmetic.minimum(decay, steps / (steps + 1.0))
        mean = _averaged("mean", log_norm, decay)
        mean_square = _averaged("sq_mean", elementwise.square(log_norm), decay)
        variance = mean_square - elementwise.square(mean)
        deviation = elementwise.sqrt(arithmetic.maximum(epsilon, variance))
        return elementwise.exp(mean + std_factor * deviation), mean


def _averaged(name: str, value: Tensor, decay: Any) -> Tensor:
    average = get_variable(
        name, shape=value.get_shape(), dtype=value.dtype, initializer=Zeros(), trainable=False
    )
    return assign_moving_average(average, value, decay, zero_debias=False)


def with_noise(pairs: Pairs, scale: float) -> Pairs:
    """Adds noise to gradients: truncated normal numbers times `scale`."""

    def noisy(grad: Any) -> Any:
        sizes = grad.dense_shape if isinstance(grad, IndexedSlices) else grad.get_shape()
        return grad + drawing.truncated_normal(sizes) * scale

    return [(None if grad is None else noisy(grad), variable) for grad, variable in pairs]


def multiplied(pairs: Pairs, multipliers: Mapping[Any, Any]) -> Pairs:
    """Multiplies the gradients of variables that `multipliers` has, themselves or by name."""

    def scaled(grad: Any, variable: Any) -> Any:
        key = variable if variable in multipliers else variable.name
        if grad is None or key not in multipliers:
            return grad
        if isinstance(grad, IndexedSlices):
            return _scaled(grad, multipliers[key])
        return grad * casts.cast(multipliers[key], grad.dtype)

    return [(scaled(grad, variable), variable) for grad, variable in pairs]


def _scaled(grad: Any, factor: Any) -> Any:
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(grad.values * factor, grad.indices, grad.dense_shape)
    return grad * factor
