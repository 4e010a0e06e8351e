"""What turns weights that the moving statistics scale into those that a batch's would scale."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph.operation import Tensor
from stillflow.layers.quantize.rewiring import quantization_step, reroute
from stillflow.ops.array.filling import ones, zeros
from stillflow.ops.control.ordering import identity
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math.arithmetic import multiply
from stillflow.ops.math.comparison import greater_equal
from stillflow.ops.math.division import divide
from stillflow.ops.math.elementwise import reciprocal, rsqrt


class Statistics(NamedTuple):
    """The moments of a batch and their moving averages, with how much of these a step keeps."""

    gamma: Any
    mean: Any
    variance: Any
    moving_mean: Any
    moving_variance: Any
    mean_decay: Any
    variance_decay: Any
    epsilon: Any


def corrections(of: Statistics, freeze_delay: int | None) -> tuple[Any, Any, Any]:
    """(scale, its reciprocal, offset): from the moving statistics to those of the batch.

    Weights are rounded as the moving statistics scale them, which change slowly.

    Args:
      freeze_delay: after how many steps the moving statistics stay as they are; None for never.
    """
    moving = rsqrt(of.moving_variance + of.epsilon)
    now = rsqrt(of.variance + of.epsilon)
    scale = identity(divide(moving, now, name="scale_compute"), name="correction_scale")
    recip = reciprocal(scale, name="reciprocal_compute")
    offset = multiply(of.gamma, of.mean * now - of.moving_mean * moving, name="offset_compute")
    frozen: Any = False
    if freeze_delay is not None:
        frozen = greater_equal(quantization_step(), freeze_delay, name="use_moving_average")
    _stop(of.mean_decay, frozen, "freeze_moving_mean")
    _stop(of.variance_decay, frozen, "freeze_moving_var")
    scaled_back = smart_cond(
        frozen, lambda: ones(scale.shape), lambda: recip, name="correction_recip"
    )
    moved = smart_cond(
        frozen, lambda: offset, lambda: zeros(offset.shape), name="correction_offset"
    )
    return scale, scaled_back, moved


def _stop(decay: Tensor, frozen: Any, name: str) -> None:
    """Lets a moving average be, once it is `frozen`."""
    takers = list(decay.consumers())
    reroute(smart_cond(frozen, lambda: 0.0, lambda: decay, name=name), decay, takers)
