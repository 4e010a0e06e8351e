"""`tf.layers.dense`, `dropout` and `flatten`, and their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import base, core
from stillflow.ops.variables import initializers
from stillflow.platform.deprecation import deprecated

_ZEROS = initializers.Zeros()


class Dense(core.Dense, base.Layer):
    """`core.Dense` with variables of its scope; the kernel is initialised as that says."""

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use keras.layers.Dense instead.")
def dense(
    inputs: Any,
    units: int,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `Dense(units, ...)(inputs)`: f[..., features] -> f[..., units].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.

    Raises:
      ValueError: the number of features is not known, or a rank below 2.
    """
    layer = Dense(
        units,
        activation,
        use_bias,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)


class Dropout(core.Dropout, base.Layer):
    """`core.Dropout`, which does nothing unless told that it is in training."""

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(rate, noise_shape, seed, name=name, **kwargs)

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        return super().call(inputs, training=training)


@deprecated(None, "Use keras.layers.dropout instead.")
def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Sequence[int | None] | None = None,
    seed: int | None = None,
    training: Any = False,
    name: Any = None,
) -> Tensor:
    """Returns `Dropout(rate, noise_shape, seed)(inputs, training)`; `training` may be a tensor."""
    return Dropout(rate, noise_shape, seed, name).apply(inputs, training=training)


class Flatten(core.Flatten, base.Layer):
    """`core.Flatten`."""


@deprecated(None, "Use keras.layers.flatten instead.")
def flatten(inputs: Any, name: Any = None, data_format: str = "channels_last") -> Tensor:
    """Returns `Flatten(data_format)(inputs)`: f[n, ...] -> f[n, p]."""
    return Flatten(data_format, name=name).apply(inputs)
