"""Ops that hold and change a session's variables. A variable is an op; its output refers to it."""

from __future__ import annotations

from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops import shapes
from stillflow.ops.registry import op


def _written(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """The value must have the variable's shape; what is known of either is known of both."""
    return shapes.merge(ctx.shape(0), ctx.shape(1))


def _assigned(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return _written(ctx) if ctx.attrs["validate_shape"] else ctx.shape(1)


@op("VariableV2", "-> ref: ref dtype", shape=shapes.from_attr("shape"), is_variable=True)
def variable_v2(
    xp, *, shape: TensorShape, dtype: DType, container: str = "", shared_name: str = ""
):
    """A value that lasts from run to run of a session; uninitialised until it is assigned."""
    raise AssertionError("the session holds a variable's value")


@op(
    "Assign",
    "ref: ref T, value: T -> output_ref: ref T",
    shape=_assigned,
    writes=("ref",),
    overwrites=True,
)
def assign_op(xp, ref, value, *, validate_shape: bool = True, use_locking: bool = True):
    """ref <- value"""
    return value


@op("AssignAdd", "ref: ref T, value: T -> output_ref: ref T", shape=_written, writes=("ref",))
def assign_add_op(xp, ref, value, *, use_locking: bool = False):
    """ref <- ref + value"""
    return xp.add(ref, value)


@op("AssignSub", "ref: ref T, value: T -> output_ref: ref T", shape=_written, writes=("ref",))
def assign_sub_op(xp, ref, value, *, use_locking: bool = False):
    """ref <- ref - value"""
    return xp.subtract(ref, value)


@op(
    "IsVariableInitialized",
    "ref: ref dtype -> is_initialized: bool",
    shape=shapes.scalar,
    host=True,
    stateful=True,
    asks_state=True,
)
def is_variable_initialized_op(xp, ref):
    """ref -> bool[], whether it has a value; `ref` is None when it has not."""
    return xp.asarray(ref is not None)
