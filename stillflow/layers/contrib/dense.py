"""Fully connected layers, dropout and flattening, by `tf.layers`."""

from __future__ import annotations

import functools
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.contrib.collecting import collect_named_outputs
from stillflow.layers.contrib.common import (
    applied,
    finished,
    model_variable_getter,
    normalized,
    renaming_getter,
)
from stillflow.layers.scoped import core
from stillflow.ops.nn import activations
from stillflow.ops.variables.contrib_initializers import xavier_initializer
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Any = activations.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = xavier_initializer(),  # noqa: B008  # as in TensorFlow
    weights_regularizer: Any = None,
    biases_initializer: Any = Zeros(),  # noqa: B008
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """inputs: f[..., m] -> f[..., num_outputs]: inputs @ `weights` + `biases`, activated.

    The arguments are those of `conv2d`.

    Raises:
      ValueError: `num_outputs` is no integer, the rank is below 2, or m is not known.
    """
    if not isinstance(num_outputs, int):
        raise ValueError(f"num_outputs type should be one of {[int]}, got {type(num_outputs)}.")
    getter = renaming_getter({"bias": "biases", "kernel": "weights"})
    with variable_scope(
        scope, "fully_connected", [inputs], reuse=reuse, custom_getter=getter
    ) as opened:
        inputs = convert_to_tensor(inputs)
        layer = core.Dense(
            units=num_outputs,
            activation=None,
            use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            activity_regularizer=None,
            trainable=trainable,
            name=opened.name,
            dtype=inputs.dtype.base_dtype,
            _scope=opened,
            _reuse=reuse,
        )
        outputs = applied(layer, inputs, variables_collections)
        outputs = normalized(outputs, normalizer_fn, normalizer_params)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Tensor:
    """Keeps each element with `keep_prob`, scaled by its inverse, in training; else all of them.

    Srivastava et al., 2014.
    """
    with variable_scope(scope, "Dropout", [inputs], custom_getter=model_variable_getter) as opened:
        inputs = convert_to_tensor(inputs)
        layer = core.Dropout(
            rate=1 - keep_prob,
            noise_shape=noise_shape,
            seed=seed,
            name=opened.name,
            _scope=opened,
        )
        outputs = layer.apply(inputs, training=is_training)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: Any = None) -> Tensor:
    """inputs: n[b, ...] -> n[b, k]"""
    with name_scope(scope, "Flatten", [inputs]) as name:
        outputs = core.flatten(convert_to_tensor(inputs))
        return collect_named_outputs(outputs_collections, name, outputs)


elu = functools.partial(fully_connected, activation_fn=activations.elu)
relu = functools.partial(fully_connected, activation_fn=activations.relu)
relu6 = functools.partial(fully_connected, activation_fn=activations.relu6)
linear = functools.partial(fully_connected, activation_fn=None)
