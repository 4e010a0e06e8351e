"""Initializers of TensorFlow 2: they know no type of their own, and a seed alone tells the numbers.

What each of them is, `ops.variables.initializers` says.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, filling, reshaping, transposing
from stillflow.ops.linalg.decompositions import qr
from stillflow.ops.math import elementwise
from stillflow.ops.random import drawing, stateless
from stillflow.ops.variables.initializers import fans

# The standard deviation of a standard normal variable cut off at two.
_TRUNCATED_STDDEV = 0.87962566103423978
_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")
# {distribution: what draws from the graph's stream, what draws what a seed alone tells}
_DRAWING: dict[str, tuple[Any, Any]] = {
    "uniform": (drawing.random_uniform, stateless.stateless_uniform),
    "normal": (drawing.random_normal, stateless.stateless_normal),
    "truncated_normal": (drawing.truncated_normal, stateless.stateless_truncated_normal),
}


class Initializer:
    """The base. Subclasses override `__call__`, and name their arguments in `_arguments`."""

    _arguments: tuple[str, ...] = ()

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns the initial value, of `shape`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer."""
        return {name: getattr(self, name) for name in self._arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Returns the initializer of these arguments; a type among them is left out."""
        config.pop("dtype", None)
        return cls(**config)

    def _drawn(self, distribution: str, shape: Any, *bounds: Any, dtype: DType) -> Tensor:
        """Random numbers; with a seed of the initializer the same at each call."""
        seed: Any = vars(self).get("seed")
        from_stream, from_seed = _DRAWING[distribution]
        drawn: Tensor
        if seed is None:
            drawn = from_stream(shape, *bounds, dtype=dtype)
        else:
            drawn = from_seed(shape, [seed, 0], *bounds, dtype=dtype)
        return drawn


def _sizes(shape: Any) -> Any:
    return shape.as_list() if isinstance(shape, TensorShape) else shape


def _floating(dtype: Any) -> DType:
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"Expected floating point type, got {dtype}.")
    return dtype


class Zeros(Initializer):
    """Zeros, False or empty strings."""

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        return filling.zeros(shape, dtypes.as_dtype(dtype))


class Ones(Initializer):
    """Ones. ValueError for a type that is no number's, nor bool."""

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_numpy_compatible or dtype == dtypes.string:
            raise ValueError(f"Expected numeric or boolean dtype, got {dtype}.")
        return filling.ones(shape, dtype)


class Constant(Initializer):
    """`value`, which fills the shape."""

    _arguments = ("value",)

    def __init__(self, value: Any = 0):
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or "
                "tuple of values, or numpy.ndarray)."
            )
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return constant(self.value, dtype=dtype and dtypes.as_dtype(dtype), shape=shape)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval)."""

    _arguments = ("minval", "maxval", "seed")

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None):
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_floating and not dtype.is_integer:
            raise ValueError(f"Expected float or integer dtype, got {dtype}.")
        return self._drawn("uniform", shape, self.minval, self.maxval, dtype=dtype)


class RandomNormal(Initializer):
    """Normal of the given mean and standard deviation."""

    _arguments = ("mean", "stddev", "seed")

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        return self._drawn("normal", shape, self.mean, self.stddev, dtype=_floating(dtype))


class TruncatedNormal(RandomNormal):
    """Normal, where what is further than two standard deviations off is drawn again."""

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        bounds = self.mean, self.stddev
        return self._drawn("truncated_normal", shape, *bounds, dtype=_floating(dtype))


class VarianceScaling(Initializer):
    """Random with variance scale / n, where n is the number of inputs, of outputs, or their mean.

    Args:
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "truncated_normal" (also called "normal"), "untruncated_normal" or "uniform".
    """

    _arguments: tuple[str, ...] = ("scale", "mode", "distribution", "seed")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ):
        if scale <= 0:
            raise ValueError("`scale` must be positive float.")
        if mode not in _MODES:
            raise ValueError("Invalid `mode` argument:", mode)
        distribution = distribution.lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in _DISTRIBUTIONS:
            raise ValueError("Invalid `distribution` argument:", distribution)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        dtype = _floating(dtype)
        fan_in, fan_out = fans(_sizes(shape))
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            bound = math.sqrt(3.0 * variance)
            return self._drawn("uniform", shape, -bound, bound, dtype=dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return self._drawn("normal", shape, 0.0, stddev, dtype=dtype)
        return self._drawn("truncated_normal", shape, 0.0, stddev / _TRUNCATED_STDDEV, dtype=dtype)


class GlorotUniform(VarianceScaling):
    """Uniform in +-sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010)."""

    _arguments = ("seed",)

    def __init__(self, seed: int | None = None):
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio, 2010)."""

    _arguments = ("seed",)

    def __init__(self, seed: int | None = None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal with variance 1 / inputs (LeCun et al., 1998)."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform in +-sqrt(3 / inputs) (LeCun et al., 1998)."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal with variance 2 / inputs (He et al., 2015)."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform in +-sqrt(6 / inputs) (He et al., 2015)."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


class Orthogonal(Initializer):
    """`gain` times a random matrix with orthonormal rows or columns, reshaped (Saxe et al., 2013).

    ValueError for fewer than two axes; all but the last count as rows.
    """

    _arguments = ("gain", "seed")

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        self.gain = gain
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        dtype = _floating(dtype)
        shape = _sizes(shape)
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = qr(self._drawn("normal", tall, 0.0, 1, dtype=dtype), full_matrices=False)
        # A uniformly distributed q needs a positive diagonal of r, which no QR algorithm promises.
        q *= elementwise.sign(diagonals.diag_part(r))
        if rows < columns:
            q = transposing.matrix_transpose(q)
        return self.gain * reshaping.reshape(q, shape)


class Identity(Initializer):
    """`gain` times the identity matrix; ValueError for a shape that is no matrix's."""

    _arguments = ("gain",)

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = dtypes.float32) -> Tensor:
        dtype = _floating(dtype)
        shape = _sizes(shape)
        if len(shape) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        rows, columns = shape
        return self.gain * diagonals.eye(rows, columns, dtype=dtype)
