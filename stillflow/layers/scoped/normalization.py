"""`tf.layers.batch_normalization`, and its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import base, normalization
from stillflow.ops.variables import initializers
from stillflow.platform.deprecation import deprecated

_ZEROS = initializers.Zeros()
_ONES = initializers.Ones()


class BatchNormalization(normalization.BatchNormalization, base.Layer):
    """`normalization.BatchNormalization`, by the averages unless told that it is in training."""

    def __init__(
        self,
        axis: int | list[int] = -1,
        momentum: Any = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = _ZEROS,
        gamma_initializer: Any = _ONES,
        moving_mean_initializer: Any = _ZEROS,
        moving_variance_initializer: Any = _ONES,
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Mapping[str, Any] | None = None,
        renorm_momentum: Any = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Callable[[Tensor], tuple[Any, Any]] | None = None,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            axis,
            momentum,
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            moving_mean_initializer,
            moving_variance_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            renorm,
            renorm_clipping,
            renorm_momentum,
            fused,
            trainable,
            virtual_batch_size,
            adjustment,
            name,
            **kwargs,
        )

    def _make_averages(self, shape: Sequence[int]) -> None:
        if self._scope is None:
            super()._make_averages(shape)
            return
        partitioner = self._scope.partitioner
        self._scope.set_partitioner(None)  # averages are never in parts
        try:
            super()._make_averages(shape)
        finally:
            self._scope.set_partitioner(partitioner)

    def call(self, inputs: Any, training: Any = False) -> Tensor:
        return super().call(inputs, training=training)


@deprecated(
    None,
    "Use keras.layers.BatchNormalization instead.  In particular, "
    "`tf.control_dependencies(tf.GraphKeys.UPDATE_OPS)` should not be used (consult the "
    "`tf.keras.layers.batch_normalization` documentation).",
)
def batch_normalization(
    inputs: Any,
    axis: int | list[int] = -1,
    momentum: Any = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = _ZEROS,
    gamma_initializer: Any = _ONES,
    moving_mean_initializer: Any = _ZEROS,
    moving_variance_initializer: Any = _ONES,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    training: Any = False,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
    renorm: bool = False,
    renorm_clipping: Mapping[str, Any] | None = None,
    renorm_momentum: Any = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Callable[[Tensor], tuple[Any, Any]] | None = None,
) -> Tensor:
    """Returns `BatchNormalization(axis, momentum, ...)(inputs, training)`.

    Args:
      training: whether to normalise by the batch; may be a tensor. A program that trains runs what
        is in `tf.get_collection(tf.GraphKeys.UPDATE_OPS)` with each step.
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = BatchNormalization(
        axis,
        momentum,
        epsilon,
        center,
        scale,
        beta_initializer,
        gamma_initializer,
        moving_mean_initializer,
        moving_variance_initializer,
        beta_regularizer,
        gamma_regularizer,
        beta_constraint,
        gamma_constraint,
        renorm,
        renorm_clipping,
        renorm_momentum,
        fused,
        trainable,
        virtual_batch_size,
        adjustment,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs, training=training)
