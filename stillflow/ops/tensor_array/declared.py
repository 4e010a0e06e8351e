"""The ops on arrays of tensors. A handle's value is the array itself, which they change.

The flow, a scalar that is always zero, only orders them: what writes gives it back, and what is to
see that takes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.array_facts import ArrayFacts, numbered
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, unknown_shape
from stillflow.ops.control.nodes import entered
from stillflow.ops.tensor_array import inferring

_ANY_SHAPE = unknown_shape()
_NO_SCALAR = "TensorArray {} must be scalar, but had shape: {}"


# What all of them check -------------------------------------------------------------------------


def _check_value(handle: Any, value: Any) -> None:
    if value.dtype != handle.facts.dtype.stored_as:
        given = dtypes.as_dtype(value.dtype).runtime_name
        refuse(
            f"TensorArray dtype is {handle.facts.dtype.runtime_name} but Op is trying to write "
            f"dtype {given}."
        )


def _check_wanted(handle: Any, dtype: DType) -> None:
    if dtype is not handle.facts.dtype:
        refuse(
            f"TensorArray dtype is {handle.facts.dtype.runtime_name} but Op requested dtype "
            f"{dtype.runtime_name}."
        )


def _check_vector(message: str, value: Any) -> None:
    if value.ndim != 1:
        refuse(f"{message} received shape: {format_sizes(value.shape)}")


# What all gradients do --------------------------------------------------------------------------


def _gradients_of(op: Any, dtype: DType, flow: Tensor, gradient: Tensor) -> Any:
    """The array that adds up the gradients of the one that `op` works on, as it is after `flow`.

    Raises:
      ValueError: `gradient` was not built by tf.gradients under a name that starts with
        "gradients".
      TypeError: the array is one of gradients, in a function.
    """
    from stillflow.ops.tensor_array.tensor_array import TensorArray

    if gradient.graph.building_function and entered(op.inputs[0]).op.type == "TensorArrayGradV3":
        raise TypeError(
            "Second-order gradient for while loops not supported.\n  That of a TensorArray is not: "
            "unroll the loop, or differentiate eagerly."
        )
    array = TensorArray(dtype, handle=op.inputs[0], flow=flow, colocate_with_first_write_call=False)
    return array.grad(gradient_source(gradient), flow=flow)


def gradient_source(gradient: Tensor) -> str:
    """The scope of the call of tf.gradients that built `gradient`: each has sums of its own."""
    scopes = gradient.name.split("/")
    calls = [i for i, scope in enumerate(scopes) if scope.startswith("gradients")]
    if not calls:
        raise ValueError(
            "Expected op/tensor name to start with gradients (excluding scope), got: "
            f"{gradient.name}. This means that a tf.gradients op with this op in its dependency "
            "path has a custom name that does not start with 'gradients'. Please make sure all "
            "calls to tf.gradients that have non-empty 'name' arguments use names that start with "
            "'gradients'."
        )
    return "/".join(scopes[: calls[-1] + 1])


# The ops ----------------------------------------------------------------------------------------


@op(
    "TensorArrayV3",
    "size: int32 -> handle: resource, flow: float32",
    shape=inferring.made,
    static=("size",),
    stateful=True,
)
def tensor_array_v3(
    xp,
    size,
    *,
    dtype: DType,
    element_shape: TensorShape = _ANY_SHAPE,
    dynamic_size: bool = False,
    clear_after_read: bool = True,
    identical_element_shapes: bool = False,
    tensor_array_name: str = "",
):
    """size: i32[] -> an array of so many tensors, none of which is written, and its flow."""
    check_scalars(_NO_SCALAR, size=size)
    if size < 0:
        refuse("Size should be >= 0.")
    facts = ArrayFacts(
        numbered(tensor_array_name or "TensorArray"),
        dtype,
        element_shape.sizes,
        dynamic=dynamic_size,
        clears=clear_after_read,
        identical=identical_element_shapes,
    )
    return xp.new_array(facts, int(size)), np.float32(0)


@op(
    "TensorArrayGradV3",
    "handle: resource, flow_in: float32 -> grad_handle: resource, flow_out: float32",
    shape=inferring.gradient_array,
    stateful=True,
)
def tensor_array_grad_v3(xp, handle, flow_in, *, source: str):
    """The array of the gradients that `source` adds up: the same one whenever it is asked for."""
    return handle.grad(source), flow_in


@op(
    "TensorArrayGradWithShape",
    "handle: resource, flow_in: float32, shape_to_prepend: int32 "
    "-> grad_handle: resource, flow_out: float32",
    shape=inferring.gradient_array,
    static=("shape_to_prepend",),
    stateful=True,
)
def tensor_array_grad_with_shape(xp, handle, flow_in, shape_to_prepend, *, source: str):
    """TensorArrayGradV3 of elements with axes of the sizes `shape_to_prepend` before theirs."""
    return handle.grad(source, tuple(shape_to_prepend.tolist())), flow_in


@op(
    "TensorArrayWriteV3",
    "handle: resource, index: int32, value: T, flow_in: float32 -> flow_out: float32",
    shape=inferring.written,
    stateful=True,
)
def tensor_array_write_v3(xp, handle, index, value, flow_in):
    """index: i32[], value: n[...] -> the flow, after `value` has become the element there."""
    check_scalars(_NO_SCALAR, index=index)
    _check_value(handle, value)
    handle.write(xp, index, value)
    return flow_in


@tensor_array_write_v3.gradient
def tensor_array_write_gradient(op, flow):
    gradients = _gradients_of(op, op.attrs["T"], flow, flow)
    return None, None, gradients.read(op.inputs[1]), flow


@op(
    "TensorArrayReadV3",
    "handle: resource, index: int32, flow_in: float32 -> value: dtype",
    shape=inferring.read,
    stateful=True,
)
def tensor_array_read_v3(xp, handle, index, flow_in, *, dtype: DType):
    """index: i32[] -> n[...], the element there."""
    check_scalars(_NO_SCALAR, index=index)
    _check_wanted(handle, dtype)
    return handle.read(xp, index)


@tensor_array_read_v3.gradient
def tensor_array_read_gradient(op, dy):
    # The array is as long as it ever will be once what the op waited for is done.
    gradients = _gradients_of(op, op.attrs["dtype"], op.inputs[2], dy)
    return None, None, gradients.write(op.inputs[1], dy).flow


@op(
    "TensorArrayGatherV3",
    "handle: resource, indices: int32, flow_in: float32 -> value: dtype",
    shape=inferring.gathered,
    stateful=True,
)
def tensor_array_gather_v3(
    xp, handle, indices, flow_in, *, dtype: DType, element_shape: TensorShape = _ANY_SHAPE
):
    """indices: i32[k] -> n[k, ...], the elements there, which are of one shape."""
    _check_wanted(handle, dtype)
    handle.facts.narrow(element_shape.sizes)
    _check_vector("Expected indices to be a vector, but", indices)
    if not indices.size:
        shape = handle.facts.shape_of_none(element_shape.sizes, "packing", "element shape")
        return xp.zeros((0, *shape), dtype.stored_as)
    return handle.gather(xp, indices, element_shape.sizes)


@tensor_array_gather_v3.gradient
def tensor_array_gather_gradient(op, dy):
    gradients = _gradients_of(op, op.attrs["dtype"], op.inputs[2], dy)
    return None, None, gradients.scatter(op.inputs[1], dy).flow


@op(
    "TensorArrayScatterV3",
    "handle: resource, indices: int32, value: T, flow_in: float32 -> flow_out: float32",
    shape=inferring.scattered,
    stateful=True,
)
def tensor_array_scatter_v3(xp, handle, indices, value, flow_in):
    """indices: i32[k], value: n[k, ...] -> the flow, after the rows are the elements there."""
    _check_value(handle, value)
    _check_vector("Expected indices to be a vector, but", indices)
    if not value.ndim:
        refuse("Input value for unpack must be at least a vector but received shape: []")
    if len(indices) != len(value):
        refuse(
            f"Expected len(indices) == values.shape[0], but saw: {len(indices)} vs. {len(value)}"
        )
    handle.scatter(xp, indices, value)
    return flow_in


@tensor_array_scatter_v3.gradient
def tensor_array_scatter_gradient(op, flow):
    gradients = _gradients_of(op, op.attrs["T"], flow, flow)
    return None, None, gradients.gather(op.inputs[1]), flow


@op(
    "TensorArrayConcatV3",
    "handle: resource, flow_in: float32 -> value: dtype, lengths: int64",
    shape=inferring.concatenated,
    stateful=True,
)
def tensor_array_concat_v3(
    xp, handle, flow_in, *, dtype: DType, element_shape_except0: TensorShape = _ANY_SHAPE
):
    """The elements, n[k, ...] each, along axis 0, and their lengths, i64[size]."""
    _check_wanted(handle, dtype)
    sizes = element_shape_except0.sizes
    if not handle.facts.joined(int(handle.size(xp))):
        shape = handle.facts.shape_of_none(sizes, "concatenating", "element_shape_except0")
        return xp.zeros((0, *shape), dtype.stored_as), np.zeros(0, np.int64)
    return handle.concat(xp, sizes)


@tensor_array_concat_v3.gradient
def tensor_array_concat_gradient(op, dy, of_lengths):
    gradients = _gradients_of(op, op.attrs["dtype"], op.inputs[1], dy)
    return None, gradients.split(dy, op.outputs[1]).flow


@op(
    "TensorArraySplitV3",
    "handle: resource, value: T, lengths: int64, flow_in: float32 -> flow_out: float32",
    shape=inferring.split,
    static=("lengths",),
    stateful=True,
)
def tensor_array_split_v3(xp, handle, value, lengths, flow_in):
    """value: n[k, ...], lengths: i64[size] -> the flow, after so many rows each are elements."""
    _check_value(handle, value)
    _check_vector("Expected lengths to be a vector,", lengths)
    if not value.ndim:
        refuse("Expected value to be at least a vector, but received shape: []")
    if lengths.sum() != len(value):
        refuse(
            "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
            f"{lengths.sum()} and value's shape is: {format_sizes(value.shape)}"
        )
    size = int(handle.size(xp))
    if size != len(lengths) and not (handle.facts.dynamic and size < len(lengths)):
        refuse(
            f"TensorArray's size is not equal to the size of lengths ({size} vs. {len(lengths)}), "
            "and the TensorArray is not marked as dynamically resizeable"
        )
    handle.split(xp, value, lengths)
    return flow_in


@tensor_array_split_v3.gradient
def tensor_array_split_gradient(op, flow):
    gradients = _gradients_of(op, op.attrs["T"], flow, flow)
    return None, gradients.concat(), None, flow


@op(
    "TensorArraySizeV3",
    "handle: resource, flow_in: float32 -> size: int32",
    shape=inferring.size,
    of_shape=True,  # no element's value decides it
    stateful=True,
)
def tensor_array_size_v3(xp, handle, flow_in):
    """How many elements the array has, i32[]."""
    return handle.size(xp)


@op("TensorArrayCloseV3", "handle: resource ->", shape=inferring.closed, stateful=True)
def tensor_array_close_v3(xp, handle):
    """Gives up the array's elements."""
    handle.close(xp)
    return ()


for _defn in (
    *(tensor_array_v3, tensor_array_grad_v3, tensor_array_grad_with_shape),
    *(tensor_array_size_v3, tensor_array_close_v3),
):
    _defn.not_differentiable()
