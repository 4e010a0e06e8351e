"""`tf.compat.v2.Variable`, of which every variable is one; it makes them behind handles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.ops.variables.creators import MadeByCreators, made
from stillflow.ops.variables.resource_variable import ResourceVariable
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)


class _OfEveryKind(MadeByCreators):
    """Takes the variables of version 1 for its class's own."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return made(_new_variable, args, kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Variable)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, Variable)


class VariableV2(Variable, metaclass=_OfEveryKind):
    """A variable behind a handle, which joins the global variables. See `tf.Variable`."""


def _new_variable(
    initial_value: Any = None,
    trainable: bool | None = None,
    validate_shape: bool = True,
    caching_device: Any = None,
    name: str | None = None,
    variable_def: Any = None,
    dtype: Any = None,
    import_scope: str | None = None,
    constraint: Callable | None = None,
    synchronization: VariableSynchronization | None = VariableSynchronization.AUTO,
    aggregation: VariableAggregation | None = VariableAggregation.NONE,
    shape: Any = None,
    **of_strategies: Any,
) -> Variable:
    return ResourceVariable(
        initial_value,
        trainable,
        None,
        validate_shape,
        caching_device,
        name,
        dtype,
        variable_def,
        import_scope,
        constraint,
        of_strategies.get("distribute_strategy"),
        synchronization,
        aggregation,
        shape,
    )
