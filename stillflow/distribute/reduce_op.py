"""How the values of replicas are brought together."""

from __future__ import annotations

from enum import Enum
from typing import Any

from stillflow.ops.variables.variable import VariableAggregation


class ReduceOp(Enum):
    """SUM adds the replicas' values, MEAN takes their mean."""

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation: VariableAggregation) -> ReduceOp:
        """That of a variable's `aggregation`; ValueError where there is none."""
        found = {VariableAggregation.SUM: ReduceOp.SUM, VariableAggregation.MEAN: ReduceOp.MEAN}
        if aggregation not in found:
            raise ValueError(
                f"Could not convert from `tf.VariableAggregation` {aggregation} to"
                "`tf.distribute.ReduceOp` type"
            )
        return found[aggregation]


def reduce_op_of(value: Any) -> Any:
    """A ReduceOp may be given by its name."""
    return ReduceOp(value.upper()) if isinstance(value, str) else value
