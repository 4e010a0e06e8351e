"""Constraints: what is made of a weight after each of its updates. `tf.keras.constraints`."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers import settings
from stillflow.layers.bounding import clip, sqrt
from stillflow.ops.array import filling, padding, reshaping, shape_of, stacking
from stillflow.ops.control.cond import cond
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.math import casts, comparison, division, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.tensor_array.mapping import map_fn


class Constraint:
    """The base: a weight stays as it is."""

    def __call__(self, w: Any) -> Any:
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it."""
        return {}


def _norms(w: Any, axis: Any) -> Tensor:
    return sqrt(reductions.reduce_sum(elementwise.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """The norms along `axis` are at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: Any = 0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        norms = _norms(w, self.axis)
        desired = clip(norms, 0, self.max_value)
        return w * (desired / (settings.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """What is below 0 becomes 0."""

    def __call__(self, w: Any) -> Tensor:
        return w * casts.cast(comparison.greater_equal(w, 0.0), settings.floatx())


class UnitNorm(Constraint):
    """The norms along `axis` are 1."""

    def __init__(self, axis: Any = 0):
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        return w / (settings.epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """The norms along `axis` move into [min_value, max_value], at a `rate` of 1 all the way."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        norms = _norms(w, self.axis)
        bounded = clip(norms, self.min_value, self.max_value)
        desired = self.rate * bounded + (1 - self.rate) * norms
        return w * (desired / (settings.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


class RadialConstraint(Constraint):
    """Each kernel of a convolution, f[size, size, in, out], is the same within a ring around its
    centre: what stands at the ring's corner, in TensorFlow one further in where the size is odd.
    """

    def __call__(self, w: Any) -> Tensor:
        """Raises ValueError for a weight of another rank than 4."""
        if w.shape.ndims != 4:
            raise ValueError(f"The weight tensor must be of rank 4, but is of shape: {w.shape}")
        height, width, channels, kernels = w.shape
        planes = reshaping.reshape(w, (height, width, channels * kernels))
        rows = stacking.stack(stacking.unstack(planes, axis=-1), axis=0)
        rows = map_fn(_radial, rows)
        planes = stacking.stack(stacking.unstack(rows, axis=0), axis=-1)
        return reshaping.reshape(planes, (height, width, channels, kernels))


def _radial(kernel: Tensor) -> Tensor:
    """One kernel, f[size, size], built up from its centre ring by ring."""
    ring = constant([[1, 1], [1, 1]], dtypes.int32)
    size = shape_of.shape(kernel)[0]
    start = casts.cast(size / 2, dtypes.int32)

    def centre() -> Tensor:
        return kernel[start - 1 : start, start - 1 : start]

    core = cond(
        casts.cast(division.floormod(size, 2), dtypes.bool),
        centre,
        lambda: centre() + filling.zeros((2, 2), kernel.dtype),
    )
    index = cond(
        casts.cast(division.floormod(size, 2), dtypes.bool),
        lambda: constant(0, dtypes.int32),
        lambda: constant(1, dtypes.int32),
    )

    def surrounded(i: Tensor, inner: Tensor) -> tuple[Tensor, Tensor]:
        value = kernel[start + i, start + i]
        return i + 1, padding.pad(inner, ring, constant_values=value)

    _, whole = while_loop(
        lambda i, _: comparison.less(i, start),
        surrounded,
        [index, core],
        shape_invariants=[index.get_shape(), TensorShape([None, None])],
    )
    return whole


BY_NAME: dict[str, Any] = {
    "Constraint": Constraint,
    **dict.fromkeys(("MaxNorm", "max_norm", "maxnorm"), MaxNorm),
    **dict.fromkeys(("NonNeg", "non_neg", "nonneg"), NonNeg),
    **dict.fromkeys(("UnitNorm", "unit_norm", "unitnorm"), UnitNorm),
    **dict.fromkeys(("MinMaxNorm", "min_max_norm"), MinMaxNorm),
    **dict.fromkeys(("RadialConstraint", "radial_constraint"), RadialConstraint),
}
