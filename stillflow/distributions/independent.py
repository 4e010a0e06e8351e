"""Several draws of a batch taken for one draw of many numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions import divergence
from stillflow.distributions.distribution import Distribution
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import joining, ranging, shape_of
from stillflow.ops.debug.checks import assert_equal, assert_less_equal
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.reduce.reductions import reduce_sum


class Independent(Distribution):
    """`distribution` with the last axes of its batch taken for the first of its events.

    Args:
      reinterpreted_batch_ndims: how many; by default all but the first.

    Raises:
      ValueError: the batch is known to have fewer.
    """

    @moved
    def __init__(
        self,
        distribution: Distribution,
        reinterpreted_batch_ndims: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ):
        parameters = dict(locals())
        name = name or f"Independent{distribution.name}"
        self._distribution = distribution
        with name_scope(name) as scope:
            if reinterpreted_batch_ndims is None:
                reinterpreted_batch_ndims = _all_but_first(distribution)
            moved_axes = convert_to_tensor(
                reinterpreted_batch_ndims, dtype=dtypes.int32, name="reinterpreted_batch_ndims"
            )
            self._known: Any = constant_value(moved_axes)
            self._reinterpreted_batch_ndims = moved_axes if self._known is None else self._known
            super().__init__(
                dtype=distribution.dtype,
                reparameterization_type=distribution.reparameterization_type,
                validate_args=validate_args,
                allow_nan_stats=distribution.allow_nan_stats,
                parameters=parameters,
                graph_parents=[moved_axes, *distribution._graph_parents],
                name=scope,
            )
            self._runtime_assertions = self._checks(moved_axes)

    def _checks(self, moved_axes: Tensor) -> list[Operation]:
        ndims = self.distribution.batch_shape.ndims
        if ndims is not None and self._known is not None:
            if self._known > ndims:
                raise ValueError(
                    f"reinterpreted_batch_ndims({self._known}) cannot exceed "
                    f"distribution.batch_ndims({ndims})"
                )
            return []
        if not self.validate_args:
            return []
        message = "reinterpreted_batch_ndims cannot exceed distribution.batch_ndims"
        rank = _size(self.distribution.batch_shape_tensor())
        return [assert_less_equal(moved_axes, rank, message=message)]

    @property
    def distribution(self) -> Distribution:
        """What is drawn from."""
        return self._distribution

    @property
    def reinterpreted_batch_ndims(self) -> Any:
        """How many axes of the batch are taken for axes of an event."""
        return self._reinterpreted_batch_ndims

    def _batch_shape_tensor(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            sizes = self.distribution.batch_shape_tensor()
            return sizes[: _size(sizes) - self.reinterpreted_batch_ndims]

    def _batch_shape(self) -> TensorShape:
        kept = self._kept()
        return TensorShape(None) if kept is None else self.distribution.batch_shape[:kept]

    def _event_shape_tensor(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            sizes = self.distribution.batch_shape_tensor()
            taken = sizes[_size(sizes) - self.reinterpreted_batch_ndims :]
            return joining.concat([taken, self.distribution.event_shape_tensor()], axis=0)

    def _event_shape(self) -> TensorShape:
        kept = self._kept()
        if kept is None:
            return TensorShape(None)
        taken = self.distribution.batch_shape[kept:]
        return taken.concatenate(self.distribution.event_shape)

    def _kept(self) -> int | None:
        """How many axes of the batch stay, if that is known."""
        ndims = self.distribution.batch_shape.ndims
        return None if ndims is None or self._known is None else ndims - int(self._known)

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self.distribution.sample(sample_shape=n, seed=seed)

    def _log_prob(self, x: Tensor) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self._summed(self.distribution.log_prob(x))

    def _entropy(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self._summed(self.distribution.entropy())

    def _mean(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self.distribution.mean()

    def _variance(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self.distribution.variance()

    def _stddev(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self.distribution.stddev()

    def _mode(self) -> Tensor:
        with control_dependencies(self._runtime_assertions):
            return self.distribution.mode()

    def _summed(self, values: Tensor) -> Tensor:
        """Over the axes that were taken from the batch."""
        axes: Any
        if self._known is None:
            axes = ranging.range_(self._reinterpreted_batch_ndims)
        else:
            axes = np.arange(self._known)
        return reduce_sum(values, axis=-1 - axes)


def _size(sizes: Tensor) -> Any:
    known = sizes.shape.with_rank_at_least(1)[0].value
    return shape_of.shape(sizes)[0] if known is None else known


def _all_but_first(distribution: Distribution) -> Any:
    ndims = distribution.batch_shape.ndims
    if ndims is not None:
        return np.maximum(0, ndims - 1)
    rank = shape_of.shape(distribution.batch_shape_tensor())[0]
    return maximum(0, rank - 1)


@divergence.rule_of(Independent, Independent)
def _independent_independent(
    a: Independent, b: Independent, name: str | None = "kl_independent"
) -> Tensor:
    p, q = a.distribution, b.distribution
    if a.event_shape.is_fully_defined() and b.event_shape.is_fully_defined():
        if a.event_shape != b.event_shape:
            raise ValueError("Event shapes do not match.")
        if p.event_shape != q.event_shape:
            raise NotImplementedError(
                "KL between Independents with different event shapes not supported."
            )
        outer: Any = a.event_shape.ndims
        axes = [-i - 1 for i in range(outer - (p.event_shape.ndims or 0))]
        return reduce_sum(divergence.kl_divergence(p, q, name=name), axis=axes)
    alike = [
        assert_equal(a.event_shape_tensor(), b.event_shape_tensor()),
        assert_equal(p.event_shape_tensor(), q.event_shape_tensor()),
    ]
    with control_dependencies(alike):
        rank = shape_of.shape(a.event_shape_tensor()[0])
        taken = rank - shape_of.shape(p.event_shape_tensor()[0])
        axes_of_run = ranging.range_(-taken - 1, -1, 1)
        return reduce_sum(divergence.kl_divergence(p, q, name=name), axis=axes_of_run)
