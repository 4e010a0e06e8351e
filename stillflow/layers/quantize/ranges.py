"""What a tensor is rounded to: a range of integers, over the last values or their average."""

from __future__ import annotations

from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.ops.math.arithmetic import maximum, minimum
from stillflow.ops.quantized.faking import fake_quant_with_min_max_vars
from stillflow.ops.reduce.reductions import reduce_max, reduce_min
from stillflow.ops.variables import state
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.ops.variables.variable import VariableAggregation
from stillflow.train.moving_averages import assign_moving_average


def quantized(
    inputs: Tensor,
    prefix: str,
    *,
    decay: float | None,
    init_min: float,
    init_max: float,
    collection: str,
    is_training: bool,
    bits: int,
    narrow: bool,
    symmetric: bool,
) -> Tensor:
    """`inputs`, rounded to a range that variables `min` and `max` in a scope `prefix` hold.

    In training they follow the range of `inputs`, its last value, or with `decay` its average.
    """
    with variable_scope(None, default_name=prefix, values=[inputs]) as scope:
        scope.set_partitioner(None)
        low = _bound("min", init_min, collection)
        high = _bound("max", init_max, collection)
        if is_training:
            least, most = _range(inputs, symmetric, narrow, bits)
            low, high = _followed(low, high, least, most, decay)
        return fake_quant_with_min_max_vars(inputs, low, high, num_bits=bits, narrow_range=narrow)


def _bound(name: str, value: float, collection: str) -> Any:
    return get_variable(
        name,
        shape=[],
        initializer=Constant(value),
        collections=[*([collection] if collection else []), GraphKeys.GLOBAL_VARIABLES],
        trainable=False,
        aggregation=VariableAggregation.MEAN,
    )


def _range(inputs: Tensor, symmetric: bool, narrow: bool, bits: int) -> tuple[Tensor, Tensor]:
    """(least, most) of the inputs, and zero between them."""
    least = reduce_min(inputs, name="BatchMin")
    most = reduce_max(inputs, name="BatchMax")
    if not symmetric:
        return minimum(least, 0.0), maximum(most, 0.0)
    # There is one negative integer more than positive ones.
    ratio = -1 if narrow else -((1 << bits) - 2) / (1 << bits)
    return minimum(least, most / ratio), maximum(most, least * ratio)


def _followed(
    low: Any, high: Any, least: Tensor, most: Tensor, decay: float | None
) -> tuple[Tensor, Tensor]:
    if decay is None:
        return (
            state.assign(low, least, name="AssignMinLast"),
            state.assign(high, most, name="AssignMaxLast"),
        )
    return (
        assign_moving_average(low, least, decay, name="AssignMinEma"),
        assign_moving_average(high, most, decay, name="AssignMaxEma"),
    )
