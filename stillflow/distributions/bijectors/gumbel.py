"""The bijector that makes Gumbel's numbers uniform ones."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less_equal, assert_non_negative, assert_positive
from stillflow.ops.math import elementwise


class Gumbel(Bijector):
    """y = exp(-exp(-(x - loc) / scale)); its inverse draws Gumbel's numbers of uniform ones."""

    @moved
    def __init__(
        self,
        loc: Any = 0.0,
        scale: Any = 1.0,
        validate_args: bool = False,
        name: str = "gumbel",
    ):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope("init", values=[loc, scale]):
            self._loc = convert_to_tensor(loc, name="loc")
            self._scale = convert_to_tensor(scale, name="scale")
            same_float_dtype([self._loc, self._scale])
            if validate_args:
                message = "Argument scale was not positive"
                fits = assert_positive(self._scale, message=message)
                self._scale = with_dependencies([fits], self._scale)
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    @property
    def loc(self) -> Tensor:
        return self._loc

    @property
    def scale(self) -> Tensor:
        return self._scale

    def _forward(self, x: Tensor) -> Tensor:
        z = (x - self.loc) / self.scale
        return elementwise.exp(-elementwise.exp(-z))

    def _inverse(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        return self.loc - self.scale * elementwise.log(-elementwise.log(y))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        y = self._valid(y)
        return elementwise.log(self.scale / (-elementwise.log(y) * y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        z = (x - self.loc) / self.scale
        return -z - elementwise.exp(-z) - elementwise.log(self.scale)

    def _valid(self, y: Tensor) -> Tensor:
        if not self.validate_args:
            return y
        too_small = "Inverse transformation input must be greater than 0."
        too_large = "Inverse transformation input must be less than or equal to 1."
        least = assert_non_negative(y, message=too_small)
        most = assert_less_equal(y, constant(1.0, y.dtype), message=too_large)
        return with_dependencies([least, most], y)
