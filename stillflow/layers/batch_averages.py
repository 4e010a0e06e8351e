"""The updates of the averages that batch normalisation keeps."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.math import casts
from stillflow.ops.variables import state


def assign_moving_average(variable: Any, value: Any, momentum: Any) -> Any:
    """variable <- momentum * variable + (1 - momentum) * value"""
    with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
        dtype = variable.dtype.base_dtype
        decay = convert_to_tensor(1.0 - momentum, name="decay")
        if decay.dtype != dtype:
            decay = casts.cast(decay, dtype)
        delta = (variable - casts.cast(value, dtype)) * decay
        return state.assign_sub(variable, delta, name=scope)


def assign_new_value(variable: Any, value: Any) -> Any:
    """variable <- value"""
    with name_scope("AssignNewValue") as scope, colocate_with(variable):
        return state.assign(variable, value, name=scope)
