"""Batch normalisation from parts, where examples have weights or the averages special updates."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections, control_dependencies
from stillflow.layers.contrib.batch_statistics import Parameters, updating
from stillflow.layers.contrib.conditions import constant_value, smart_cond
from stillflow.ops.array import reshaping
from stillflow.ops.control.ordering import identity
from stillflow.ops.nn import moments as statistics
from stillflow.ops.nn.normalization import batch_normalization


def composed_batch_norm(
    inputs: Tensor,
    decay: Any,
    center: bool,
    scale: bool,
    epsilon: float,
    param_initializers: Any,
    updates_collections: Any,
    is_training: Any,
    variables_collections: Any,
    trainable: bool,
    batch_weights: Any,
    channels_first: bool,
    zero_debias_moving_mean: bool,
) -> Tensor:
    """`batch_norm`, whose arguments these are, within its variable scope."""
    shape = inputs.get_shape()
    if shape.ndims is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    weights = None if batch_weights is None else _column(batch_weights, inputs)
    channels = shape[1:2] if channels_first else shape[-1:]
    if not channels.is_fully_defined():
        raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {channels}.")
    initializers = param_initializers or {}
    dtype = inputs.dtype.base_dtype
    made = Parameters(channels, dtype, initializers, variables_collections, trainable)
    beta = made.beta() if center else None
    gamma = made.gamma() if scale else None
    averages = made.averages()
    mean, variance = averages
    if constant_value(is_training) in (None, True):
        moments = _moments(inputs, weights, channels_first)
        update = updating(averages, moments, decay, zero_debias_moving_mean)
        mean, variance = _updated(moments, update, averages, is_training, updates_collections)
    if channels_first:
        sizes = [1, channels.num_elements(), *[1] * (shape.ndims - 2)]
        mean, variance = reshaping.reshape(mean, sizes), reshaping.reshape(variance, sizes)
        beta = None if beta is None else reshaping.reshape(beta, sizes)
        gamma = None if gamma is None else reshaping.reshape(gamma, sizes)
    outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
    outputs.set_shape(shape)
    return outputs


def _column(batch_weights: Any, inputs: Tensor) -> Tensor:
    """f[n] -> f[n, 1, ...] of the rank of the inputs."""
    weights = convert_to_tensor(batch_weights)
    shape = inputs.get_shape()
    shape[0:1].assert_is_compatible_with(weights.get_shape())
    return reshaping.reshape(weights, [-1, *[1] * (len(shape) - 1)])


def _moments(inputs: Tensor, weights: Tensor | None, channels_first: bool) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel, f[c] both."""
    rank = len(inputs.get_shape())
    axes = [0, *range(2, rank)] if channels_first else list(range(rank - 1))
    keep = channels_first or None
    if weights is None:
        mean, variance = statistics.moments(inputs, axes, keepdims=keep)
    else:
        mean, variance = statistics.weighted_moments(inputs, axes, weights, keepdims=keep)
    if channels_first:
        return reshaping.reshape(mean, [-1]), reshaping.reshape(variance, [-1])
    return mean, variance


def _updated(
    moments: Any, update: Any, averages: Any, is_training: Any, collections: Any
) -> tuple[Tensor, Tensor]:
    """The mean and variance to normalise by, with the updates of the averages arranged for."""
    if collections is not None:
        for updated in smart_cond(is_training, update, lambda: averages):
            add_to_collections(collections, updated)
        return smart_cond(is_training, lambda: moments, lambda: averages)

    def after_updates() -> tuple[Tensor, Tensor]:
        with control_dependencies(update()):
            return identity(moments[0]), identity(moments[1])

    return smart_cond(is_training, after_updates, lambda: averages)
