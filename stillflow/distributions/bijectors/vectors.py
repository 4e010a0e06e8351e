"""Bijectors of vectors: increasing ones, and probabilities."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.distributions.weighing import pad
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import joining, reshaping
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_greater, assert_positive
from stillflow.ops.math import elementwise, scan
from stillflow.ops.nn.activations import softplus
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


class _OfLonger(Bijector):
    """A bijector to vectors of `MORE` elements more, at least two."""

    MORE = 0

    def _forward_event_shape(self, input_shape: TensorShape) -> Any:
        if input_shape.ndims is None or input_shape[-1].value is None:
            return input_shape
        return as_shape([input_shape[-1] + self.MORE])

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        size = input_shape[-1]
        return (size + self.MORE if self.MORE else size)[..., None]

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        if output_shape.ndims is None or output_shape[-1].value is None:
            return output_shape
        size = output_shape[-1].value
        if size <= 1:
            raise ValueError(f"output_shape[-1] = {size} <= 1")
        return as_shape([size - self.MORE])

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        if self.validate_args:
            message = "Need last dimension greater than 1."
            is_longer = assert_greater(output_shape[-1], 1, message=message)
            output_shape = with_dependencies([is_longer], output_shape)
        size = output_shape[-1]
        return (size - self.MORE if self.MORE else size)[..., None]


class Ordered(_OfLonger):
    """Increasing vectors: y = [x_0, log(x_1 - x_0), log(x_2 - x_1), ...]."""

    @moved
    def __init__(self, validate_args: bool = False, name: str = "ordered"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        x = self._increasing(x)
        first = x[..., 0, None]
        steps = elementwise.log(x[..., 1:] - x[..., :-1])
        return joining.concat([first, steps], axis=-1)

    def _inverse(self, y: Tensor) -> Tensor:
        first = y[..., 0, None]
        steps = elementwise.exp(y[..., 1:])
        return scan.cumsum(joining.concat([first, steps], axis=-1), axis=-1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return reductions.reduce_sum(y[..., 1:], axis=-1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        x = self._increasing(x)
        steps = elementwise.log(x[..., 1:] - x[..., :-1])
        return -reductions.reduce_sum(steps, axis=-1)

    def _increasing(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        message = "Forward transformation input must be strictly increasing."
        fits = assert_positive(x[..., 1:] - x[..., :-1], message=message)
        return with_dependencies([fits], x)


class SoftmaxCentered(_OfLonger):
    """y = softmax([x, 0]): probabilities of one class more than `x` has elements."""

    MORE = 1

    @moved
    def __init__(self, validate_args: bool = False, name: str = "softmax_centered"):
        super().__init__(validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        y = pad(x, axis=-1, back=True)
        if x.shape.ndims is not None:
            y.set_shape(x.shape[:-1].concatenate(x.shape[-1] + 1))
        return softmax(y)

    def _inverse(self, y: Tensor) -> Tensor:
        logs = elementwise.log(y)
        of_last = (-logs[..., -1])[..., None]
        x = logs[..., :-1] + of_last
        if y.shape.ndims is not None:
            x.set_shape(y.shape[:-1].concatenate(y.shape[-1] - 1))
        return x

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -reductions.reduce_sum(elementwise.log(y), axis=-1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        normalization = softplus(reduce_logsumexp(x, axis=-1, keepdims=True))
        of_last = -normalization
        logs = reductions.reduce_sum(x - normalization, axis=-1, keepdims=True)
        return reshaping.squeeze(of_last + logs, axis=-1)
