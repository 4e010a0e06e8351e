"""Student's t distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED, nan_like
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, selecting
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_positive
from stillflow.ops.math import comparison, elementwise, special
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_gamma, random_normal
from stillflow.platform.deprecation import deprecated


class StudentT(ScalarDistribution):
    """Numbers of density proportional to (1 + y^2 / df)^(-(df + 1) / 2), y = (x - loc) / scale.

    Args:
      df: the degrees of freedom, f[*batch]; all three are broadcast.
      loc: the mean, when df > 1.
      scale: how wide the distribution is.
    """

    PARAMETERS = ("df", "loc", "scale")

    @moved
    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentT",
    ):
        parameters = dict(locals())
        with (
            name_scope(name, values=[df, loc, scale]) as scope,
            control_dependencies([assert_positive(df)] if validate_args else []),
        ):
            self._df = identity(df, name="df")
            self._loc = identity(loc, name="loc")
            self._scale = identity(scale, name="scale")
            same_float_dtype([self._df, self._loc, self._scale])
        super().__init__(
            dtype=self._scale.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._df, self._loc, self._scale],
            name=scope,
        )

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self._df

    @property
    def loc(self) -> Tensor:
        """Where the middle is."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """How wide the distribution is."""
        return self._scale

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """A normal number over the root of a gamma number is such a one."""
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        normal = random_normal(shape, dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        seed = gen_new_seed(seed, salt="student_t")
        gamma = random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=seed)
        drawn = normal * elementwise.rsqrt(gamma / df)
        return drawn * self.scale + self.loc

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        y = (x - self.loc) / self.scale
        return -0.5 * (self.df + 1.0) * elementwise.log1p(y**2.0 / self.df)

    def _log_normalization(self) -> Tensor:
        return (
            elementwise.log(elementwise.abs_(self.scale))
            + 0.5 * elementwise.log(self.df)
            + 0.5 * np.log(np.pi)
            + special.lgamma(0.5 * self.df)
            - special.lgamma(0.5 * (self.df + 1.0))
        )

    def _cdf(self, x: Tensor) -> Tensor:
        y = (x - self.loc) / elementwise.abs_(self.scale)
        x_t = self.df / (y**2.0 + self.df)
        tail = 0.5 * special.betainc(0.5 * self.df, 0.5, x_t)
        return selecting.where_v2(comparison.less(y, 0.0), tail, 1.0 - tail)

    def _entropy(self) -> Tensor:
        ones = self._ones()[..., np.newaxis]
        df = ones * self.df[..., np.newaxis]
        of_beta = joining.concat([df, ones], -1) / 2.0
        return (
            elementwise.log(elementwise.abs_(self.scale))
            + 0.5 * elementwise.log(self.df)
            + special.lbeta(of_beta)
            + 0.5
            * (self.df + 1.0)
            * (special.digamma(0.5 * (self.df + 1.0)) - special.digamma(0.5 * self.df))
        )

    def _mean(self) -> Tensor:
        """`loc` when df > 1, else not defined."""
        return self._where_defined("mean", self.loc * self._ones())

    def _variance(self) -> Tensor:
        """scale^2 df / (df - 2) when df > 2, infinite when df > 1, else not defined."""
        is_finite = comparison.greater(self.df, 2.0)
        below = selecting.where_v2(is_finite, self.df - 2.0, filling.ones_like(self.df))
        finite = self._ones() * elementwise.square(self.scale) * self.df / below
        infinity = np.array(np.inf, self.dtype.as_numpy_dtype)
        is_finite = self.df > filling.fill(self.batch_shape_tensor(), 2.0)
        infinite = filling.fill(self.batch_shape_tensor(), infinity, name="inf")
        variance = selecting.where_v2(is_finite, finite, infinite)
        return self._where_defined("variance", variance)

    def _where_defined(self, what: str, value: Tensor) -> Tensor:
        if not self.allow_nan_stats:
            one = filling.ones([], dtype=self.dtype)
            message = f"{what} not defined for components of df <= 1"
            return with_dependencies([assert_less(one, self.df, message=message)], value)
        is_defined = comparison.greater(self.df, self._ones())
        nan = filling.fill(self.batch_shape_tensor(), nan_like(self.dtype), name="nan")
        return selecting.where_v2(is_defined, value, nan)

    def _ones(self) -> Tensor:
        return filling.ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _mode(self) -> Tensor:
        return identity(self.loc)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """`StudentT` with floor(|`df`|) degrees of freedom and the scale softplus(`scale`)."""

    @deprecated(
        "2019-01-01",
        "Use `tfd.StudentT(tf.floor(tf.abs(df)), loc, tf.nn.softplus(scale)) instead.",
    )
    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentTWithAbsDfSoftplusScale",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[df, scale]) as scope:
            super().__init__(
                df=elementwise.floor(elementwise.abs_(df)),
                loc=loc,
                scale=softplus(scale, name="softplus_scale"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters
