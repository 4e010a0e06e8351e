"""Ops that hold and change a session's variables. A variable is an op; its output refers to it."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape


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


def variable_op_v2(
    shape: Any, dtype: Any, name: str = "Variable", container: str = "", shared_name: str = ""
) -> Tensor:
    """Returns a reference to a new variable that nothing initialises."""
    return variable_v2(
        shape=shape, dtype=dtype, name=name, container=container, shared_name=shared_name
    )


def variable_op(
    shape: Any,
    dtype: Any,
    name: str = "Variable",
    set_shape: bool = True,
    container: str = "",
    shared_name: str = "",
) -> Tensor:
    """`variable_op_v2` of before TensorFlow 1.0; its shape is unknown without `set_shape`."""
    declared = shape if set_shape else None
    ref = old_variable(
        shape=declared, dtype=dtype, name=name, container=container, shared_name=shared_name
    )
    if set_shape:
        ref.set_shape(shape)
    return ref


def _of_old_variable(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """A scalar stood for an unknown shape."""
    shape = ctx.attrs["shape"]
    return shape.sizes or None


@op("Variable", "-> ref: ref dtype", shape=_of_old_variable, is_variable=True)
def old_variable(
    xp, *, shape: TensorShape, dtype: DType, container: str = "", shared_name: str = ""
):
    """What VariableV2 was called before TensorFlow 1.0; graphs of then are read."""
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
    _check_same_shape(ref, value)
    return xp.add(ref, value)


@op("AssignSub", "ref: ref T, value: T -> output_ref: ref T", shape=_written, writes=("ref",))
def assign_sub_op(xp, ref, value, *, use_locking: bool = False):
    """ref <- ref - value"""
    _check_same_shape(ref, value)
    return xp.subtract(ref, value)


def _check_same_shape(ref: Any, value: Any) -> None:
    if ref.shape != value.shape:
        refuse("Parameters and update must be the same size")


@op(
    "CountUpTo",
    "ref: ref T -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 0),
    writes=("ref",),
    host=True,
)
def count_up_to_op(xp, ref, *, limit: int):
    """ref: i[] -> its value before it is raised by one; OutOfRangeError once that is `limit`."""
    if ref >= limit:
        raise OutOfRangeError(None, None, f"Reached limit of {limit}")
    return ref + ref.dtype.type(1), ref


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


for _op in (assign_op, assign_add_op, assign_sub_op):
    _op.not_differentiable()


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Returns a bool[] tensor: whether the variable `ref` has a value in the session."""
    if _is_behind_handle(ref):
        return ref.is_initialized(name=name)
    return is_variable_initialized_op(_reference(ref, "is_initialized"), name=name)


def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """Gives the variable `ref` a new value, and returns what stands for it afterwards.

    The shapes must agree unless `validate_shape` is False. A part of a variable, `v[1:]`, has a
    way of its own to be assigned to, and so have a variable behind a handle and one in parts.
    """
    if _knows_how(ref, "assign"):
        return ref.assign(value, name=name)
    return assign_op(
        _reference(ref, "assign"),
        value,
        validate_shape=validate_shape is None or validate_shape,
        use_locking=use_locking is None or use_locking,
        name=name,
    )


def assign_add(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """Adds `value` to the variable `ref`, and returns what stands for it afterwards."""
    if _knows_how(ref, "assign_add"):
        return ref.assign_add(value)
    return assign_add_op(
        _reference(ref, "assign_add"), value, use_locking=bool(use_locking), name=name
    )


def assign_sub(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """Subtracts `value` from the variable `ref`, and returns what stands for it afterwards."""
    if _knows_how(ref, "assign_sub"):
        return ref.assign_sub(value)
    return assign_sub_op(
        _reference(ref, "assign_sub"), value, use_locking=bool(use_locking), name=name
    )


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Raises the variable `ref` by one and returns what it was; once that is `limit`, runs fail."""
    if _is_behind_handle(ref):
        from stillflow.ops.variables.resource import resource_count_up_to_op  # it is above this

        return resource_count_up_to_op(ref.handle, limit=limit, T=ref.dtype, name=name)
    return count_up_to_op(_reference(ref, "count_up_to"), limit=limit, name=name)


def _is_behind_handle(ref: Any) -> bool:
    return hasattr(ref, "_should_act_as_resource_variable")


def _knows_how(ref: Any, method: str) -> bool:
    """Whether `ref` is no reference, and has a way of its own to be changed."""
    dtype = getattr(ref, "dtype", None)
    return hasattr(ref, method) and not getattr(dtype, "_is_ref_dtype", False)


def _reference(ref: Any, method: str) -> Any:
    """`ref`, which must be a variable or a reference to one.

    Raises:
      AttributeError: for anything else; TensorFlow asks it for `method`.
    """
    dtype = getattr(ref, "dtype", None)
    if isinstance(ref, Operation) or not getattr(dtype, "_is_ref_dtype", False):
        raise AttributeError(
            f"'{type(ref).__name__}' object has no attribute '{method}'\n"
            f"  {ref!r} is not a variable; only a tf.Variable holds a value that can be changed."
        )
    return ref
