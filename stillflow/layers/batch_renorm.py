"""Batch renormalisation: what corrects the statistics of a batch towards their averages.

Source: Ioffe, 2017, "Batch Renormalization" (arXiv:1702.03275).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.layers.batch_averages import assign_moving_average
from stillflow.layers.utils import smart_cond
from stillflow.ops.array import filling
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import arithmetic, elementwise


def corrections(
    mean: Any,
    variance: Any,
    epsilon: float,
    renorm_mean: Any,
    renorm_stddev: Any,
    clipping: Mapping[str, Any],
    momentum: Any,
    training: Any,
    size: Any = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(r, d, mean, variance): normalised with the moments, x * r + d is as with the averages.

    The averages `renorm_mean` and `renorm_stddev` are updated before the moments that are returned
    can be read. `clipping` limits r to rmin ... rmax and d to -dmax ... dmax. Inputs of `size` 0
    leave the averages as they are.
    """
    stddev = elementwise.sqrt(variance + epsilon)
    least = arithmetic.maximum(renorm_stddev, elementwise.sqrt(epsilon))
    r = stddev / least
    d = (mean - renorm_mean) / least
    with control_dependencies([r, d]):
        mean, stddev = identity(mean), identity(stddev)
    r, d = _clipped(r, d, clipping)
    r = smart_cond(training, lambda: r, lambda: filling.ones_like(r))
    d = smart_cond(training, lambda: d, lambda: filling.zeros_like(d))
    updates = [
        _updated(renorm_mean, mean, momentum, training, size),
        _updated(renorm_stddev, stddev, momentum, training, size),
    ]
    with control_dependencies(updates):
        return r, d, identity(mean), identity(variance)


def _clipped(r: Tensor, d: Tensor, clipping: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    smallest, largest, farthest = (clipping.get(key) for key in ("rmin", "rmax", "dmax"))
    if smallest is not None:
        r = arithmetic.maximum(r, smallest)
    if largest is not None:
        r = arithmetic.minimum(r, largest)
    if farthest is not None:
        d = arithmetic.minimum(arithmetic.maximum(d, -farthest), farthest)
    return r, d


def _updated(average: Any, value: Any, momentum: Any, training: Any, size: Any) -> Any:
    value = identity(value)
    return smart_cond(
        training,
        lambda: assign_moving_average(average, value, momentum, size),
        lambda: identity(average),
    )
