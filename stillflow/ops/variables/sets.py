"""The variables of a graph, by collection; operations that initialise them or tell if they are."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device, name_scope
from stillflow.ops.array import shape_of, stacking
from stillflow.ops.array.masking import boolean_mask
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.comparison import logical_not
from stillflow.ops.variables import state


def global_variables(scope: str | None = None) -> list:
    """The variables that checkpoints hold; with `scope`, those whose name starts with it."""
    return get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def local_variables(scope: str | None = None) -> list:
    """The variables of this process alone, which checkpoints leave out."""
    return get_default_graph().get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list:
    """The variables that an optimizer changes by default."""
    return get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list:
    return get_default_graph().get_collection(GraphKeys.MODEL_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list:
    """The variables that have a moving average."""
    return get_default_graph().get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def all_variables() -> list:
    """The older name of `global_variables`."""
    return global_variables()


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """Returns an operation that gives each variable in `var_list` its initial value.

    In eager mode, where variables have values from the beginning, it is None.
    """
    if executing_eagerly():
        return None  # type: ignore[return-value]
    return group(*[v.initializer for v in var_list], name=name) if var_list else no_op(name=name)


def global_variables_initializer() -> Operation:
    """Returns an operation that gives every global variable its initial value."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Operation:
    """Returns an operation that gives every local variable its initial value."""
    return variables_initializer(local_variables())


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """Returns an operation that runs what is in the collection of table initializers."""
    initializers = get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS)
    return group(*initializers, name=name) if initializers else no_op(name=name)


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer
initialize_all_tables = tables_initializer


def is_variable_initialized(variable: Any) -> Tensor:
    """Returns a bool[] tensor: whether `variable` has a value in the session."""
    return state.is_variable_initialized(variable)


def report_uninitialized_variables(
    var_list: Any = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """Returns a string[?] tensor: the names of those of `var_list` that have no value.

    By default all global and local variables are asked.
    """
    variables = _default_variables() if var_list is None else var_list
    with name_scope(name):
        has_value = [state.is_variable_initialized(v) for v in variables]
        with device("/cpu:0"):
            if not variables:
                return constant([], dtype=dtypes.string)
            lacks_value = logical_not(stacking.stack(has_value))
            return boolean_mask(constant([v.op.name for v in variables]), lacks_value)


def assert_variables_initialized(var_list: Any = None) -> Tensor | None:
    """Returns a tensor whose evaluation fails unless all of `var_list` have values; None for none.

    By default all global and local variables are asked.
    """
    ranks = []
    for variable in _default_variables() if var_list is None else var_list:
        with colocate_with(variable.op):
            ranks.append(shape_of.rank_internal(variable, optimize=False))
    return stacking.stack(ranks) if len(ranks) > 1 else next(iter(ranks), None)


def _default_variables() -> list:
    """All global and local variables; of a graph without collections, all variables' tensors."""
    operations = get_default_graph().get_operations()
    return [*global_variables(), *local_variables()] or [
        op.outputs[0] for op in operations if op.defn.is_variable
    ]
