"""The initializers of `tf.keras`: those of `tf.initializers`, three with narrower defaults."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.ops.variables import initializers


class RandomUniform(initializers.RandomUniform):
    """Uniform in [minval, maxval)."""

    def __init__(
        self,
        minval: Any = -0.05,
        maxval: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ):
        super().__init__(minval, maxval, seed, dtype)


class RandomNormal(initializers.RandomNormal):
    """Normal of the given mean and standard deviation."""

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ):
        super().__init__(mean, stddev, seed, dtype)


class TruncatedNormal(initializers.TruncatedNormal):
    """Normal, where what is further than two standard deviations off is drawn again."""

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ):
        super().__init__(mean, stddev, seed, dtype)


BY_NAME: dict[str, Any] = {
    "Initializer": initializers.Initializer,
    **dict.fromkeys(("zero", "zeros", "Zeros"), initializers.Zeros),
    **dict.fromkeys(("one", "ones", "Ones"), initializers.Ones),
    **dict.fromkeys(("constant", "Constant"), initializers.Constant),
    **dict.fromkeys(("uniform", "random_uniform", "RandomUniform"), RandomUniform),
    **dict.fromkeys(("normal", "random_normal", "RandomNormal"), RandomNormal),
    **dict.fromkeys(("truncated_normal", "TruncatedNormal"), TruncatedNormal),
    **dict.fromkeys(("identity", "Identity"), initializers.Identity),
    **dict.fromkeys(("orthogonal", "Orthogonal"), initializers.Orthogonal),
    **dict.fromkeys(("glorot_normal", "GlorotNormal"), initializers.GlorotNormal),
    **dict.fromkeys(("glorot_uniform", "GlorotUniform"), initializers.GlorotUniform),
    "VarianceScaling": initializers.VarianceScaling,
    "he_normal": initializers.he_normal,
    "he_uniform": initializers.he_uniform,
    "lecun_normal": initializers.lecun_normal,
    "lecun_uniform": initializers.lecun_uniform,
}
