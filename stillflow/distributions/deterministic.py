"""Distributions of which every draw is the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, joining, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.tiling import tile
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_equal, assert_non_negative, assert_rank_at_least
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, elementwise
from stillflow.ops.reduce.reductions import reduce_all


class _OneValue(Distribution):
    """`loc` alone; values within atol + rtol |loc| of it count as it."""

    def __init__(
        self,
        loc: Any,
        atol: Any,
        rtol: Any,
        is_vector: bool,
        validate_args: bool,
        allow_nan_stats: bool,
        name: str,
    ):
        parameters = {
            **{"loc": loc, "atol": atol, "rtol": rtol, "name": name},
            **{"validate_args": validate_args, "allow_nan_stats": allow_nan_stats},
        }
        with name_scope(name, values=[loc, atol, rtol]) as scope:
            loc = convert_to_tensor(loc, name="loc")
            self._loc = _checked_vector(loc) if is_vector and validate_args else loc
            super().__init__(
                dtype=self._loc.dtype,
                reparameterization_type=NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                graph_parents=[self._loc],
                name=scope,
            )
            self._atol, self._rtol = self._tolerance(atol), self._tolerance(rtol)
            self._slack = self._atol
            if rtol is not None:
                self._slack = self._atol + self._rtol * elementwise.abs_(self.loc)

    def _tolerance(self, given: Any) -> Tensor:
        tolerance = convert_to_tensor(0 if given is None else given, dtype=self.loc.dtype)
        if given is None or not self.validate_args:
            return tolerance
        message = "Argument 'tol' must be non-negative"
        return with_dependencies([assert_non_negative(tolerance, message=message)], tolerance)

    @property
    def loc(self) -> Tensor:
        """The one value."""
        return self._loc

    @property
    def atol(self) -> Tensor:
        """How far from it a value may be."""
        return self._atol

    @property
    def rtol(self) -> Tensor:
        """How far from it a value may be, by its size."""
        return self._rtol

    def _entropy(self) -> Tensor:
        return filling.zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _mean(self) -> Tensor:
        return identity(self.loc)

    def _variance(self) -> Tensor:
        return filling.zeros_like(self.loc)

    def _mode(self) -> Tensor:
        return self.mean()

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        known = constant_value(convert_to_tensor(n))
        multiples: Any
        if known is not None and self.loc.shape.ndims is not None:
            multiples = [known] + [1] * self.loc.shape.ndims
        else:
            ones = filling.ones_like(shape_of.shape(self.loc))
            multiples = joining.concat(([n], ones), axis=0)
        return tile(self.loc[np.newaxis, ...], multiples=multiples)


def _checked_vector(loc: Tensor) -> Tensor:
    message = "Argument loc must be at least rank 1."
    if loc.shape.ndims is None:
        return with_dependencies([assert_rank_at_least(loc, 1, message=message)], loc)
    if loc.shape.ndims < 1:
        raise ValueError(message)
    return loc


class Deterministic(_OneValue):
    """The number `loc`, f[*batch].

    Args:
      atol, rtol: values within atol + rtol |loc| of it count as it; by default 0.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Deterministic",
    ):
        super().__init__(loc, atol, rtol, False, validate_args, allow_nan_stats, name)

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.loc)

    def _batch_shape(self) -> TensorShape:
        return self.loc.shape

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _prob(self, x: Tensor) -> Tensor:
        return casts.cast(elementwise.abs_(x - self.loc) <= self._slack, dtype=self.dtype)

    def _cdf(self, x: Tensor) -> Tensor:
        return casts.cast(x >= self.loc - self._slack, dtype=self.dtype)


class VectorDeterministic(_OneValue):
    """The vector `loc`, f[*batch, k].

    Args:
      atol, rtol: values within atol + rtol |loc| of it count as it; by default 0.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorDeterministic",
    ):
        super().__init__(loc, atol, rtol, True, validate_args, allow_nan_stats, name)

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.loc)[:-1]

    def _batch_shape(self) -> TensorShape:
        return self.loc.shape[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.loc)[-1]

    def _event_shape(self) -> TensorShape:
        return self.loc.shape[-1:]

    def _prob(self, x: Tensor) -> Tensor:
        if self.validate_args:
            is_vector = assert_rank_at_least(x, 1)
            own = self.event_shape_tensor()
            size = gather(shape_of.shape(x), shape_of.rank(x) - 1)
            message = "Argument 'x' not defined in the same space R^k as this distribution"
            fits = assert_equal(own, size, message=message)
            with control_dependencies([is_vector]), control_dependencies([fits]):
                x = identity(x)
        is_near = elementwise.abs_(x - self.loc) <= self._slack
        return casts.cast(reduce_all(is_near, axis=-1), dtype=self.dtype)
