"""Means and variances that follow the values they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.math import elementwise
from stillflow.ops.reduce.composed import reduce_logsumexp
from stillflow.ops.variables import state
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope


def assign_moving_mean_variance(
    mean_var: Any, variance_var: Any, value: Any, decay: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns what moves a mean and a variance towards those of `value` (Finch, 2009).

    delta = value - mean; mean += (1 - decay) delta;
    variance -= (1 - decay) (variance - decay delta^2)

    Raises:
      TypeError: the variables are not of one float type.
    """
    values = [variance_var, mean_var, value, decay]
    with (
        name_scope(name, "assign_moving_mean_variance", values),
        colocate_with(variance_var),
        colocate_with(mean_var),
    ):
        dtype = _float_type("mean_var.base_dtype", mean_var)
        other = variance_var.dtype.base_dtype
        if dtype != other:
            raise TypeError(
                f"mean_var.base_dtype({dtype.name}) != variance_var.base_dtype({other.name})"
            )
        value = convert_to_tensor(value, dtype=dtype, name="value")
        decay = convert_to_tensor(decay, dtype=dtype, name="decay")
        delta = value - mean_var
        with control_dependencies([delta]):
            mean = state.assign_add(mean_var, (1.0 - decay) * delta)
            rest = 1.0 - decay
            surplus = variance_var - decay * elementwise.square(delta)
            return mean, state.assign_sub(variance_var, rest * surplus)


def assign_log_moving_mean_exp(
    log_mean_exp_var: Any, log_value: Any, decay: Any, name: str | None = None
) -> Tensor:
    """Returns what moves the log of a mean towards `log_value`: in logs, as numbers may be huge.

    Raises:
      TypeError: the variable is of no float type.
    """
    values = [log_mean_exp_var, log_value, decay]
    with name_scope(name, "assign_log_moving_mean_exp", values), colocate_with(log_mean_exp_var):
        dtype = _float_type("log_mean_exp_var.base_dtype", log_mean_exp_var)
        log_value = convert_to_tensor(log_value, dtype=dtype, name="log_value")
        decay = convert_to_tensor(decay, dtype=dtype, name="decay")
        delta = (log_value - log_mean_exp_var)[None, ...]
        kept = elementwise.log(decay) * filling.ones_like(delta)
        both = joining.concat([kept, delta + elementwise.log1p(-decay)], axis=0)
        return log_mean_exp_var.assign_add(reduce_logsumexp(both, axis=0))


def moving_mean_variance(
    value: Any, decay: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns the moving mean and variance of `value`, f[...], which each run moves.

    Args:
      decay: close to 1.
      collections: of the variables `moving_mean` and `moving_variance`.

    Raises:
      TypeError: `value` is of no float type.
    """
    collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
    with variable_scope(name, "moving_mean_variance", [value, decay]):
        value = convert_to_tensor(value, name="value")
        dtype = _float_type("value.base_dtype", value)
        decay = convert_to_tensor(decay, dtype=dtype, name="decay")
        variance, mean = (
            get_variable(
                own_name,
                shape=value.shape,
                dtype=value.dtype,
                initializer=Zeros(),
                trainable=False,
                collections=collections,
            )
            for own_name in ("moving_variance", "moving_mean")
        )
        return assign_moving_mean_variance(mean, variance, value, decay)


def _float_type(label: str, x: Any) -> DType:
    dtype = x.dtype.base_dtype
    if not dtype.is_floating:
        raise TypeError(f"{label}({dtype.name}) does not have float type `dtype`.")
    return dtype
