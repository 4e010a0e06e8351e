"""Bijectors of single numbers: identity, powers and exponentials, logistic, softplus, affine."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.distributions.weighing import softplus_inverse
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_non_negative, assert_none_equal, assert_positive
from stillflow.ops.math import casts, elementwise
from stillflow.ops.nn.activations import softplus


class Identity(Bijector):
    """y = x"""

    def __init__(self, validate_args: bool = False, name: str = "identity"):
        super().__init__(
            forward_min_event_ndims=0,
            is_constant_jacobian=True,
            validate_args=validate_args,
            name=name,
        )

    def _forward(self, x: Tensor) -> Tensor:
        return x

    def _inverse(self, y: Tensor) -> Tensor:
        return y

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return constant(0.0, dtype=y.dtype)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return constant(0.0, dtype=x.dtype)


class PowerTransform(Bijector):
    """y = (1 + c x)^(1 / c), exp(x) for c = 0; c is `power`.

    Raises:
      ValueError: `power` is negative, or not known.
    """

    @moved
    def __init__(
        self, power: Any = 0.0, validate_args: bool = False, name: str = "power_transform"
    ):
        self._name, self._graph_parents = name, []
        with self._name_scope("init", values=[power]):
            from stillflow.ops.known_values import constant_value

            power = constant_value(convert_to_tensor(power, name="power"))
        if power is None or power < 0:
            raise ValueError("`power` must be a non-negative TF constant.")
        self._power = power
        super().__init__(forward_min_event_ndims=0, validate_args=validate_args, name=name)

    @property
    def power(self) -> Any:
        return self._power

    def _forward(self, x: Tensor) -> Tensor:
        x = self._valid_x(x)
        if self.power == 0.0:
            return elementwise.exp(x)
        return elementwise.exp(elementwise.log1p(x * self.power) / self.power)

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._valid_y(y)
        if self.power == 0.0:
            return elementwise.log(y)
        return elementwise.expm1(elementwise.log(y) * self.power) / self.power

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        y = self._valid_y(y)
        return (self.power - 1.0) * elementwise.log(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        x = self._valid_x(x)
        if self.power == 0.0:
            return x
        return (1.0 / self.power - 1.0) * elementwise.log1p(x * self.power)

    def _valid_x(self, x: Tensor) -> Tensor:
        if not self.validate_args or self.power == 0.0:
            return x
        message = f"Forward transformation input must be at least {-1.0 / self.power}."
        fits = assert_non_negative(1.0 + self.power * x, message=message)
        return with_dependencies([fits], x)

    def _valid_y(self, y: Tensor) -> Tensor:
        if not self.validate_args:
            return y
        message = "Inverse transformation input must be greater than 0."
        return with_dependencies([assert_positive(y, message=message)], y)


class Exp(PowerTransform):
    """y = exp(x)"""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "exp"):
        super().__init__(validate_args=validate_args, name=name)


class Sigmoid(Bijector):
    """y = 1 / (1 + exp(-x))"""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "sigmoid"):
        super().__init__(forward_min_event_ndims=0, validate_args=validate_args, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        return elementwise.sigmoid(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return elementwise.log(y) - elementwise.log1p(-y)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -elementwise.log(y) - elementwise.log1p(-y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)


class Softplus(Bijector):
    """y = c log(1 + exp(x / c)); c is `hinge_softness`, by default 1."""

    @moved
    def __init__(
        self,
        hinge_softness: Any = None,
        validate_args: bool = False,
        name: str = "softplus",
    ):
        with name_scope(name, values=[hinge_softness]):
            self._hinge_softness = None
            if hinge_softness is not None:
                softness = convert_to_tensor(hinge_softness, name="hinge_softness")
                if validate_args:
                    zero = convert_to_tensor(0, dtype=softness.dtype)
                    message = "hinge_softness must be non-zero"
                    fits = assert_none_equal(zero, softness, message=message)
                    softness = with_dependencies([fits], softness)
                self._hinge_softness = softness
        super().__init__(forward_min_event_ndims=0, validate_args=validate_args, name=name)

    @property
    def hinge_softness(self) -> Tensor | None:
        return self._hinge_softness

    def _softness_like(self, x: Tensor) -> Tensor:
        return casts.cast(self.hinge_softness, x.dtype)

    def _forward(self, x: Tensor) -> Tensor:
        if self.hinge_softness is None:
            return softplus(x)
        softness = self._softness_like(x)
        return softness * softplus(x / softness)

    def _inverse(self, y: Tensor) -> Tensor:
        if self.hinge_softness is None:
            return softplus_inverse(y)
        softness = self._softness_like(y)
        return softness * softplus_inverse(y / softness)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        if self.hinge_softness is not None:
            y /= self._softness_like(y)
        return -elementwise.log(-elementwise.expm1(-y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.hinge_softness is not None:
            x /= self._softness_like(x)
        return -softplus(-x)


class AffineScalar(Bijector):
    """y = scale x + shift, each of which may be left out."""

    @moved
    def __init__(
        self,
        shift: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        name: str = "affine_scalar",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[scale, shift]):
            self._shift = None if shift is None else convert_to_tensor(shift, name="shift")
            self._scale = None if scale is None else convert_to_tensor(scale, name="scale")
            if self._scale is not None and validate_args:
                zero = filling.zeros([], dtype=self._scale.dtype)
                fits = assert_none_equal(self._scale, zero)
                self._scale = with_dependencies([fits], self._scale)
            super().__init__(
                forward_min_event_ndims=0,
                is_constant_jacobian=True,
                validate_args=validate_args,
                name=name,
            )

    @property
    def shift(self) -> Tensor | None:
        return self._shift

    @property
    def scale(self) -> Tensor | None:
        return self._scale

    def _forward(self, x: Tensor) -> Tensor:
        y = identity(x)
        if self.scale is not None:
            y *= self.scale
        return y if self.shift is None else y + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        x = identity(y)
        if self.shift is not None:
            x -= self.shift
        return x if self.scale is None else x / self.scale

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return constant(0.0, dtype=x.dtype.base_dtype)
        return elementwise.log(elementwise.abs_(self.scale))


class AbsoluteValue(Bijector):
    """y = |x|, of which -y and y are both inverses."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "absolute_value"):
        self._name, self._graph_parents = name, []
        with self._name_scope("init"):
            super().__init__(
                forward_min_event_ndims=0,
                is_constant_jacobian=True,
                validate_args=validate_args,
                name=name,
            )

    @property
    def _is_injective(self) -> bool:
        return False

    def _forward(self, x: Tensor) -> Tensor:
        return elementwise.abs_(x)

    def _inverse(self, y: Tensor) -> tuple[Tensor, Tensor]:
        if self.validate_args:
            message = "Argument y was negative"
            y = with_dependencies([assert_non_negative(y, message=message)], y)
        return -y, y

    def _inverse_log_det_jacobian(self, y: Tensor) -> tuple[Any, Any]:
        zero = constant(np.array(0.0, y.dtype.as_numpy_dtype))
        if self.validate_args:
            message = "Argument y was negative"
            zero = with_dependencies([assert_non_negative(y, message=message)], zero)
        return zero, zero
