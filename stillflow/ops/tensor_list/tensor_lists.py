"""Lists of tensors in Python: the functions of TensorFlow's list_ops, and gradients of the ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape
from stillflow.ops.array import filling, joining, shape_of, slicing
from stillflow.ops.control.cond import cond
from stillflow.ops.tensor_list.changing import (
    tensor_list_concat_lists,
    tensor_list_pop_back_op,
    tensor_list_push_back,
    tensor_list_push_back_batch,
    tensor_list_resize,
    tensor_list_scatter_into_existing_list,
    tensor_list_set_item_op,
)
from stillflow.ops.tensor_list.concatenating import (
    tensor_list_concat_op,
    tensor_list_concat_v2_op,
)
from stillflow.ops.tensor_list.making import (
    empty_tensor_list_op,
    tensor_list_from_tensor_op,
    tensor_list_reserve_op,
    tensor_list_scatter_op,
    tensor_list_scatter_v2_op,
    tensor_list_split_op,
)
from stillflow.ops.tensor_list.reading import (
    tensor_list_element_shape,
    tensor_list_gather_op,
    tensor_list_get_item_op,
    tensor_list_length,
    tensor_list_stack_op,
)


def build_element_shape(shape: Any) -> Any:
    """What the ops take as the shape of elements: -1 for any, and for a size that is open."""
    if isinstance(shape, Tensor):
        return shape
    if isinstance(shape, TensorShape):
        shape = shape.as_list() if shape else None
    if shape is None:
        return -1
    if not shape:
        return convert_to_tensor(shape, dtype=dtypes.int32)
    return [_size(size) for size in shape]


def _size(size: Any) -> Any:
    value = size.value if isinstance(size, Dimension) else size
    return -1 if value is None else value


# Lists from nothing, and from tensors -----------------------------------------------------------


def empty_tensor_list(
    element_shape: Any, element_dtype: Any, max_num_elements: Any = None, name: str | None = None
) -> Tensor:
    """Returns an empty list of tensors, variant[], of at most `max_num_elements`."""
    return empty_tensor_list_op(
        element_shape=build_element_shape(element_shape),
        element_dtype=element_dtype,
        max_num_elements=-1 if max_num_elements is None else max_num_elements,
        name=name,
    )


def tensor_list_reserve(
    element_shape: Any, num_elements: Any, element_dtype: Any, name: str | None = None
) -> Tensor:
    """Returns a list of `num_elements` tensors, variant[], of which none is set yet."""
    return tensor_list_reserve_op(
        element_shape=build_element_shape(element_shape),
        num_elements=num_elements,
        element_dtype=element_dtype,
        name=name,
    )


def tensor_list_from_tensor(tensor: Any, element_shape: Any, name: str | None = None) -> Tensor:
    """Returns a list, variant[], of the rows of any[n, ...]."""
    return tensor_list_from_tensor_op(
        tensor=tensor, element_shape=build_element_shape(element_shape), name=name
    )


def tensor_list_split(
    tensor: Any, element_shape: Any, lengths: Any, name: str | None = None
) -> Tensor:
    """Returns a list, variant[], of `lengths[i]` rows of any[n, ...] each."""
    return tensor_list_split_op(
        tensor=tensor,
        element_shape=build_element_shape(element_shape),
        lengths=lengths,
        name=name,
    )


def tensor_list_scatter(
    tensor: Any,
    indices: Any,
    element_shape: Any = None,
    input_handle: Tensor | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns a list, variant[], with row i at indices[i]: of `input_handle`, or new."""
    if input_handle is not None:
        return tensor_list_scatter_into_existing_list(
            input_handle=input_handle, tensor=tensor, indices=indices, name=name
        )
    return tensor_list_scatter_v2_op(
        tensor=tensor,
        indices=indices,
        element_shape=build_element_shape(element_shape),
        num_elements=-1,
        name=name,
    )


# Elements ---------------------------------------------------------------------------------------


def tensor_list_get_item(
    input_handle: Tensor,
    index: Any,
    element_dtype: Any,
    element_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns element `index`, element_dtype[...]; zeros where it is not set."""
    return tensor_list_get_item_op(
        input_handle=input_handle,
        index=index,
        element_shape=build_element_shape(element_shape),
        element_dtype=element_dtype,
        name=name,
    )


def tensor_list_set_item(
    input_handle: Tensor,
    index: Any,
    item: Any,
    resize_if_index_out_of_bounds: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the list, variant[], with `item` at `index`, grown for it if that is allowed."""
    if resize_if_index_out_of_bounds:
        count, given = tensor_list_length(input_handle), input_handle
        input_handle = cond(
            index >= count, lambda: tensor_list_resize(given, index + 1), lambda: given
        )
    return tensor_list_set_item_op(input_handle=input_handle, index=index, item=item, name=name)


def tensor_list_pop_back(input_handle: Tensor, element_dtype: Any, name: str | None = None) -> Any:
    """Returns the list without its last element, variant[], and that, element_dtype[...]."""
    return tensor_list_pop_back_op(
        input_handle=input_handle, element_shape=-1, element_dtype=element_dtype, name=name
    )


def tensor_list_gather(
    input_handle: Tensor,
    indices: Any,
    element_dtype: Any,
    element_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns the elements at indices, i32[n]: element_dtype[n, ...]."""
    return tensor_list_gather_op(
        input_handle=input_handle,
        indices=indices,
        element_shape=build_element_shape(element_shape),
        element_dtype=element_dtype,
        name=name,
    )


# Whole lists ------------------------------------------------------------------------------------


def tensor_list_stack(
    input_handle: Tensor,
    element_dtype: Any,
    num_elements: int = -1,
    element_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns all elements, element_dtype[n, ...], which are of one shape."""
    return tensor_list_stack_op(
        input_handle=input_handle,
        element_shape=build_element_shape(element_shape),
        element_dtype=element_dtype,
        num_elements=num_elements,
        name=name,
    )


def tensor_list_concat(
    input_handle: Tensor, element_dtype: Any, element_shape: Any = None, name: str | None = None
) -> Tensor:
    """Returns the elements' rows, one element's behind the other's."""
    return tensor_list_concat_v2_op(
        input_handle=input_handle,
        element_dtype=element_dtype,
        element_shape=build_element_shape(element_shape),
        leading_dims=convert_to_tensor([], dtype=dtypes.int64),
        name=name,
    )[0]


# Gradients --------------------------------------------------------------------------------------

for _defn in (
    tensor_list_concat_lists,
    tensor_list_element_shape,
    tensor_list_length,
    tensor_list_push_back_batch,
):
    _defn.not_differentiable()


def _element_shape(handle: Tensor) -> Tensor:
    return tensor_list_element_shape(handle, shape_type=dtypes.int32)


def _shape_of_rows(tensor: Tensor) -> Tensor:
    return slicing.slice_(shape_of.shape(tensor), [1], [-1])


@tensor_list_push_back.gradient
def push_back_gradient(op, dlist):
    return tensor_list_pop_back_op(
        dlist,
        element_shape=shape_of.shape(op.inputs[1]),
        element_dtype=op.attrs["element_dtype"],
    )


@tensor_list_pop_back_op.gradient
def pop_back_gradient(op, dlist, delement):
    if dlist is None:
        dlist = empty_tensor_list(_element_shape(op.outputs[0]), delement.dtype)
    return tensor_list_push_back(dlist, delement), None


@tensor_list_stack_op.gradient
def stack_gradient(op, dtensor):
    return tensor_list_from_tensor(dtensor, element_shape=dtensor.shape[1:]), None


def _concat_gradient(op, dtensor):
    return tensor_list_split(dtensor, _element_shape(op.inputs[0]), op.outputs[1])


@tensor_list_concat_op.gradient
def concat_gradient(op, dtensor, dlengths):
    return _concat_gradient(op, dtensor)


@tensor_list_concat_v2_op.gradient
def concat_v2_gradient(op, dtensor, dlengths):
    return _concat_gradient(op, dtensor), None, None


@tensor_list_split_op.gradient
def split_gradient(op, dlist):
    tensor, _, lengths = op.inputs
    rows = tensor_list_concat_v2_op(
        dlist,
        element_shape=joining.concat([[-1], _shape_of_rows(tensor)], axis=0),
        leading_dims=lengths,
        element_dtype=tensor.dtype,
    )
    return rows[0], None, None


@tensor_list_from_tensor_op.gradient
def from_tensor_gradient(op, dlist):
    tensor = op.inputs[0]
    if dlist is None:
        dlist = empty_tensor_list(_element_shape(op.outputs[0]), tensor.dtype)
    sizes: Sequence[int | None] = tensor.shape.sizes or (None,)
    stacked = tensor_list_stack_op(
        dlist,
        element_shape=_shape_of_rows(tensor),
        element_dtype=tensor.dtype,
        num_elements=sizes[0],
    )
    return stacked, None


@tensor_list_get_item_op.gradient
def get_item_gradient(op, ditem):
    count = tensor_list_length(op.inputs[0])
    reserved = tensor_list_reserve_op(
        _element_shape(op.inputs[0]), count, element_dtype=ditem.dtype
    )
    return tensor_list_set_item_op(reserved, index=op.inputs[1], item=ditem), None, None


@tensor_list_set_item_op.gradient
def set_item_gradient(op, dlist):
    _, index, item = op.inputs
    others = tensor_list_set_item_op(dlist, index=index, item=filling.zeros_like(item))
    own = tensor_list_get_item(
        dlist, index, element_shape=shape_of.shape(item), element_dtype=item.dtype
    )
    return others, None, own


@tensor_list_resize.gradient
def resize_gradient(op, dlist):
    return tensor_list_resize(dlist, tensor_list_length(op.inputs[0])), None


@tensor_list_gather_op.gradient
def gather_gradient(op, dtensor):
    handle, indices, _ = op.inputs
    shape = _element_shape(handle)
    reserved = tensor_list_reserve(shape, tensor_list_length(handle), dtensor.dtype)
    return tensor_list_scatter(dtensor, indices, input_handle=reserved), None, None


def _rows_back(dlist: Tensor, tensor: Tensor, indices: Tensor) -> Tensor:
    """The gradient of the rows that were scattered."""
    return tensor_list_gather_op(
        dlist, indices, element_shape=_shape_of_rows(tensor), element_dtype=tensor.dtype
    )


@tensor_list_scatter_op.gradient
def scatter_gradient(op, dlist):
    return _rows_back(dlist, op.inputs[0], op.inputs[1]), None, None


@tensor_list_scatter_v2_op.gradient
def scatter_v2_gradient(op, dlist):
    return _rows_back(dlist, op.inputs[0], op.inputs[1]), None, None, None


@tensor_list_scatter_into_existing_list.gradient
def scatter_into_existing_list_gradient(op, dlist):
    _, tensor, indices = op.inputs
    dtensor = _rows_back(dlist, tensor, indices)
    zeros = filling.zeros_like(tensor)
    return tensor_list_scatter(zeros, indices, indices, input_handle=dlist), dtensor, None
