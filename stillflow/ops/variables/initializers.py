"""Initializers: functions of a shape that give a variable's initial value.

Each is a class whose instances are called as `initializer(shape, dtype=None)`. `get_config()` gives
the arguments that `from_config` makes an equal one from.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.ops.array import diagonals, filling, reshaping, slicing, transposing
from stillflow.ops.linalg.decompositions import qr
from stillflow.ops.math import elementwise
from stillflow.ops.random import drawing
from stillflow.ops.variables.partitioning import PartitionInfo

# The standard deviation of a standard normal variable cut off at two.
_TRUNCATED_STDDEV = 0.87962566103423978


class Initializer:
    """What the initializers share. Each is a dataclass with a field `dtype`, the default type."""

    dtype: Any

    #: Whether a single number is a shape, of which a `Fill` is made, as in TensorFlow.
    _fills: ClassVar[bool] = False

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        """Returns the initial value, of `shape`.

        Of a part of a partitioned variable `partition_info` says which it is.
        """
        dtype = dtypes.as_dtype(dtype or self.dtype)
        if self._fills and isinstance(shape, int):
            return self._value(shape, dtype)
        if partition_info is None:
            return self._value(_sizes(shape), dtype)
        return self._part(_sizes(shape), dtype, partition_info)

    def _value(self, shape: Any, dtype: DType) -> Tensor:
        """The value of a shape, a list of sizes."""
        raise NotImplementedError

    def _part(self, shape: list[int], dtype: DType, info: PartitionInfo) -> Tensor:
        """The initial value of a part; what does not look at the whole is made as a whole is."""
        return self._value(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer, the type by its name."""
        fields = [f for f in dataclasses.fields(self) if f.metadata.get("in_config", True)]  # type: ignore[arg-type]
        config = {f.name: getattr(self, f.name) for f in fields}
        return {**config, "dtype": self.dtype.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Returns the initializer that `get_config` describes."""
        return cls(**config)

    def __post_init__(self) -> None:
        self.dtype = dtypes.as_dtype(self.dtype)


def _sizes(shape: Any) -> Any:
    """The sizes as a list; as they are given where a run decides about some."""
    parts = shape if isinstance(shape, (list, tuple)) else [shape]
    if any(isinstance(part, Tensor) for part in parts):
        return shape
    static = as_shape(shape)
    static.assert_is_fully_defined()
    return static.as_list()


class FloatInitializer(Initializer):
    """An initializer of floating point values only; ValueError for another type."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.dtype.is_floating:
            raise ValueError(f"Expected floating point type, got {self.dtype}.")


@dataclass(eq=False)
class Zeros(Initializer):
    """Zeros, False or empty strings."""

    dtype: Any = dtypes.float32
    _fills: ClassVar[bool] = True

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return filling.zeros(shape, dtype)


@dataclass(eq=False)
class Ones(Initializer):
    """Ones."""

    dtype: Any = dtypes.float32
    _fills: ClassVar[bool] = True

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return filling.ones(shape, dtype)


@dataclass(eq=False)
class Constant(Initializer):
    """`value`, filled up with its last element; `verify_shape` refuses to fill up."""

    value: Any = 0
    dtype: Any = dtypes.float32
    verify_shape: bool = field(default=False, metadata={"in_config": False})

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (np.isscalar(self.value) or isinstance(self.value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(self.value)} (expected Python scalar, list "
                "or tuple of values, or numpy.ndarray)."
            )

    def __call__(
        self,
        shape: Any,
        dtype: Any = None,
        partition_info: Any = None,
        verify_shape: bool | None = None,
    ) -> Tensor:
        verify = self.verify_shape if verify_shape is None else verify_shape
        return constant(self.value, dtype or self.dtype, shape, verify_shape=verify)


@dataclass(eq=False)
class RandomUniform(Initializer):
    """Uniform in [minval, maxval); `maxval` is 1 when it is None."""

    minval: Any = 0
    maxval: Any = None
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return drawing.random_uniform(shape, self.minval, self.maxval, dtype, seed=self.seed)


@dataclass(eq=False)
class RandomNormal(FloatInitializer):
    """Normal of the given mean and standard deviation."""

    mean: Any = 0.0
    stddev: Any = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return drawing.random_normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


@dataclass(eq=False)
class TruncatedNormal(FloatInitializer):
    """Normal, where what is further than two standard deviations off is drawn again."""

    mean: Any = 0.0
    stddev: Any = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return drawing.truncated_normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


@dataclass(eq=False)
class UniformUnitScaling(FloatInitializer):
    """Uniform in +-factor * sqrt(3 / inputs), which keeps the scale of what a layer is given."""

    factor: float = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return self._drawn(shape, dtype, shape)

    def _part(self, shape: list[int], dtype: DType, info: PartitionInfo) -> Tensor:
        return self._drawn(shape, dtype, info.full_shape)

    def _drawn(self, shape: list[int], dtype: DType, whole: Sequence[int]) -> Tensor:
        inputs = max(1.0, math.prod(float(size) for size in whole[:-1]))
        bound = math.sqrt(3 / inputs) * self.factor
        return drawing.random_uniform(shape, -bound, bound, dtype, seed=self.seed)


@dataclass(eq=False)
class VarianceScaling(FloatInitializer):
    """Random with variance scale / n, where n is the number of inputs, of outputs, or their mean.

    Args:
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "truncated_normal" (also called "normal"), "untruncated_normal" or "uniform".
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"
    seed: int | None = None
    dtype: Any = dtypes.float32

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scale <= 0:
            raise ValueError("`scale` must be positive float.")
        self.mode = _one_of(("fan_in", "fan_out", "fan_avg"), "mode", self.mode)
        self.distribution = _one_of(
            ("normal", "truncated_normal", "untruncated_normal", "uniform"),
            "distribution",
            self.distribution,
        )

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return self._drawn(shape, dtype, shape)

    def _part(self, shape: list[int], dtype: DType, info: PartitionInfo) -> Tensor:
        return self._drawn(shape, dtype, info.full_shape)

    def _drawn(self, shape: list[int], dtype: DType, whole: Sequence[int]) -> Tensor:
        fan_in, fan_out = fans(whole)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            bound = math.sqrt(3.0 * variance)
            return drawing.random_uniform(shape, -bound, bound, dtype, seed=self.seed)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return drawing.random_normal(shape, 0.0, stddev, dtype, seed=self.seed)
        stddev /= _TRUNCATED_STDDEV
        return drawing.truncated_normal(shape, 0.0, stddev, dtype, seed=self.seed)


def _one_of(allowed: Sequence[str], argument: str, value: str) -> str:
    if value.lower() not in allowed:
        raise ValueError(
            f"Invalid `{argument}` argument: {value!r}\n  It is one of {', '.join(allowed)}."
        )
    return value.lower()


def fans(shape: Sequence[int]) -> tuple[float, float]:
    """The numbers of inputs and outputs of a layer with weights of `shape`: [..., in, out]."""
    if len(shape) < 2:
        size = float(shape[0]) if shape else 1.0
        return size, size
    receptive_field = math.prod(shape[:-2])
    return float(shape[-2] * receptive_field), float(shape[-1] * receptive_field)


class _Glorot(VarianceScaling):
    """VarianceScaling with all but the seed and the type fixed."""

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotUniform(_Glorot):
    """Uniform in +-sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010).

    `dtype` is ignored, as in TensorFlow 1.15; a variable's own type counts.
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32):
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(_Glorot):
    """Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio, 2010).

    `dtype` is ignored, as in TensorFlow 1.15; a variable's own type counts.
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32):
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


@dataclass(eq=False)
class Orthogonal(FloatInitializer):
    """`gain` times a random matrix with orthonormal rows or columns, reshaped (Saxe et al., 2013).

    ValueError for fewer than two axes; all but the last count as rows.
    """

    gain: float = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = qr(drawing.random_normal(tall, dtype=dtype, seed=self.seed))
        # A uniformly distributed q needs a positive diagonal of r, which no QR algorithm promises.
        q *= elementwise.sign(diagonals.diag_part(r))
        if rows < columns:
            q = transposing.matrix_transpose(q)
        return self.gain * reshaping.reshape(q, shape)


@dataclass(eq=False)
class Identity(FloatInitializer):
    """`gain` times the identity matrix; ValueError for a shape that is no matrix's."""

    gain: float = 1.0
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        return self.gain * _identity(shape, dtype)

    def _part(self, shape: list[int], dtype: DType, info: PartitionInfo) -> Tensor:
        whole = _identity(info.full_shape, dtype)
        return self.gain * slicing.slice_(whole, info.var_offset, shape)


def _identity(shape: Sequence[int], dtype: DType) -> Tensor:
    if len(shape) != 2:
        raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
    rows, columns = shape
    return diagonals.eye(rows, columns, dtype=dtype)
