"""Distributions of what a bijector makes of samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value_as_shape
from stillflow.distributions.bijectors.scalar import Identity
from stillflow.distributions.checking import maybe_get_static_value
from stillflow.distributions.distribution import Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.shapes import pick_vector
from stillflow.distributions.static_logic import (
    concat_vectors,
    is_scalar_shape,
    logical_and,
    logical_equal,
    logical_not,
    ndims_of_shape,
    pick_scalar,
    static_ones_like,
)
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, joining, ranging, reshaping, shape_of, stacking, tiling
from stillflow.ops.array.constants import constant
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_equal, assert_positive, assert_rank
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp

Given = Mapping[str, Any] | None


class TransformedDistribution(Distribution):
    """Samples of `distribution`, mapped by `bijector`.

    The hooks of samples and of probabilities take named arguments for both, for
    ConditionalTransformedDistribution to hand on.

    Args:
      bijector: by default the identity.
      batch_shape, event_shape: i32[b], i32[e], of which many numbers of a distribution of single
        numbers are drawn instead.

    Raises:
      ValueError: such a shape is no vector, has sizes below 1, or the distribution is not of single
        numbers.
    """

    @moved
    def __init__(
        self,
        distribution: Distribution,
        bijector: Any = None,
        batch_shape: Any = None,
        event_shape: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ):
        parameters = dict(locals())
        name = name or ("" if bijector is None else bijector.name) + distribution.name
        with name_scope(name, values=[event_shape, batch_shape]) as scope:
            self._zero = constant(0, dtype=dtypes.int32, name="zero")
            self._empty = constant([], dtype=dtypes.int32, name="empty")
            if bijector is None:
                bijector = Identity(validate_args=validate_args)
            self._override_batch_shape = self._override(
                batch_shape, distribution.is_scalar_batch(), validate_args, "batch_shape"
            )
            self._is_batch_override, self._is_maybe_batch_override = self._overrides(
                self._override_batch_shape
            )
            self._override_event_shape = self._override(
                event_shape, distribution.is_scalar_event(), validate_args, "event_shape"
            )
            self._is_event_override, self._is_maybe_event_override = self._overrides(
                self._override_event_shape
            )
            self._needs_rotation = logical_and(
                self._is_event_override,
                logical_not(self._is_batch_override),
                logical_not(distribution.is_scalar_batch()),
            )
            ndims = ndims_of_shape(self._override_event_shape)
            self._rotate_ndims = pick_scalar(self._needs_rotation, ndims, 0)
            self._reduce_event_indices = ranging.range_(
                self._rotate_ndims - ndims, self._rotate_ndims
            )
        self._distribution = distribution
        self._bijector = bijector
        super().__init__(
            dtype=distribution.dtype,
            reparameterization_type=distribution.reparameterization_type,
            validate_args=validate_args,
            allow_nan_stats=distribution.allow_nan_stats,
            parameters=parameters,
            graph_parents=distribution._graph_parents + bijector.graph_parents,
            name=scope,
        )

    @property
    def distribution(self) -> Distribution:
        """What is drawn from."""
        return self._distribution

    @property
    def bijector(self) -> Any:
        """What maps the samples."""
        return self._bijector

    # Shapes ---------------------------------------------------------------------------------------

    def _override(
        self, shape: Any, base_is_scalar: Tensor, validate_args: bool, name: str
    ) -> Tensor:
        """A shape that replaces the distribution's, checked; empty for none."""
        shape = convert_to_tensor([] if shape is None else shape, dtype=dtypes.int32, name=name)
        is_nothing = is_scalar_shape(shape)
        if constant_value(is_nothing):
            return self._empty
        checks = self._shape_checks(shape, validate_args)
        clash = logical_and(logical_not(base_is_scalar), logical_not(is_nothing))
        message = "base distribution not scalar"
        known = constant_value(clash)
        if known is not None:
            if known:
                raise ValueError(message)
        elif validate_args:
            checks.append(assert_equal(clash, False, message=message))
        return with_dependencies(checks, shape) if checks else shape

    def _shape_checks(self, shape: Tensor, validate_args: bool) -> list[Operation]:
        checks = []
        no_vector = "shape override must be a vector"
        not_positive = "shape override must have positive elements"
        if shape.shape.ndims is not None:
            if shape.shape.ndims != 1:
                raise ValueError(no_vector)
        elif validate_args:
            checks.append(assert_rank(shape, 1, message=no_vector))
        known = constant_value(shape)
        if known is not None:
            if any(size <= 0 for size in known):
                raise ValueError(not_positive)
        elif validate_args:
            checks.append(assert_positive(shape, message=not_positive))
        return checks

    def _overrides(self, shape: Tensor) -> tuple[Tensor, bool]:
        """Whether a shape replaces the distribution's, and whether it may."""
        does = logical_not(logical_equal(ndims_of_shape(shape), self._zero))
        known = constant_value(shape)
        return does, known is None or known.size != 0

    def _event_shape_tensor(self) -> Tensor:
        own = self.distribution.event_shape_tensor()
        picked = pick_vector(self._is_event_override, self._override_event_shape, own)
        return self.bijector.forward_event_shape_tensor(picked)

    def _event_shape(self) -> Any:
        shape = self.distribution.event_shape
        if self._is_maybe_event_override:
            shape = TensorShape.of(constant_value_as_shape(self._override_event_shape))
        return self.bijector.forward_event_shape(shape)

    def _batch_shape_tensor(self) -> Tensor:
        own = self.distribution.batch_shape_tensor()
        return pick_vector(self._is_batch_override, self._override_batch_shape, own)

    def _batch_shape(self) -> TensorShape:
        if self._is_maybe_batch_override:
            return TensorShape.of(constant_value_as_shape(self._override_batch_shape))
        return self.distribution.batch_shape

    # Samples --------------------------------------------------------------------------------------

    def _sample_n(
        self, n: Any, seed: int | None = None, distribution_kwargs: Given = None
    ) -> Tensor:
        shape = concat_vectors(
            pick_vector(self._needs_rotation, self._empty, [n]),
            self._override_batch_shape,
            self._override_event_shape,
            pick_vector(self._needs_rotation, [n], self._empty),
        )
        drawn = self.distribution.sample(
            sample_shape=shape, seed=seed, **(distribution_kwargs or {})
        )
        return self._rotated(drawn)

    def _call_sample_n(
        self,
        sample_shape: Any,
        seed: int | None,
        name: str,
        bijector_kwargs: Given = None,
        **kwargs: Any,
    ) -> Any:
        """Maps what was drawn after it has its shape, so that the inverse of a sample is known."""
        with self._name_scope(name, [sample_shape]):
            sample_shape = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
            sample_shape, count = self._expand_sample_shape_to_vector(sample_shape, "sample_shape")
            x = self._sample_n(count, seed, **kwargs)
            rest = shape_of.shape(x)[1:]
            x = reshaping.reshape(x, joining.concat([sample_shape, rest], 0))
            y = self.bijector.forward(x, **(bijector_kwargs or {}))
            return self._set_sample_static_shape(y, sample_shape)

    def _rotated(self, x: Tensor, rotate_right: bool = False) -> Tensor:
        """Samples of a batch, drawn event by event, with the axes of the event at the end."""
        known = constant_value(self._needs_rotation)
        if known is not None and not known:
            return x
        ndims = shape_of.rank(x)
        n = ndims - self._rotate_ndims if rotate_right else self._rotate_ndims
        return transpose(x, concat_vectors(ranging.range_(n, ndims), ranging.range_(0, n)))

    # How likely a value is ------------------------------------------------------------------------

    def _log_prob(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x, ildj, ndims = self._inverses(y, bijector_kwargs)
        given = distribution_kwargs or {}
        if self.bijector._is_injective:
            return self._log_prob_of(y, x, ildj, ndims, given)
        parts = [
            self._log_prob_of(y, of_x, of_ildj, ndims, given)
            for of_x, of_ildj in zip(x, ildj, strict=True)
        ]
        return reduce_logsumexp(stacking.stack(parts), axis=0)

    def _prob(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x, ildj, ndims = self._inverses(y, bijector_kwargs)
        given = distribution_kwargs or {}
        if self.bijector._is_injective:
            return self._prob_of(y, x, ildj, ndims, given)
        parts = [
            self._prob_of(y, of_x, of_ildj, ndims, given)
            for of_x, of_ildj in zip(x, ildj, strict=True)
        ]
        return sum(parts)  # type: ignore[return-value]

    def _inverses(self, y: Tensor, bijector_kwargs: Given) -> tuple[Any, Any, Any]:
        given = bijector_kwargs or {}
        x = self.bijector.inverse(y, **given)
        ndims = self._event_ndims()
        ildj = self.bijector.inverse_log_det_jacobian(y, event_ndims=ndims, **given)
        return x, ildj, ndims

    def _log_prob_of(
        self, y: Tensor, x: Tensor, ildj: Tensor, event_ndims: Any, given: Mapping[str, Any]
    ) -> Tensor:
        log_prob = self.distribution.log_prob(self._rotated(x, rotate_right=True), **given)
        if self._is_maybe_event_override:
            log_prob = reductions.reduce_sum(log_prob, self._reduce_event_indices)
        first, second = self._operands(log_prob, casts.cast(ildj, log_prob.dtype))
        return self._with_shape(first + second, y, event_ndims)

    def _prob_of(
        self, y: Tensor, x: Tensor, ildj: Tensor, event_ndims: Any, given: Mapping[str, Any]
    ) -> Tensor:
        prob = self.distribution.prob(self._rotated(x, rotate_right=True), **given)
        if self._is_maybe_event_override:
            prob = reductions.reduce_prod(prob, self._reduce_event_indices)
        first, second = self._operands(prob, elementwise.exp(casts.cast(ildj, prob.dtype)))
        return self._with_shape(first * second, y, event_ndims)

    def _operands(self, of_distribution: Tensor, of_bijector: Tensor) -> tuple[Tensor, Tensor]:
        """Both in the order in which TensorFlow's node has them."""
        return of_distribution, of_bijector

    def _with_shape(self, value: Tensor, y: Tensor, event_ndims: Any) -> Tensor:
        if self._is_maybe_event_override and isinstance(event_ndims, int):
            rest = y.shape.with_rank_at_least(1)[:-event_ndims]
            value.set_shape(filling.broadcast_static_shape(rest, self.batch_shape))
        return value

    def _log_cdf(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x = self._one_inverse("log_cdf", y, bijector_kwargs)
        return self.distribution.log_cdf(x, **(distribution_kwargs or {}))

    def _cdf(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x = self._one_inverse("cdf", y, bijector_kwargs)
        return self.distribution.cdf(x, **(distribution_kwargs or {}))

    def _log_survival_function(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x = self._one_inverse("log_survival_function", y, bijector_kwargs)
        return self.distribution.log_survival_function(x, **(distribution_kwargs or {}))

    def _survival_function(
        self, y: Tensor, bijector_kwargs: Given = None, distribution_kwargs: Given = None
    ) -> Tensor:
        x = self._one_inverse("survival_function", y, bijector_kwargs)
        return self.distribution.survival_function(x, **(distribution_kwargs or {}))

    def _quantile(self, value: Tensor) -> Tensor:
        self._check_simple("quantile")
        return self.bijector.forward(self.distribution.quantile(value))

    def _one_inverse(self, what: str, y: Tensor, bijector_kwargs: Given) -> Tensor:
        self._check_simple(what)
        return self.bijector.inverse(y, **(bijector_kwargs or {}))

    def _check_simple(self, what: str) -> None:
        if self._is_maybe_event_override:
            raise NotImplementedError(f"{what} is not implemented when overriding event_shape")
        if not self.bijector._is_injective:
            raise NotImplementedError(f"{what} is not implemented when bijector is not injective.")

    def _entropy(self) -> Tensor:
        if not self.bijector.is_constant_jacobian:
            raise NotImplementedError("entropy is not implemented")
        if not self.bijector._is_injective:
            raise NotImplementedError("entropy is not implemented when bijector is not injective.")
        entropy = self.distribution.entropy()
        if self._is_maybe_event_override:
            count = reductions.reduce_prod(self._override_event_shape)
            entropy *= casts.cast(count, dtype=entropy.dtype.base_dtype)
        if self._is_maybe_batch_override:
            entropy = self._repeated(entropy)
        sizes = joining.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        anything = filling.zeros(shape=sizes, dtype=self.dtype)
        ndims: Any = self.event_shape.ndims
        if ndims is None:
            ndims = shape_of.size(self.event_shape_tensor())
        ildj = self.bijector.inverse_log_det_jacobian(anything, event_ndims=ndims)
        entropy -= casts.cast(ildj, entropy.dtype)
        entropy.set_shape(self.batch_shape)
        return entropy

    def _repeated(self, entropy: Tensor) -> Tensor:
        ones = static_ones_like(self._override_batch_shape)
        sizes = joining.concat([ones, self.distribution.batch_shape_tensor()], 0)
        entropy = reshaping.reshape(entropy, sizes)
        times = static_ones_like(self.distribution.batch_shape_tensor())
        multiples = joining.concat([self._override_batch_shape, times], 0)
        return tiling.tile(entropy, multiples)

    def _event_ndims(self) -> Any:
        if self.event_shape.ndims is not None:
            return self.event_shape.ndims
        ndims = shape_of.size(self.event_shape_tensor())
        known = maybe_get_static_value(ndims)
        return ndims if known is None else np.asarray(known)[()]
