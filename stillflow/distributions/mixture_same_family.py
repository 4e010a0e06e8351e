"""Mixtures whose components are a batch of one distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.mixture import pad_mixture_dimensions
from stillflow.distributions.moved import moved
from stillflow.distributions.shapes import pick_vector
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import joining, reshaping, shape_of
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.math import arithmetic
from stillflow.ops.nn.softmax import log_softmax
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


class MixtureSameFamily(Distribution):
    """Draws of component i of a batch, i drawn for each.

    Args:
      mixture_distribution: a Categorical of k classes, of batch shape () or that of the mixture.
      components_distribution: of batch shape [*batch, k].
      validate_args: whether a run checks what is not known of the shapes; TensorFlow 1.15 fails
        by a mistake of its own there.

    Raises:
      ValueError: `mixture_distribution` is not of single integers, or the shapes do not go
        together.
    """

    @moved
    def __init__(
        self,
        mixture_distribution: Any,
        components_distribution: Distribution,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MixtureSameFamily",
    ):
        parameters = dict(locals())
        with name_scope(name) as scope:
            self._mixture_distribution = mixture_distribution
            self._components_distribution = components_distribution
            sizes = components_distribution.event_shape_tensor()
            known = sizes.shape[0].value
            self._event_ndims: Any = shape_of.shape(sizes)[0] if known is None else known
            self._assertions: list[Operation] = []
            self._check_integers(validate_args)
            self._check_batches(validate_args)
            self._num_components = self._component_count(validate_args)
            super().__init__(
                dtype=components_distribution.dtype,
                reparameterization_type=NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                graph_parents=[
                    *mixture_distribution._graph_parents,
                    *components_distribution._graph_parents,
                ],
                name=scope,
            )

    def _check_integers(self, validate_args: bool) -> None:
        mixture = self._mixture_distribution
        if not mixture.dtype.is_integer:
            raise ValueError(
                f"`mixture_distribution.dtype` ({mixture.dtype.name}) is not over integers"
            )
        message = "`mixture_distribution` must have scalar `event_dim`s"
        ndims = mixture.event_shape.ndims
        if ndims:
            raise ValueError(message)
        if ndims is None and validate_args:
            axes = shape_of.size(mixture.event_shape_tensor())
            self._assertions.append(assert_equal(axes, 0, message=message))

    def _check_batches(self, validate_args: bool) -> None:
        mixture, components = self._mixture_distribution, self._components_distribution
        own = mixture.batch_shape
        batch = components.batch_shape.with_rank_at_least(1)[:-1]
        if own.is_fully_defined() and batch.is_fully_defined():
            if own.ndims != 0 and own != batch:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` (`{own.as_list()}`) is not compatible "
                    f"with `components_distribution.batch_shape` (`{batch.as_list()}`)"
                )
        elif validate_args:
            own = mixture.batch_shape_tensor()
            batch = components.batch_shape_tensor()[:-1]
            message = (
                "`mixture_distribution.batch_shape` is not compatible with "
                "`components_distribution.batch_shape`"
            )
            picked = pick_vector(mixture.is_scalar_batch(), batch, own)
            self._assertions.append(assert_equal(picked, batch, message=message))

    def _component_count(self, validate_args: bool) -> Any:
        mixture, components = self._mixture_distribution, self._components_distribution
        classes = mixture.logits.shape.with_rank_at_least(1)[-1].value
        count = components.batch_shape.with_rank_at_least(1)[-1].value
        if None not in (classes, count) and classes != count:
            raise ValueError(
                f"`mixture_distribution components` ({classes}) does not equal "
                f"`components_distribution.batch_shape[-1]` ({count})"
            )
        if validate_args:
            classes = shape_of.shape(mixture.logits)[-1]
            count = components.batch_shape_tensor()[-1]
            message = (
                "`mixture_distribution components` does not equal "
                "`components_distribution.batch_shape[-1:]`"
            )
            self._assertions.append(assert_equal(classes, count, message=message))
        elif classes is None:
            classes = shape_of.shape(mixture.logits)[-1]
        return classes

    @property
    def mixture_distribution(self) -> Any:
        """What a component is drawn from."""
        return self._mixture_distribution

    @property
    def components_distribution(self) -> Distribution:
        """The batch of components."""
        return self._components_distribution

    def _batch_shape_tensor(self) -> Tensor:
        with control_dependencies(self._assertions):
            return self.components_distribution.batch_shape_tensor()[:-1]

    def _batch_shape(self) -> TensorShape:
        return self.components_distribution.batch_shape.with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self) -> Tensor:
        with control_dependencies(self._assertions):
            return self.components_distribution.event_shape_tensor()

    def _event_shape(self) -> TensorShape:
        return self.components_distribution.event_shape

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """Draws all components and takes one of each; `seed` is ignored, as in TensorFlow."""
        with control_dependencies(self._assertions):
            x = self.components_distribution.sample(n)
            kind = x.dtype.as_numpy_dtype
            mask = one_hot(
                indices=self.mixture_distribution.sample(n),
                depth=self._num_components,
                on_value=np.ones([], kind),
                off_value=np.zeros([], kind),
            )
            return self._over_components(x * self._padded(mask))

    # How likely a value is ------------------------------------------------------------------------

    def _log_prob(self, x: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            x = self._beside_components(x)
            return self._log_mixed(self.components_distribution.log_prob(x))

    def _log_cdf(self, x: Tensor) -> Tensor:
        x = self._beside_components(x)
        return self._log_mixed(self.components_distribution.log_cdf(x))

    def _log_mixed(self, values: Tensor) -> Tensor:
        """The logarithm of the weighted sum of probabilities, of which logarithms are given."""
        shares = log_softmax(self.mixture_distribution.logits, axis=-1)
        return reduce_logsumexp(values + shares, axis=-1)

    # Moments --------------------------------------------------------------------------------------

    def _mean(self) -> Tensor:
        with control_dependencies(self._assertions):
            shares = self._padded(self.mixture_distribution.probs)
            return self._over_components(shares * self.components_distribution.mean())

    def _variance(self) -> Tensor:
        """The mean of variances and the variance of means."""
        with control_dependencies(self._assertions):
            shares = self._padded(self.mixture_distribution.probs)
            components = self.components_distribution
            within = self._over_components(shares * components.variance())
            apart = arithmetic.squared_difference(
                components.mean(), self._beside_components(self._mean())
            )
            return within + self._over_components(shares * apart)

    def _covariance(self) -> Tensor:
        """The mean of covariances and the covariance of means, of vectors."""
        if self.event_shape.ndims != 1:
            raise NotImplementedError("covariance is not implemented")
        with control_dependencies(self._assertions):
            shares = self._padded(self._padded(self.mixture_distribution.probs))
            components = self.components_distribution
            within = reductions.reduce_sum(shares * components.covariance(), axis=-3)
            apart = components.mean() - self._beside_components(self._mean())
            products = apart[..., None, :] * apart[..., None]
            return within + reductions.reduce_sum(shares * products, axis=-3)

    # Axes -----------------------------------------------------------------------------------------

    def _padded(self, x: Tensor) -> Tensor:
        """[..., k] -> [..., k, 1, ...], with an axis for each of an event."""
        ndims: Any = self._event_shape().ndims
        return pad_mixture_dimensions(x, self, self.mixture_distribution, ndims)

    def _over_components(self, x: Tensor) -> Tensor:
        return reductions.reduce_sum(x, axis=-1 - self._event_ndims)

    def _beside_components(self, x: Tensor) -> Tensor:
        """[*sample, *batch, *event] -> [*sample, *batch, 1, *event]"""
        with name_scope("pad_sample_dims", values=[x]):
            ndims = shape_of.rank(x) if x.shape.ndims is None else x.shape.ndims
            sizes = shape_of.shape(x)
            end = ndims - self._event_ndims
            whole = joining.concat([sizes[:end], [1], sizes[end:]], axis=0)
            return reshaping.reshape(x, shape=whole)
