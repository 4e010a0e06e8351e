"""The updates of the averages that batch normalisation keeps."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.distribution import strategy_around
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.selecting import where
from stillflow.ops.math import casts
from stillflow.ops.variables import state


def size_that_may_be_none(inputs: Any) -> Any:
    """How many numbers inputs have, where a strategy may give a replica none; else None."""
    strategy = strategy_around()
    if strategy is None or not strategy.extended.experimental_enable_get_next_as_optional:
        return None
    return shape_of.size(inputs)


def unless_none(size: Any, value: Any) -> Any:
    """A value, or zeros where inputs of that size are none."""
    return value if size is None else where(size > 0, value, filling.zeros_like(value))


def assign_moving_average(variable: Any, value: Any, momentum: Any, size: Any = None) -> Any:
    """variable <- momentum * variable + (1 - momentum) * value, unless inputs have the size 0"""
    with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
        dtype = variable.dtype.base_dtype
        decay = convert_to_tensor(1.0 - momentum, name="decay")
        if decay.dtype != dtype:
            decay = casts.cast(decay, dtype)
        delta = unless_none(size, (variable - casts.cast(value, dtype)) * decay)
        return state.assign_sub(variable, delta, name=scope)


def assign_new_value(variable: Any, value: Any) -> Any:
    """variable <- value"""
    with name_scope("AssignNewValue") as scope, colocate_with(variable):
        return state.assign(variable, value, name=scope)
