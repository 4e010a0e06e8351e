"""Batch normalization as a bijector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.scoped.normalization import BatchNormalization as _Layer
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.math import elementwise
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.moments import moments
from stillflow.ops.reduce.reductions import reduce_sum


class BatchNormalization(Bijector):
    """The inverse normalizes by a layer of `tf.layers`; y has the layer's moving moments.

    Args:
      batchnorm_layer: the layer; a new one, whose gamma is positive, by default.
      training: whether the inverse normalizes by the moments of the batch.

    Raises:
      ValueError: the layer is another, or renormalizes, or has virtual batches.
    """

    @moved
    def __init__(
        self,
        batchnorm_layer: Any = None,
        training: bool = True,
        validate_args: bool = False,
        name: str = "batch_normalization",
    ):
        self.batchnorm: Any = batchnorm_layer or _Layer(gamma_constraint=lambda x: relu(x) + 1e-6)
        _check(self.batchnorm)
        self._training = training
        axis = self.batchnorm.axis
        super().__init__(
            forward_min_event_ndims=1 if isinstance(axis, int) else len(axis),
            validate_args=validate_args,
            name=name,
        )

    def _forward(self, x: Tensor) -> Tensor:
        layer = self.batchnorm
        if not layer.built:
            layer.build(x.get_shape())
        fit = self._fitting(x)
        mean, variance = fit(layer.moving_mean), fit(layer.moving_variance)
        beta = fit(layer.beta) if layer.center else None
        gamma = fit(layer.gamma) if layer.scale else None
        return _denormalized(x, mean, variance, beta, gamma, layer.epsilon)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.batchnorm.apply(y, training=self._training)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -self._inverse_log_det_jacobian(x, use_saved_statistics=True)

    def _inverse_log_det_jacobian(self, y: Tensor, use_saved_statistics: bool = False) -> Tensor:
        shape = _known_shape(y)
        layer: Any = self.batchnorm
        if not layer.built:
            layer.build(np.array(shape, np.int32))
        axes = [axis for axis in range(len(shape)) if axis not in layer.axis]
        if use_saved_statistics or not self._training:
            log_variance = elementwise.log(layer.moving_variance + layer.epsilon)
        else:
            _, variance = moments(y, axes=axes, keepdims=True)
            log_variance = elementwise.log(variance + layer.epsilon)
        log_gamma = reduce_sum(elementwise.log(layer.gamma))
        return log_gamma - 0.5 * reduce_sum(log_variance)

    def _fitting(self, x: Tensor) -> Callable[[Any], Any]:
        """Returns what gives a vector the shape that broadcasts to that of x."""
        shape, axis = _known_shape(x), self.batchnorm.axis
        rank = len(shape)
        others = [at for at in range(rank) if at not in axis]
        wanted = [1] * rank
        wanted[axis[0]] = shape[axis[0]]

        def fit(value: Any) -> Any:
            if len(value.get_shape()) != rank and others != list(range(rank - 1)):
                return reshape(value, wanted)
            return value

        return fit


def _check(layer: Any) -> None:
    if not isinstance(layer, _Layer):
        raise ValueError("batchnorm_layer must be an instance of BatchNormalization layer.")
    if layer.renorm:
        raise ValueError("BatchNorm Bijector does not support renormalization.")
    if layer.virtual_batch_size:
        raise ValueError("BatchNorm Bijector does not support virtual batch sizes.")


def _known_shape(x: Tensor) -> list[int]:
    if not x.shape.is_fully_defined():
        raise ValueError("Input must have shape known at graph construction.")
    sizes: Any = x.shape.as_list()
    return sizes


@moved
def _denormalized(
    x: Tensor, mean: Any, variance: Any, offset: Any, scale: Any, epsilon: float
) -> Tensor:
    with name_scope(None, "undo_batchnorm", [x, mean, variance, scale, offset]):
        factor = elementwise.sqrt(variance + epsilon)
        if scale is not None:
            factor /= scale
        return x * factor + (mean if offset is None else mean - offset * factor)
