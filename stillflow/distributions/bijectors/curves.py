"""Bijectors of numbers that bend them: by tails, signs, squares, and distribution functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling
from stillflow.ops.array.constants import constant
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import (
    assert_greater,
    assert_less,
    assert_less_equal,
    assert_non_negative,
    assert_positive,
)
from stillflow.ops.math import casts, elementwise, trigonometric


class SinhArcsinh(Bijector):
    """y = sinh((arcsinh(x) + skewness) tailweight) (Jones and Pewsey, 2009).

    Args:
      skewness: 0 by default; positive numbers lean to the right.
      tailweight: positive, 1 by default; the larger, the heavier are the tails.
    """

    @moved
    def __init__(
        self,
        skewness: Any = None,
        tailweight: Any = None,
        validate_args: bool = False,
        name: str = "SinhArcsinh",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[skewness, tailweight]):
            tailweight = 1.0 if tailweight is None else tailweight
            skewness = 0.0 if skewness is None else skewness
            self._skewness = convert_to_tensor(skewness, name="skewness")
            dtype = self._skewness.dtype
            self._tailweight = convert_to_tensor(tailweight, name="tailweight", dtype=dtype)
            same_float_dtype([self._skewness, self._tailweight])
            if validate_args:
                message = "Argument tailweight was not positive"
                fits = assert_positive(self._tailweight, message=message)
                self._tailweight = with_dependencies([fits], self._tailweight)
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    @property
    def skewness(self) -> Tensor:
        return self._skewness

    @property
    def tailweight(self) -> Tensor:
        return self._tailweight

    def _forward(self, x: Tensor) -> Tensor:
        return trigonometric.sinh((trigonometric.asinh(x) + self.skewness) * self.tailweight)

    def _inverse(self, y: Tensor) -> Tensor:
        return trigonometric.sinh(trigonometric.asinh(y) / self.tailweight - self.skewness)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        slope = trigonometric.cosh(trigonometric.asinh(y) / self.tailweight - self.skewness)
        return elementwise.log(slope / _root_of_square_and_one(y)) - elementwise.log(
            self.tailweight
        )

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        slope = trigonometric.cosh((trigonometric.asinh(x) + self.skewness) * self.tailweight)
        return elementwise.log(slope / _root_of_square_and_one(x)) + elementwise.log(
            self.tailweight
        )


def _root_of_square_and_one(x: Tensor) -> Tensor:
    """sqrt(x^2 + 1), also where x^2 would be infinite."""
    epsilon = np.sqrt(np.finfo(x.dtype.as_numpy_dtype).eps)
    is_small = elementwise.abs_(x) * epsilon <= 1.0
    return where_v2(is_small, elementwise.sqrt(x**2.0 + 1.0), elementwise.abs_(x))


class Kumaraswamy(Bijector):
    """y = (1 - (1 - x)^(1 / concentration0))^(1 / concentration1), of numbers from 0 to 1.

    Args:
      concentration1, concentration0: positive.
    """

    @moved
    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        name: str = "kumaraswamy",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[concentration1, concentration0]):
            self._concentration1 = self._positive(concentration1, "concentration1")
            self._concentration0 = self._positive(concentration0, "concentration0")
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _positive(self, value: Any, name: str) -> Tensor:
        concentration = convert_to_tensor(value, name=name)
        if not self._validate_args:
            return concentration
        message = "Concentration parameter must be positive."
        return with_dependencies([assert_positive(concentration, message=message)], concentration)

    @property
    def concentration1(self) -> Tensor:
        return self._concentration1

    @property
    def concentration0(self) -> Tensor:
        return self._concentration0

    def _forward(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        rest = elementwise.exp(elementwise.log1p(-x) / self.concentration0)
        return elementwise.exp(elementwise.log1p(-rest) / self.concentration1)

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        rest = (1 - y**self.concentration1) ** self.concentration0
        return elementwise.exp(elementwise.log1p(-rest))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        return (
            elementwise.log(self.concentration1)
            + elementwise.log(self.concentration0)
            + (self.concentration1 - 1) * elementwise.log(y)
            + (self.concentration0 - 1) * elementwise.log1p(-(y**self.concentration1))
        )

    def _valid(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        least = assert_non_negative(x, message="sample must be non-negative")
        one = filling.ones([], self.concentration0.dtype)
        most = assert_less_equal(x, one, message="sample must be no larger than `1`.")
        return with_dependencies([least, most], x)


class Softsign(Bijector):
    """y = x / (1 + |x|)."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "softsign"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        return x / (1.0 + elementwise.abs_(x))

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        return y / (1.0 - elementwise.abs_(y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -2.0 * elementwise.log1p(elementwise.abs_(x))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        return -2.0 * elementwise.log1p(-elementwise.abs_(y))

    def _valid(self, y: Tensor) -> Tensor:
        if not self.validate_args:
            return y
        dtype = y.dtype.base_dtype
        too_small = "Inverse transformation input must be greater than -1."
        too_large = "Inverse transformation input must be less than 1."
        least = assert_greater(y, casts.cast(-1.0, dtype=dtype), message=too_small)
        most = assert_less(y, casts.cast(1.0, dtype=dtype), message=too_large)
        return with_dependencies([least, most], y)


class Square(Bijector):
    """y = x^2, of numbers from 0."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "square"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        return elementwise.square(self._valid(x))

    def _inverse(self, y: Tensor) -> Tensor:
        return elementwise.sqrt(self._valid(y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return np.log(2.0) + elementwise.log(self._valid(x))

    def _valid(self, t: Tensor) -> Tensor:
        if not self.validate_args:
            return t
        fits = assert_non_negative(t, message="All elements must be non-negative.")
        return with_dependencies([fits], t)


class Weibull(Bijector):
    """y = 1 - exp(-(x / scale)^concentration), the distribution function of Weibull's numbers.

    Args:
      scale, concentration: positive.
    """

    @moved
    def __init__(
        self,
        scale: Any = 1.0,
        concentration: Any = 1.0,
        validate_args: bool = False,
        name: str = "weibull",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[scale, concentration]):
            self._scale = convert_to_tensor(scale, name="scale")
            self._concentration = convert_to_tensor(concentration, name="concentration")
            same_float_dtype([self._scale, self._concentration])
            if validate_args:
                message = "Argument scale was not positive"
                fits = assert_positive(self._scale, message=message)
                self._scale = with_dependencies([fits], self._scale)
                message = "Argument concentration was not positive"
                fits = assert_positive(self._concentration, message=message)
                self._concentration = with_dependencies([fits], self._concentration)
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    @property
    def scale(self) -> Tensor:
        return self._scale

    @property
    def concentration(self) -> Tensor:
        return self._concentration

    def _forward(self, x: Tensor) -> Tensor:
        x = self._valid_x(x)
        return -elementwise.expm1(-((x / self.scale) ** self.concentration))

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._valid_y(y)
        return self.scale * (-elementwise.log1p(-y)) ** (1 / self.concentration)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        y = self._valid_y(y)
        return (
            -elementwise.log1p(-y)
            + (1 / self.concentration - 1) * elementwise.log(-elementwise.log1p(-y))
            + elementwise.log(self.scale / self.concentration)
        )

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        x = self._valid_x(x)
        return (
            -((x / self.scale) ** self.concentration)
            + (self.concentration - 1) * elementwise.log(x)
            + elementwise.log(self.concentration)
            + -self.concentration * elementwise.log(self.scale)
        )

    def _valid_x(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        message = "Forward transformation input must be at least 0."
        return with_dependencies([assert_non_negative(x, message=message)], x)

    def _valid_y(self, y: Tensor) -> Tensor:
        if not self.validate_args:
            return y
        too_small = "Inverse transformation input must be greater than 0."
        too_large = "Inverse transformation input must be less than or equal to 1."
        least = assert_non_negative(y, message=too_small)
        most = assert_less_equal(y, constant(1.0, y.dtype), message=too_large)
        return with_dependencies([least, most], y)
