"""`tf.contrib.layers.batch_norm`: by `tf.layers`, by one fused op, or from parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.collecting import add_variable_to_collections
from stillflow.layers.contrib.common import finished, renaming_getter
from stillflow.layers.contrib.composed_batch_norm import composed_batch_norm
from stillflow.layers.contrib.fused_batch_norm import fused_batch_norm
from stillflow.layers.contrib.sizes import check_layout
from stillflow.layers.scoped import normalization
from stillflow.ops.variables.initializers import Ones, Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: Any = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Any = None,
    param_initializers: Mapping[str, Any] | None = None,
    param_regularizers: Mapping[str, Any] | None = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Mapping[str, Any] | None = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Tensor:
    """Returns f[..., c] (or f[n, c, ...]) with each channel normalised over the batch.

    In training by the mean and variance of the batch, which moving averages follow; else by these.
    Ioffe and Szegedy, 2015; with `renorm` Ioffe, 2017.

    Args:
      decay: of the moving averages.
      center, scale: whether `beta` is added and `gamma` multiplies.
      param_initializers, param_regularizers: by variable: beta, gamma, moving_mean and
        moving_variance.
      updates_collections: what the updates of the averages are added to, for the program to run;
        None to run them with the layer.
      is_training: a bool, or a tensor.
      batch_weights: f[n], how much each example counts in mean and variance.
      fused: False avoids TensorFlow's fused op.
      zero_debias_moving_mean: the mean starts from zero and is divided by the weight it has had.

    Raises:
      ValueError: the rank or the number of channels is not known, another `data_format`, or
        `renorm` where it is not possible.
    """
    inputs = convert_to_tensor(inputs)
    rank = inputs.get_shape().ndims
    fused = True if fused is None else fused
    usual = updates_collections is GraphKeys.UPDATE_OPS and not zero_debias_moving_mean
    plain = batch_weights is None and not renorm and adjustment is None
    if fused and plain and (rank == 2 or (rank == 4 and not usual)):
        return fused_batch_norm(
            inputs,
            decay=decay,
            center=center,
            scale=scale,
            epsilon=epsilon,
            activation_fn=activation_fn,
            param_initializers=param_initializers,
            param_regularizers=param_regularizers,
            updates_collections=updates_collections,
            is_training=is_training,
            reuse=reuse,
            variables_collections=variables_collections,
            outputs_collections=outputs_collections,
            trainable=trainable,
            data_format=data_format,
            zero_debias_moving_mean=zero_debias_moving_mean,
            scope=scope,
        )
    check_layout(data_format, "NCHW", "NHWC")
    with variable_scope(
        scope, "BatchNorm", [inputs], reuse=reuse, custom_getter=renaming_getter({})
    ) as opened:
        inputs = convert_to_tensor(inputs)
        if batch_weights is None and usual:
            initializers, regularizers = param_initializers or {}, param_regularizers or {}
            layer = normalization.BatchNormalization(
                axis=1 if data_format == "NCHW" else -1,
                momentum=decay,
                epsilon=epsilon,
                center=center,
                scale=scale,
                beta_initializer=initializers.get("beta", Zeros()),
                gamma_initializer=initializers.get("gamma", Ones()),
                moving_mean_initializer=initializers.get("moving_mean", Zeros()),
                moving_variance_initializer=initializers.get("moving_variance", Ones()),
                beta_regularizer=regularizers.get("beta"),
                gamma_regularizer=regularizers.get("gamma"),
                trainable=trainable,
                renorm=renorm,
                renorm_clipping=renorm_clipping,
                renorm_momentum=renorm_decay,
                adjustment=adjustment,
                name=opened.name,
                _scope=opened,
                _reuse=reuse,
                fused=fused,
            )
            outputs = layer.apply(inputs, training=is_training)
            _collect_variables(layer, variables_collections)
        elif renorm:
            raise ValueError(
                "renorm is not supported with batch_weights, updates_collections or "
                "zero_debias_moving_mean"
            )
        else:
            outputs = composed_batch_norm(
                inputs,
                decay=decay,
                center=center,
                scale=scale,
                epsilon=epsilon,
                param_initializers=param_initializers,
                updates_collections=updates_collections,
                is_training=is_training,
                variables_collections=variables_collections,
                trainable=trainable,
                batch_weights=batch_weights,
                channels_first=data_format == "NCHW",
                zero_debias_moving_mean=zero_debias_moving_mean,
            )
        return finished(outputs, activation_fn, outputs_collections, opened.name)


def _collect_variables(layer: Any, collections: Any) -> None:
    for name in ("moving_mean", "moving_variance", "beta", "gamma"):
        variable = getattr(layer, name)
        if variable is not None:
            add_variable_to_collections(variable, collections, name)
