"""What layers of `tf.contrib.layers` share: how they make variables, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.collecting import (
    add_variable_to_collections,
    collect_named_outputs,
    get_variable_collections,
)
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization


def model_variable_getter(
    getter: Callable[..., Any],
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    use_resource: Any = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
    **_: Any,
) -> Any:
    """A custom getter that makes model variables of what `tf.layers` asks for."""
    return model_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        collections=collections,
        trainable=trainable,
        caching_device=caching_device,
        partitioner=partitioner,
        custom_getter=getter,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def renaming_getter(names: Mapping[str, str]) -> Callable[..., Any]:
    """`model_variable_getter` for variables whose last names are others here."""

    def renaming(getter: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> Any:
        scope, slash, last = name.rpartition("/")
        renamed = f"{scope}{slash}{names.get(last, last)}"
        return model_variable_getter(getter, renamed, *args, **kwargs)

    return renaming


def parameter(
    name: str,
    shape: Any,
    dtype: Any,
    initializer: Any,
    variables_collections: Any,
    **options: Any,
) -> Any:
    """A model variable, in the collections that are meant for its name."""
    collections = get_variable_collections(variables_collections, name)
    return model_variable(
        name, shape=shape, dtype=dtype, initializer=initializer, collections=collections, **options
    )


def applied(layer: Any, inputs: Tensor, variables_collections: Any) -> Tensor:
    """What a layer with a kernel makes of its inputs; its variables go to their collections."""
    outputs = layer.apply(inputs)
    add_variable_to_collections(layer.kernel, variables_collections, "weights")
    if layer.use_bias:
        add_variable_to_collections(layer.bias, variables_collections, "biases")
    return outputs


def normalized(outputs: Tensor, normalizer_fn: Any, normalizer_params: Any) -> Tensor:
    """What the normalizer makes of a layer's outputs, if there is one."""
    return outputs if normalizer_fn is None else normalizer_fn(outputs, **(normalizer_params or {}))


def finished(outputs: Tensor, activation_fn: Any, outputs_collections: Any, name: str) -> Tensor:
    """What the activation makes of a layer's outputs, collected under the layer's name."""
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_named_outputs(outputs_collections, name, outputs)
