"""Dropout that keeps mean and variance, for networks that normalize themselves."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts
from stillflow.ops.math.comparison import greater_equal
from stillflow.ops.random import drawing

_ALPHA = -1.7580993408473766  # what `selu` tends to for small inputs


def alpha_dropout(
    x: Any,
    keep_prob: Any,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns `x` with elements set to selu's least value, the rest made to fit (Klambauer, 2017).

    Args:
      x: f[...].
      keep_prob: the probability that an element is kept, in (0, 1].
      noise_shape: i32[k], broadcast to `x`: elements that share one of its elements fall together.

    Raises:
      ValueError: a probability that is no number in (0, 1].
    """
    with name_scope(name, "alpha_dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if isinstance(keep_prob, (int, float)) and not 0 < keep_prob <= 1.0:
            raise ValueError(
                "keep_prob must be a scalar tensor or a float in the range (0, 1], got "
                f"{keep_prob:g}"
            )
        keep = convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        keep.shape.assert_has_rank(0)
        if constant_value(keep) == 1:
            return x
        sizes = shape_of.shape(x) if noise_shape is None else noise_shape
        drawn = drawing.random_uniform(sizes, seed=seed, dtype=x.dtype)
        kept = casts.cast(greater_equal(drawn, 1 - keep), x.dtype)
        x = x * kept + _ALPHA * (1 - kept)
        scale = (keep + keep * (1 - keep) * _ALPHA**2) ** -0.5
        offset = -scale * _ALPHA * (1 - keep)
        return scale * x + offset
