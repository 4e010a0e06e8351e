"""What a call of batch normalisation builds, by one op or by nodes of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers import batch_renorm
from stillflow.layers.base_layer import Layer
from stillflow.layers.batch_averages import (
    assign_moving_average,
    assign_new_value,
    size_that_may_be_none,
    unless_none,
)
from stillflow.layers.learning_phase import phase_of_layers
from stillflow.layers.utils import constant_value, smart_cond
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.math import casts, elementwise
from stillflow.ops.nn import activations, moments
from stillflow.ops.nn import fused_batch_norm as fused_op
from stillflow.ops.nn import normalization as normalizing
from stillflow.ops.reduce import reductions


class Normalizing(Layer):
    """The part of batch normalisation that applies what `BatchNormalization` is made with."""

    adjustment: Callable[[Tensor], tuple[Any, Any]] | None
    axis: Any
    beta: Any
    center: bool
    epsilon: float
    fused: bool | None
    gamma: Any
    momentum: Any
    moving_mean: Any
    moving_stddev: Any
    moving_variance: Any
    renorm: bool
    renorm_clipping: Mapping[str, Any]
    renorm_mean: Any
    renorm_momentum: Any
    renorm_stddev: Any
    scale: bool
    virtual_batch_size: int | None
    _bessels_correction_test_only: bool
    _beta_const: Any
    _data_format: str
    _gamma_const: Any

    @property
    def _param_dtype(self) -> Any:
        half = (dtypes.float16, dtypes.bfloat16)
        return dtypes.float32 if self.dtype in half else self.dtype or dtypes.float32

    def call(self, inputs: Any, training: Any = None) -> Tensor:
        training = self._training_value(training)
        if self.fused:
            return self._fused(inputs, training)
        if self.virtual_batch_size is None:
            return self._composed(inputs, training)
        shape = [-1, *inputs.shape.as_list()[1:]]
        batches = reshaping.reshape(inputs, [self.virtual_batch_size, *shape])
        return reshaping.reshape(self._composed(batches, training), shape)

    def _training_value(self, training: Any) -> Any:
        """Whether to normalise by the batch: a bool or a tensor."""
        return phase_of_layers() if training is None else training

    def _fused(self, inputs: Any, training: Any) -> Tensor:
        beta = self.beta if self.center else self._beta_const
        gamma = self.gamma if self.scale else self._gamma_const
        options: dict[str, Any] = {"epsilon": self.epsilon, "data_format": self._data_format}
        size = size_that_may_be_none(inputs)

        def of_batch() -> Any:
            return fused_op.fused_batch_norm(inputs, gamma, beta, **options)

        def of_averages() -> Any:
            return fused_op.fused_batch_norm(
                inputs,
                gamma,
                beta,
                mean=self.moving_mean,
                variance=self.moving_variance,
                is_training=False,
                **options,
            )

        outputs, mean, variance = smart_cond(training, of_batch, of_averages)
        if not self._bessels_correction_test_only:
            variance *= _share_of_biased(inputs, variance)
        known = constant_value(training)
        if known is None:
            momentum = smart_cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = convert_to_tensor(self.momentum)
        if known or known is None:
            averages = ((self.moving_mean, mean), (self.moving_variance, variance))
            for average, value in averages:
                self.add_update(partial(assign_moving_average, average, value, momentum, size))
        return outputs

    def _composed(self, inputs: Any, training: Any) -> Tensor:
        """Normalisation by nodes of its own, of inputs of any rank."""
        scale, offset = self._broadcast(self.gamma, inputs), self._broadcast(self.beta, inputs)
        known = constant_value(training)
        if known is not None and not known:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            scale, offset = self._adjusted(inputs, training, scale, offset)
            mean, variance = self._moments(inputs, training)
            scale, offset = self._with_updates(mean, variance, training, inputs, scale, offset)
        mean, variance = casts.cast(mean, inputs.dtype), casts.cast(variance, inputs.dtype)
        if offset is not None:
            offset = casts.cast(offset, inputs.dtype)
        if scale is not None:
            scale = casts.cast(scale, inputs.dtype)
        outputs = normalizing.batch_normalization(
            inputs,
            self._broadcast(mean, inputs),
            self._broadcast(variance, inputs),
            offset,
            scale,
            self.epsilon,
        )
        outputs.set_shape(inputs.shape)
        return outputs

    def _reduced(self, inputs: Any) -> list[int]:
        """The axes that statistics are taken over."""
        axes = [axis for axis in range(inputs.shape.ndims) if axis not in self._axes]
        if self.virtual_batch_size is not None:
            del axes[1]
        return axes

    @property
    def _axes(self) -> list[int]:
        assert isinstance(self.axis, list)
        return self.axis

    def _broadcast(self, v: Any, inputs: Any) -> Any:
        """A parameter in a shape that broadcasts with the inputs'."""
        rank = inputs.shape.ndims
        if v is None or v.shape.ndims == rank or self._reduced(inputs) == list(range(rank - 1)):
            return v
        shape = [1] * rank
        shape[self._axes[0]] = inputs.shape.as_list()[self._axes[0]]
        return reshaping.reshape(v, shape)

    def _adjusted(self, inputs: Any, training: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        if not self.adjustment:
            return scale, offset
        by, to = self.adjustment(shape_of.shape(inputs))
        by = smart_cond(training, lambda: by, lambda: filling.ones_like(by))
        to = smart_cond(training, lambda: to, lambda: filling.zeros_like(to))
        return _composed_transforms(by, to, scale, offset)

    def _moments(self, inputs: Any, training: Any) -> tuple[Any, Any]:
        """Mean and variance to normalise with."""
        mean, variance = moments.moments(
            casts.cast(inputs, self._param_dtype),
            self._reduced(inputs),
            keep_dims=self.virtual_batch_size is not None or len(self._axes) > 1,
        )
        size = size_that_may_be_none(inputs)
        mean, variance = unless_none(size, mean), unless_none(size, variance)
        return (
            smart_cond(training, lambda: mean, lambda: convert_to_tensor(self.moving_mean)),
            smart_cond(training, lambda: variance, lambda: convert_to_tensor(self.moving_variance)),
        )

    def _with_updates(
        self, mean: Any, variance: Any, training: Any, inputs: Any, scale: Any, offset: Any
    ) -> tuple[Any, Any]:
        """Adds the updates of the averages; returns the scale and the offset, corrected."""
        if self.virtual_batch_size is not None:
            mean = reductions.reduce_mean(mean, axis=1, keepdims=True)
            variance = reductions.reduce_mean(variance, axis=1, keepdims=True)
        size = size_that_may_be_none(inputs)
        if self.renorm:
            r, d, mean, variance = batch_renorm.corrections(
                mean,
                variance,
                self.epsilon,
                self.renorm_mean,
                self.renorm_stddev,
                self.renorm_clipping,
                self.renorm_momentum,
                training,
                size,
            )
            r = self._broadcast(stop_gradient(r, name="renorm_r"), inputs)
            d = self._broadcast(stop_gradient(d, name="renorm_d"), inputs)
            scale, offset = _composed_transforms(r, d, scale, offset)

        def updated_mean() -> Any:
            return assign_moving_average(self.moving_mean, mean, self.momentum, size)

        def updated_variance() -> Any:
            if not self.renorm:
                return assign_moving_average(self.moving_variance, variance, self.momentum, size)
            deviation = elementwise.sqrt(variance + self.epsilon)
            stddev = assign_moving_average(self.moving_stddev, deviation, self.momentum, size)
            return assign_new_value(
                self.moving_variance, activations.relu(stddev * stddev - self.epsilon)
            )

        self.add_update(lambda: smart_cond(training, updated_mean, lambda: self.moving_mean))
        self.add_update(
            lambda: smart_cond(training, updated_variance, lambda: self.moving_variance)
        )
        return scale, offset


def _share_of_biased(inputs: Tensor, variance: Tensor) -> Tensor:
    """(n - 1) / n for n numbers in each channel."""
    count = casts.cast(shape_of.size(inputs) / shape_of.size(variance), variance.dtype)
    return (count - casts.cast(1.0, variance.dtype)) / count


def _composed_transforms(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> Any:
    """The scale and the offset that do what both pairs do one after the other."""
    if then_scale is not None:
        scale *= then_scale
        offset *= then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset
