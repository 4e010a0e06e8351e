"""Sums over the replicas of a computation. Here it is the only one."""

from __future__ import annotations

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph.operation import Tensor

_SUMMED = types("float32 bfloat16 int32 uint32")


@op(
    "CrossReplicaSum",
    "input: T, group_assignment: int32 -> output: T",
    shape=shapes.same,
    types={"T": _SUMMED},
)
def cross_replica_sum_op(xp, x, groups):
    """x: n[...], groups: i32[g, n], the replicas of each sum -> n[...], `x` of the one replica.

    TensorFlow 1.15 has this op on TPUs only.
    """
    if groups.size > 1:
        refuse(
            f"CrossReplicaSum over {groups.size} replicas, and there is one.\n"
            "  Leave group_assignment out."
        )
    return x


@cross_replica_sum_op.gradient
def cross_replica_sum_gradient(op, dy):
    return cross_replica_sum_op(dy, op.inputs[1]), None


def cross_replica_sum(
    x: Tensor, group_assignment: list[list[int]] | None = None, name: str | None = None
) -> Tensor:
    """`x` summed over the replicas of its group, by default over all. Here there is one."""
    return cross_replica_sum_op(x, group_assignment or [[0]], name=name)
