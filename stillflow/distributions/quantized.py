"""Numbers rounded up to whole ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import assert_integer_form
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling
from stillflow.ops.array.selecting import where
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_same_float_dtype
from stillflow.ops.math import elementwise


class QuantizedDistribution(Distribution):
    """The least whole numbers that are not less than those of `distribution`, within bounds.

    Args:
      distribution: of single float numbers.
      low, high: whole numbers, f[*batch]; what is beyond becomes the bound. None for no bound.

    Raises:
      TypeError: a bound is of another type.
    """

    @moved
    def __init__(
        self,
        distribution: Distribution,
        low: Any = None,
        high: Any = None,
        validate_args: bool = False,
        name: str = "QuantizedDistribution",
    ):
        parameters = dict(locals())
        values = [*distribution.parameters.values(), low, high]
        with name_scope(name, values=values) as scope:
            self._dist, self._validate_args = distribution, validate_args
            low = None if low is None else convert_to_tensor(low, name="low")
            high = None if high is None else convert_to_tensor(high, name="high")
            assert_same_float_dtype([distribution, low, high])
            checks = []
            if validate_args and low is not None and high is not None:
                message = "low must be strictly less than high."
                checks.append(assert_less(low, high, message=message))
            with control_dependencies(checks):
                self._low = None if low is None else self._whole(low)
                self._high = None if high is None else self._whole(high)
        bounds = [bound for bound in (self._low, self._high) if bound is not None]
        super().__init__(
            dtype=distribution.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=distribution.allow_nan_stats,
            parameters=parameters,
            graph_parents=[*distribution._graph_parents, *bounds],
            name=scope,
        )

    @property
    def distribution(self) -> Distribution:
        """What is rounded."""
        return self._dist

    @property
    def low(self) -> Tensor | None:
        return self._low

    @property
    def high(self) -> Tensor | None:
        return self._high

    def _whole(self, value: Any) -> Tensor:
        with name_scope("check_integer", values=[value]):
            value = convert_to_tensor(value, name="value")
            if not self._validate_args:
                return value
            is_whole = assert_integer_form(value, message="value has non-integer components.")
            return with_dependencies([is_whole], value)

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution.batch_shape_tensor()

    def _batch_shape(self) -> TensorShape:
        return self.distribution.batch_shape

    def _event_shape_tensor(self) -> Tensor:
        return self.distribution.event_shape_tensor()

    def _event_shape(self) -> TensorShape:
        return self.distribution.event_shape

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        with name_scope("transform"):
            drawn = self.distribution.sample(convert_to_tensor(n, name="n"), seed=seed)
            ones = filling.ones_like(drawn)
            rounded = elementwise.ceil(drawn)
            if self._low is not None:
                rounded = where(rounded < self._low, self._low * ones, rounded)
            if self._high is not None:
                rounded = where(rounded > self._high, self._high * ones, rounded)
            return rounded

    # How likely a number is -----------------------------------------------------------------------

    def _log_prob(self, y: Tensor) -> Tensor:
        self._check_base("log_prob", "log_cdf")
        y = self._whole(y)
        try:
            return self._log_prob_by_both(y)
        except NotImplementedError:
            return _log_difference(self.log_cdf(y), self.log_cdf(y - 1))

    def _log_prob_by_both(self, y: Tensor) -> Tensor:
        """By the side on which the two values are smaller, so that they differ more."""
        above, above_less = self.log_survival_function(y), self.log_survival_function(y - 1)
        below, below_less = self.log_cdf(y), self.log_cdf(y - 1)
        large = where(above < below, above_less, below)
        small = where(above < below, above, below_less)
        return _log_difference(large, small)

    def _prob(self, y: Tensor) -> Tensor:
        self._check_base("prob", "cdf")
        y = self._whole(y)
        try:
            return self._prob_by_both(y)
        except NotImplementedError:
            return self.cdf(y) - self.cdf(y - 1)

    def _prob_by_both(self, y: Tensor) -> Tensor:
        above, above_less = self.survival_function(y), self.survival_function(y - 1)
        below, below_less = self.cdf(y), self.cdf(y - 1)
        return where(above < below, above_less - above, below - below_less)

    def _check_base(self, what: str, needs: str) -> None:
        if not hasattr(self.distribution, f"_{needs}"):
            raise NotImplementedError(
                f"'{what}' not implemented unless the base distribution implements '{needs}'"
            )

    def _log_cdf(self, y: Tensor) -> Tensor:
        at = elementwise.floor(y)
        return self._bounded(at, self.distribution.log_cdf(at), _minus_infinity, _zeros)

    def _cdf(self, y: Tensor) -> Tensor:
        at = elementwise.floor(y)
        return self._bounded(at, self.distribution.cdf(at), _zeros, filling.ones_like)

    def _log_survival_function(self, y: Tensor) -> Tensor:
        at = elementwise.ceil(y)
        found = self.distribution.log_survival_function(at)
        return self._bounded(at, found, _zeros, _minus_infinity)

    def _survival_function(self, y: Tensor) -> Tensor:
        at = elementwise.ceil(y)
        found = self.distribution.survival_function(at)
        return self._bounded(at, found, filling.ones_like, _zeros)

    def _bounded(
        self,
        at: Tensor,
        found: Tensor,
        below: Callable[[Tensor], Tensor],
        above: Callable[[Tensor], Tensor],
    ) -> Tensor:
        """`found`, but `below(found)` and `above(found)` where `at` is beyond a bound."""
        at += filling.zeros_like(found)
        low, high = self._low, self._high
        if low is not None:
            found = _replaced(found, lambda: at < low, below)
        if high is not None:
            found = _replaced(found, lambda: at >= high, above)
        return found


def _replaced(
    found: Tensor, is_beyond: Callable[[], Tensor], other: Callable[[Tensor], Tensor]
) -> Tensor:
    """`other(found)` where a bound is crossed, in the order of TensorFlow's nodes."""
    if other is _minus_infinity:
        value = other(found)
        return where(is_beyond(), value, found)
    condition = is_beyond()
    return where(condition, other(found), found)


def _zeros(x: Tensor) -> Tensor:
    return filling.zeros_like(x)


def _minus_infinity(x: Tensor) -> Tensor:
    return -np.inf * filling.ones_like(x)


def _log_difference(large: Tensor, small: Tensor) -> Tensor:
    """log(exp(large) - exp(small))"""
    with name_scope("logsum_expbig_minus_expsmall", values=[small, large]):
        return elementwise.log(1.0 - elementwise.exp(small - large)) + large
