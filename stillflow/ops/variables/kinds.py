"""Which kind of variable a program gets: one behind a reference, or one behind a handle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.ops.variables.reference_variable import RefVariable
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)


class _Default:
    """What becomes of a variable of which nobody says which kind it is to be."""

    use_resource = False


def enable_resource_variables() -> None:
    """From here on variables are behind handles, where nothing else is said."""
    _Default.use_resource = True


def disable_resource_variables() -> None:
    """From here on variables are behind references, where nothing else is said."""
    _Default.use_resource = False


def resource_variables_enabled() -> bool:
    """Whether variables are behind handles, where nothing else is said."""
    return _Default.use_resource


def is_resource_variable(var: Any) -> bool:
    """Whether `var` is a variable behind a handle, or is to be taken for one."""
    return hasattr(var, "_should_act_as_resource_variable")


def new_variable(
    initial_value: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    validate_shape: bool = True,
    caching_device: Any = None,
    name: str | None = None,
    variable_def: Any = None,
    dtype: Any = None,
    expected_shape: Any = None,
    import_scope: str | None = None,
    constraint: Callable | None = None,
    use_resource: bool | None = None,
    synchronization: VariableSynchronization | None = VariableSynchronization.AUTO,
    aggregation: VariableAggregation | None = VariableAggregation.NONE,
    shape: Any = None,
    distribute_strategy: Any = None,
) -> Variable:
    """`tf.Variable`."""
    options: dict[str, Any] = {
        "initial_value": initial_value,
        "trainable": trainable,
        "collections": collections,
        "validate_shape": validate_shape,
        "caching_device": caching_device,
        "name": name,
        "variable_def": variable_def,
        "dtype": dtype,
        "import_scope": import_scope,
        "constraint": constraint,
        "synchronization": synchronization,
        "aggregation": aggregation,
        "shape": shape,
    }
    if _is_behind_handle(use_resource):
        return _behind_handles()(**options, distribute_strategy=distribute_strategy)
    return RefVariable(**options, expected_shape=expected_shape)


def _behind_handles() -> Any:
    from stillflow.ops.variables.resource_variable import ResourceVariable  # few programs have any

    return ResourceVariable


def _is_behind_handle(use_resource: bool | None) -> bool:
    from stillflow.ops.variables.scope import get_variable_scope  # scopes make variables

    if executing_eagerly_outside_functions():
        return True
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    return _Default.use_resource if use_resource is None else use_resource


def variable_of(variable_def: Any, import_scope: str | None) -> Variable:
    """The variable of the default graph that a VariableDef names."""
    kind: Any = _behind_handles() if variable_def.is_resource else RefVariable
    return kind(variable_def=variable_def, import_scope=import_scope)
