"""Dropout (Srivastava et al., 2014)."""

from __future__ import annotations

from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import shape_of
from stillflow.ops.math import casts
from stillflow.ops.random import drawing


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Returns `x` with elements set to 0 with probability `rate`, the others scaled up to match.

    x: f[...] -> f[...]. `keep_prob` is the older argument, 1 - rate. `noise_shape` is broadcast to
    x: elements that share one of its elements fall together.

    Raises:
      ValueError: `x` is no float, or the rate is not in [0, 1).
    """
    rate = renamed("rate", rate, "keep_prob", _rate_that_keeps(keep_prob))
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        _check(x, rate)
        if isinstance(rate, (int, float)) and rate == 0:
            return x
        rate = convert_to_tensor(rate, dtype=x.dtype, name="rate")
        rate.shape.assert_is_compatible_with(())
        if constant_value(rate) == 0:
            return x
        shape = _noise_shape(x, noise_shape)
        uniform = drawing.random_uniform(shape, seed=seed, dtype=x.dtype)
        scale = 1 / (1 - rate)
        kept = uniform >= rate
        dropped = x * scale * casts.cast(kept, x.dtype)
        dropped.set_shape(x.shape)
        return dropped


def _rate_that_keeps(keep_prob: Any) -> Any:
    try:
        return None if keep_prob is None else 1 - keep_prob
    except TypeError:
        raise ValueError(
            f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})"
        ) from None


def _check(x: Tensor, rate: Any) -> None:
    if not x.dtype.is_floating:
        raise ValueError(
            "x has to be a floating point tensor since it's going to be scaled. Got a "
            f"{x.dtype} tensor instead."
        )
    if isinstance(rate, (int, float)) and not 0 <= rate < 1:
        raise ValueError(
            f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}"
        )


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    """`noise_shape` with sizes of `x` where it has None; all of them when it is None itself."""
    if noise_shape is None:
        return shape_of.shape(x)
    try:
        wanted, own = as_shape(noise_shape).sizes, x.shape.sizes
    except (TypeError, ValueError):
        return noise_shape  # a tensor, or one of its sizes is
    if wanted is None or own is None or len(wanted) != len(own):
        return noise_shape
    filled = zip(wanted, own, strict=True)
    return TensorShape.of(tuple(b if a is None else a for a, b in filled))
