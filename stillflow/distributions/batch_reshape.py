"""Batches of distributions in another shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value_as_shape
from stillflow.distributions.distribution import Distribution
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug import checks
from stillflow.ops.math import arithmetic, comparison
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import count_nonzero


class BatchReshape(Distribution):
    """`distribution` with its batch in the shape `batch_shape`, i32[b], of which one may be -1.

    Raises:
      ValueError: the shape is no vector, has sizes below -1, or is known to hold another number.
    """

    @moved
    def __init__(
        self,
        distribution: Distribution,
        batch_shape: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ):
        parameters = dict(locals())
        name = name or f"BatchReshape{distribution.name}"
        with name_scope(name, values=[batch_shape]) as scope:
            self._wanted = convert_to_tensor(batch_shape, dtype=dtypes.int32, name="batch_shape")
            _check_wanted(distribution, self._wanted)
            self._sizes, self._known_sizes, self._checks = calculate_reshape(
                distribution.batch_shape_tensor(), self._wanted, validate_args
            )
            self._distribution = distribution
            super().__init__(
                dtype=distribution.dtype,
                reparameterization_type=distribution.reparameterization_type,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                graph_parents=[self._wanted, *distribution._graph_parents],
                name=scope,
            )

    @property
    def distribution(self) -> Distribution:
        return self._distribution

    def _batch_shape_tensor(self) -> Tensor:
        with control_dependencies(self._checks):
            return identity(self._sizes)

    def _batch_shape(self) -> TensorShape:
        return self._known_sizes

    def _event_shape_tensor(self) -> Tensor:
        with control_dependencies(self._checks):
            return identity(self.distribution.event_shape_tensor())

    def _event_shape(self) -> TensorShape:
        return self.distribution.event_shape

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        with control_dependencies(self._checks):
            x = self.distribution.sample(sample_shape=n, seed=seed)
            sizes = joining.concat([[n], self._wanted, self.event_shape_tensor()], axis=0)
            return reshaping.reshape(x, sizes)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.log_prob, x)

    def _prob(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.prob, x)

    def _log_cdf(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.log_cdf, x)

    def _cdf(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.cdf, x)

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.log_survival_function, x)

    def _survival_function(self, x: Tensor) -> Tensor:
        return self._of_batch_value(self.distribution.survival_function, x)

    def _entropy(self) -> Tensor:
        return self._reshaped(self.distribution.entropy, [], [as_shape([])])

    def _mean(self) -> Tensor:
        return self._reshaped(self.distribution.mean)

    def _mode(self) -> Tensor:
        return self._reshaped(self.distribution.mode)

    def _stddev(self) -> Tensor:
        return self._reshaped(self.distribution.stddev)

    def _variance(self) -> Tensor:
        return self._reshaped(self.distribution.variance)

    def _covariance(self) -> Tensor:
        sizes = [self.event_shape_tensor()] * 2
        return self._reshaped(self.distribution.covariance, sizes, [self.event_shape] * 2)

    # Between the shapes ---------------------------------------------------------------------------

    def _of_batch_value(self, function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """What `function` of the distribution says of values, in the shape of this batch."""
        with control_dependencies([*self._checks, *self._value_checks(x)]):
            draws, known_draws = self._sample_shape(x)
            own = self.distribution.batch_shape_tensor()
            sizes = joining.concat([draws, own, self.event_shape_tensor()], axis=0)
            result = function(reshaping.reshape(x, sizes))
            sizes = joining.concat([draws, self._wanted], axis=0)
            result = reshaping.reshape(result, sizes)
            if known_draws.ndims is not None and self.batch_shape.ndims is not None:
                result.set_shape(known_draws.concatenate(self.batch_shape))
            return result

    def _reshaped(
        self, function: Callable[[], Tensor], event: Any = None, known_event: Any = None
    ) -> Tensor:
        """A moment of the distribution in the shape of this batch."""
        with control_dependencies(self._checks):
            event = [self._event_shape_tensor()] if event is None else event
            known_event = [self.event_shape] if known_event is None else known_event
            sizes = joining.concat([self._wanted, *event], axis=0)
            result = reshaping.reshape(function(), sizes)
            if self.batch_shape.ndims is not None and self.event_shape.ndims is not None:
                shape = self.batch_shape
                for part in known_event:
                    shape = shape.concatenate(part)
                result.set_shape(result.shape.merge_with(shape))
            return result

    def _ranks(self, x: Tensor) -> tuple[Any, Any, Any]:
        """How many axes a value, an event and the batch have; numbers where that is known."""
        of_value: Any = x.shape.ndims
        if of_value is None:
            of_value = shape_of.rank(x)
        of_event: Any = self.event_shape.ndims
        if of_event is None:
            of_event = shape_of.size(self.event_shape_tensor())
        of_batch: Any = self.batch_shape.ndims
        if of_batch is None:
            of_batch = shape_of.size(self._wanted)
        return of_value, of_event, of_batch

    def _sample_shape(self, x: Tensor) -> tuple[Any, TensorShape]:
        of_value, of_event, of_batch = self._ranks(x)
        count = of_value - of_batch - of_event
        known = x.shape[:count] if isinstance(count, int) else TensorShape.of(None)
        if known.is_fully_defined():
            return np.array(known.as_list(), np.int32), known
        return shape_of.shape(x)[:count], known

    def _value_checks(self, x: Tensor) -> list[Any]:
        """What a run must check, for values must have all axes of the batch and the event."""
        with name_scope("validate_sample_arg", values=[x]):
            of_value, of_event, of_batch = self._ranks(x)
            rank = of_batch + of_event
            rank_checks = []
            if isinstance(of_value, int) and isinstance(rank, int):
                if of_value < rank:
                    raise NotImplementedError(
                        "Broadcasting is not supported; too few batch and event dims (expected at "
                        f"least {rank}, saw {of_value})."
                    )
            elif self.validate_args:
                rank_checks = [
                    checks.assert_greater_equal(
                        of_value,
                        rank,
                        message="Broadcasting is not supported; too few batch and event dims.",
                        name="assert_batch_and_event_ndims_large_enough",
                    )
                ]
            return self._size_checks(x, of_value - rank, rank_checks)

    def _size_checks(self, x: Tensor, draws: Any, rank_checks: list[Any]) -> list[Any]:
        known = self.batch_shape, self.event_shape
        if all(shape.is_fully_defined() for shape in known):
            expected: Any = np.array(known[0].concatenate(known[1]).as_list(), np.int32)
        else:
            parts = [self.batch_shape_tensor(), self.event_shape_tensor()]
            expected = joining.concat(parts, axis=0)
        draws = max(draws, 0) if isinstance(draws, int) else draws
        if isinstance(draws, int) and x.shape[draws:].is_fully_defined():
            actual: Any = np.array(x.shape[draws:].as_list(), np.int32)
        else:
            actual = shape_of.shape(x)[arithmetic.maximum(draws, 0) :]
        if isinstance(expected, np.ndarray) and isinstance(actual, np.ndarray):
            if any(expected != actual):
                raise NotImplementedError(
                    "Broadcasting is not supported; unexpected batch and event shape (expected "
                    f"{expected}, saw {actual})."
                )
            return rank_checks
        if not self.validate_args:
            return []
        with control_dependencies(rank_checks):
            return [
                checks.assert_equal(
                    expected,
                    actual,
                    message="Broadcasting is not supported; unexpected batch and event shape.",
                    name="assert_batch_and_event_shape_same",
                )
            ]


def _check_wanted(distribution: Distribution, wanted: Tensor) -> None:
    if wanted.shape.ndims not in (None, 1):
        raise ValueError(f"`batch_shape` must be a vector (saw rank: {wanted.shape.ndims}).")
    known = TensorShape.of(constant_value_as_shape(wanted))
    size, own = known.num_elements(), distribution.batch_shape.num_elements()
    if size is not None and own is not None and size != own:
        raise ValueError(
            f"`batch_shape` size ({size}) must match `distribution.batch_shape` size ({own})."
        )
    if known.ndims is not None and any(size is not None and size < 1 for size in known.as_list()):
        raise ValueError("`batch_shape` elements must be >=-1.")


def calculate_reshape(
    original_shape: Any, new_shape: Tensor, validate: bool = False, name: str | None = None
) -> tuple[Any, TensorShape, list[Any]]:
    """Returns `new_shape` without -1, what is known of it, and what a run must check."""
    known = TensorShape.of(constant_value_as_shape(new_shape))
    if known.is_fully_defined():
        return np.array(known.as_list(), np.int32), known, []
    with name_scope(name, "calculate_reshape", [original_shape, new_shape]):
        total = reductions.reduce_prod(original_shape)
        is_open = comparison.equal(new_shape, -1)
        open_size = total // arithmetic.maximum(1, -reductions.reduce_prod(new_shape))
        rank = shape_of.shape(new_shape)
        expanded = where_v2(is_open, filling.fill(rank, open_size), new_shape)
        if not validate:
            return expanded, known, []
        return expanded, known, _reshape_checks(original_shape, new_shape, is_open, expanded, total)


def _reshape_checks(
    original_shape: Any, new_shape: Tensor, is_open: Tensor, expanded: Tensor, total: Tensor
) -> list[Any]:
    return [
        checks.assert_rank(original_shape, 1, message="Original shape must be a vector."),
        checks.assert_rank(new_shape, 1, message="New shape must be a vector."),
        checks.assert_less_equal(
            count_nonzero(is_open, dtype=dtypes.int32),
            1,
            message="At most one dimension can be unknown.",
        ),
        checks.assert_positive(expanded, message="Shape elements must be >=-1."),
        checks.assert_equal(
            reductions.reduce_prod(expanded), total, message="Shape sizes do not match."
        ),
    ]
