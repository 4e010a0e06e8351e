"""Poisson counts whose rate is log-normal, by quadrature over the rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.scalar import Exp
from stillflow.distributions.categorical import Categorical
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.normal import Normal
from stillflow.distributions.poisson import Poisson
from stillflow.distributions.seeds import gen_new_seed
from stillflow.distributions.shapes import pick_vector
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    ranging,
    reshaping,
    shape_of,
    stacking,
)
from stillflow.ops.array.transposing import transpose
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, elementwise
from stillflow.ops.random.drawing import random_poisson
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


@moved
def quadrature_scheme_lognormal_gauss_hermite(
    loc: Tensor,
    scale: Tensor,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns logarithms of rates, f[*batch, k], and their weights, f[k], by Gauss and Hermite.

    Args:
      loc, scale: of the logarithm of the rate, f[*batch].
      quadrature_size: k.
      validate_args: nothing is checked, as in TensorFlow.
    """
    with name_scope(name, "vector_diffeomixture_quadrature_gauss_hermite", [loc, scale]):
        kind = loc.dtype.as_numpy_dtype
        points, weights = np.polynomial.hermite.hermgauss(deg=quadrature_size)
        points, weights = points.astype(kind), weights.astype(kind)
        weights /= np.abs(weights).sum()
        probs = convert_to_tensor(weights, name="probs", dtype=loc.dtype)
        return loc[..., None] + float(np.sqrt(2.0)) * scale[..., None] * points, probs


@moved
def quadrature_scheme_lognormal_quantiles(
    loc: Tensor,
    scale: Tensor,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns values midway between quantiles, f[*batch, k], and equal weights, f[k].

    Args:
      loc, scale: of the logarithm of the rate, f[*batch].
      quadrature_size: k.
    """
    with name_scope(name, "quadrature_scheme_lognormal_quantiles", [loc, scale]):
        normal = Normal(loc=loc, scale=scale)
        rates = TransformedDistribution(normal, Exp(), validate_args=validate_args)
        ndims: Any = rates.batch_shape.ndims
        if ndims is None:
            ndims = shape_of.shape(rates.batch_shape_tensor())[0]
        quantiles = _inner_quantiles(rates, ndims, quadrature_size)
        grid = (quantiles[..., :-1] + quantiles[..., 1:]) / 2.0
        grid.set_shape(rates.batch_shape.concatenate([quadrature_size]))
        weight = 1.0 / casts.cast(quadrature_size, rates.dtype)
        return grid, filling.fill(dims=[quadrature_size], value=weight)


def _inner_quantiles(rates: Distribution, ndims: Any, quadrature_size: int) -> Tensor:
    """f[*batch, k + 1], without those of 0 and 1, which may be infinite."""
    zero = filling.zeros([], dtype=rates.dtype)
    edges = ranging.lin_space(zero, 1.0, quadrature_size + 3)[1:-1]
    ones = filling.ones([ndims], dtype=dtypes.int32)
    edges = reshaping.reshape(edges, shape=joining.concat([[-1], ones], axis=0))
    quantiles = rates.quantile(edges)
    order = joining.concat([ranging.range_(1, 1 + ndims), [0]], axis=0)
    return transpose(quantiles, order)


class PoissonLogNormalQuadratureCompound(Distribution):
    """Counts of a Poisson distribution, its rate one of a grid that stands for log-normal rates.

    Args:
      loc, scale: of the logarithm of the rate, f[*batch].
      quadrature_size: k, how many rates there are.
      quadrature_fn: takes `loc`, `scale`, `quadrature_size` and `validate_args`; returns the grid,
        f[*batch, k], of which the distribution takes exponentials, and its weights, f[k] or
        f[*batch, k].

    Raises:
      TypeError: the grid and its weights have different types.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        scale: Any,
        quadrature_size: int = 8,
        quadrature_fn: Callable[..., Any] = quadrature_scheme_lognormal_quantiles,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "PoissonLogNormalQuadratureCompound",
    ):
        parameters = dict(locals())
        checks = {"validate_args": validate_args, "allow_nan_stats": allow_nan_stats}
        with name_scope(name, values=[loc, scale]) as scope:
            self._loc = convert_to_tensor(loc, name="loc")
            self._scale = convert_to_tensor(scale, dtype=self._loc.dtype, name="scale")
            grid, probs = quadrature_fn(self._loc, self._scale, quadrature_size, validate_args)
            if grid.dtype.base_dtype != probs.dtype.base_dtype:
                raise TypeError(
                    f"Quadrature grid dtype ({grid.dtype.name}) does not match quadrature probs "
                    f"dtype ({probs.dtype.name})."
                )
            self._distribution = Poisson(log_rate=grid, **checks)
            self._mixture_distribution = Categorical(logits=elementwise.log(probs), **checks)
            self._quadrature_size = quadrature_size
            super().__init__(
                dtype=grid.dtype,
                reparameterization_type=NOT_REPARAMETERIZED,
                parameters=parameters,
                graph_parents=[self._loc, self._scale],
                name=scope,
                **checks,
            )

    @property
    def mixture_distribution(self) -> Categorical:
        """What a rate is drawn from."""
        return self._mixture_distribution

    @property
    def distribution(self) -> Poisson:
        """A Poisson distribution for each rate of the grid."""
        return self._distribution

    @property
    def loc(self) -> Tensor:
        return self._loc

    @property
    def scale(self) -> Tensor:
        return self._scale

    @property
    def quadrature_size(self) -> int:
        """How many rates there are."""
        return self._quadrature_size

    def _batch_shape_tensor(self) -> Tensor:
        of_rates = self.distribution.batch_shape_tensor()
        of_weights = shape_of.shape(self.mixture_distribution.logits)
        return filling.broadcast_dynamic_shape(of_rates, of_weights)[:-1]

    def _batch_shape(self) -> TensorShape:
        of_weights = self.mixture_distribution.logits.shape
        return filling.broadcast_static_shape(self.distribution.batch_shape, of_weights)[:-1]

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """Draws a rate for each count; all of the batch share weights, or none do."""
        batch_size: Any = self.batch_shape.num_elements()
        if batch_size is None:
            batch_size = reductions.reduce_prod(self.batch_shape_tensor())
        nothing = np.array([], np.int32)
        is_shared = self.mixture_distribution.is_scalar_batch()
        places = self.mixture_distribution.sample(
            sample_shape=_joined([n], pick_vector(is_shared, [batch_size], nothing)),
            seed=gen_new_seed(seed, "poisson_lognormal_quadrature_compound"),
        )
        rest = pick_vector(self.is_scalar_batch(), nothing, np.array([-1], np.int32))
        places = reshaping.reshape(places, shape=_joined([n], rest))
        places += ranging.range_(
            start=0,
            limit=batch_size * self._quadrature_size,
            delta=self._quadrature_size,
            dtype=places.dtype,
        )
        rate = gathering.gather(reshaping.reshape(self.distribution.rate, shape=[-1]), places)
        rate = reshaping.reshape(rate, shape=_joined([n], self.batch_shape_tensor()))
        return random_poisson(lam=rate, shape=[], dtype=self.dtype, seed=seed)

    def _log_prob(self, x: Tensor) -> Tensor:
        logits = self.mixture_distribution.logits
        return reduce_logsumexp(logits + self.distribution.log_prob(x[..., None]), axis=-1)

    def _mean(self) -> Tensor:
        logits = self.mixture_distribution.logits
        return elementwise.exp(reduce_logsumexp(logits + self.distribution.log_rate, axis=-1))

    def _variance(self) -> Tensor:
        return elementwise.exp(self._log_variance())

    def _stddev(self) -> Tensor:
        return elementwise.exp(0.5 * self._log_variance())

    def _log_variance(self) -> Tensor:
        """Of the mean of variances, which are the rates, and the variance of means."""
        apart = elementwise.abs_(self.distribution.mean() - self._mean()[..., None])
        parts = [self.distribution.log_rate, 2.0 * elementwise.log(apart)]
        both = stacking.stack(parts, axis=-1)
        logits = self.mixture_distribution.logits[..., None]
        return reduce_logsumexp(logits + both, axis=[-2, -1])


def _joined(*vectors: Any) -> Any:
    """Vectors of sizes, one after another: a list where they are known."""
    known = [constant_value(convert_to_tensor(vector)) for vector in vectors]
    if any(value is None for value in known):
        return joining.concat(list(vectors), axis=0)
    return [size for value in known for size in value]
