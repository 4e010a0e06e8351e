"""Ops that hold, read and change a variable that is named by a handle, a tensor of type resource.

A variable behind a reference is read when the reader runs. One behind a handle is read by
ReadVariableOp, when that op runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.handles import OfVariables, check_dtype, value_sizes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import FailedPreconditionError, NotFoundError
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape, dimension_value
from stillflow.ops.array.gathering import gather_v2_op
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape, squeeze
from stillflow.ops.array.scattering import gather_nd_op, picked, scatter_nd
from stillflow.ops.array.shape_of import size
from stillflow.ops.variables.state import count_up_to_op


@op("VarHandleOp", "-> resource: resource", shape=shapes.scalar, is_variable=True)
def var_handle_op(
    xp, *, dtype: DType, shape: TensorShape, container: str = "", shared_name: str = ""
):
    """A value that lasts from run to run; handles of one container and shared name are of one."""
    raise AssertionError("the session holds a variable's value")


def _read(ctx: shapes.ShapeContext) -> shapes.Sizes:
    check_dtype(ctx, ctx.attrs["dtype"])
    return value_sizes(ctx.inputs[0])


def _no_value(reader: Operation, missing: str, name: str, container: str) -> Exception:
    return FailedPreconditionError(
        None,
        reader,
        f"Error while reading resource variable {name} from Container: {container}. This could "
        f"mean that the variable was uninitialized. Not found: {missing}\n"
        "  Run sess.run(tf.global_variables_initializer()) first, or restore a checkpoint.",
    )


@op(
    "ReadVariableOp",
    "resource: resource -> value: dtype",
    shape=_read,
    reads=True,
    snapshots=True,
    total=True,
    without_value=_no_value,
)
def read_variable_op(xp, resource, *, dtype: DType):
    """The value at the time when this op runs."""
    return resource


@read_variable_op.gradient
def read_variable_gradient(op, dy):
    return dy


def _written(ctx: shapes.ShapeContext) -> list:
    """The value must have the variable's type and shape."""
    check_dtype(ctx, ctx.attrs["dtype"])
    shapes.merge(value_sizes(ctx.inputs[0]), ctx.shape(1))
    return []


_WRITES: dict[str, Any] = {"shape": _written, "writes": ("resource",)}


@op(
    "AssignVariableOp",
    "resource: resource, value: dtype ->",
    overwrites=True,
    reshapes=True,
    **_WRITES,
)
def assign_variable_op(xp, resource, value):
    """variable <- value, which a run may give another shape"""
    return value


@op("AssignAddVariableOp", "resource: resource, value: dtype ->", **_WRITES)
def assign_add_variable_op(xp, resource, value):
    """variable <- variable + value"""
    _check_same_shape(resource, value)
    return xp.add(resource, value)


@op("AssignSubVariableOp", "resource: resource, value: dtype ->", **_WRITES)
def assign_sub_variable_op(xp, resource, value):
    """variable <- variable - value"""
    _check_same_shape(resource, value)
    return xp.subtract(resource, value)


def _check_same_shape(variable: Any, value: Any) -> None:
    if variable.shape != value.shape:
        sizes = shapes.format_sizes(variable.shape), shapes.format_sizes(value.shape)
        refuse(
            f"Cannot update variable with shape {sizes[0]} using a Tensor with shape {sizes[1]}, "
            "shapes must be equal."
        )


@op(
    "ResourceCountUpTo",
    "resource: resource -> output: T",
    shape=lambda ctx: shapes.with_rank(value_sizes(ctx.inputs[0]), 0),
    types={"T": INDEX},
    writes=("resource",),
    host=True,
)
def resource_count_up_to_op(xp, resource, *, limit: int, T: DType):
    """variable: T[] -> its value before it is raised by one; OutOfRangeError once it is `limit`."""
    return count_up_to_op.fn(xp, resource, limit=limit)


@op(
    "VarIsInitializedOp",
    "resource: resource -> is_initialized: bool",
    shape=shapes.scalar,
    host=True,
    stateful=True,
    asks_state=True,
)
def var_is_initialized_op(xp, resource):
    """bool[], whether the variable has a value; `resource` is None when it has not."""
    return xp.asarray(resource is not None)


@op(
    "DestroyResourceOp",
    "resource: resource ->",
    shape=lambda ctx: [],
    host=True,
    writes=("resource",),
    overwrites=True,
    reshapes=True,
    asks_state=True,
)
def destroy_resource_op(xp, resource, *, ignore_lookup_error: bool = True):
    """The variable has no value any more."""
    if resource is None and not ignore_lookup_error:
        raise NotFoundError(None, None, "Resource does not exist.\n  It has no value to destroy.")


def _shape_of(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = value_sizes(ctx.inputs[0])
    return (None,) if sizes is None else (len(sizes),)


@op(
    "VariableShape",
    "input: resource -> output: out_type",
    shape=_shape_of,
    types={"out_type": INDEX},
    of_shape=True,
    reads=True,
)
def variable_shape_op(xp, variable, *, out_type: DType = dtypes.int32):
    """variable: n[s0, ..., sk] -> out_type[k + 1], its shape in the run"""
    return np.array(variable.shape, dtype=out_type.stored_as)


def variable_shape(handle: Tensor, out_type: DType = dtypes.int32) -> Tensor:
    """The shape of the variable behind `handle`: a constant, where its maker knew it."""
    data = getattr(handle, "_handle_data", None)
    if data is None or not data.shape.is_fully_defined():
        return variable_shape_op(handle, out_type=out_type)
    return constant(data.shape.as_list(), dtype=out_type)


def _gathered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """variable: [n, rows...], indices: [i...] -> [i..., rows...]"""
    check_dtype(ctx, ctx.attrs["dtype"])
    params = shapes.with_rank_at_least(value_sizes(ctx.inputs[0]), 1)
    indices, batch_dims = ctx.shape(1), ctx.attrs["batch_dims"]
    if params is None or indices is None:
        return None
    return params[:batch_dims] + indices[batch_dims:] + params[batch_dims + 1 :]


@op(
    "ResourceGather",
    "resource: resource, indices: Tindices -> output: dtype",
    shape=_gathered,
    types={"Tindices": INDEX},
    reads=True,
)
def resource_gather_op(
    xp, resource, indices, *, dtype: DType, batch_dims: int = 0, validate_indices: bool = True
):
    """variable: n[B..., s, R...], indices: i[B..., I...] -> n[B..., I..., R...], read at once"""
    return gather_v2_op.fn(xp, resource, indices, np.int32(batch_dims), batch_dims=batch_dims)


@resource_gather_op.gradient
def resource_gather_gradient(op, dy):
    handle, indices = op.inputs
    sizes = variable_shape(handle)
    count = expand_dims(size(indices), 0)
    values = reshape(dy, concat([count, sizes[1:]], 0))
    return IndexedSlices(values, reshape(indices, count), sizes), None


def _gathered_nd(ctx: shapes.ShapeContext) -> shapes.Sizes:
    check_dtype(ctx, ctx.attrs["dtype"])
    return picked(OfVariables(ctx))


@op(
    "ResourceGatherNd",
    "resource: resource, indices: Tindices -> output: dtype",
    shape=_gathered_nd,
    types={"Tindices": INDEX},
    reads=True,
)
def resource_gather_nd_op(xp, resource, indices, *, dtype: DType):
    """variable: n[*s, *r], indices: i[..., len(s)] -> n[..., *r], read at once"""
    return gather_nd_op.fn(xp, resource, indices)


@resource_gather_nd_op.gradient
def resource_gather_nd_gradient(op, dy):
    handle, indices = op.inputs
    sizes = variable_shape_op(handle, out_type=indices.dtype.base_dtype)
    if indices.shape.ndims == 2 and dimension_value(indices.shape[-1]) == 1:
        return IndexedSlices(dy, squeeze(indices, axis=-1), sizes), None
    return scatter_nd(indices, dy, sizes), None


for _op in (var_is_initialized_op, variable_shape_op):
    _op.not_differentiable()
