"""The gradients of the operations on lists, which are lists of gradients."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, joining, shape_of, slicing
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
    build_element_shape,
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
        dlist = empty_tensor_list_op(
            _element_shape(op.outputs[0]), -1, element_dtype=delement.dtype
        )
    return tensor_list_push_back(dlist, delement), None


@tensor_list_stack_op.gradient
def stack_gradient(op, dtensor):
    return tensor_list_from_tensor_op(dtensor, build_element_shape(dtensor.shape[1:])), None


def _concat_gradient(op, dtensor):
    return tensor_list_split_op(dtensor, _element_shape(op.inputs[0]), op.outputs[1])


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
        dlist = empty_tensor_list_op(_element_shape(op.outputs[0]), -1, element_dtype=tensor.dtype)
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
    own = tensor_list_get_item_op(
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
    reserved = tensor_list_reserve_op(
        shape, tensor_list_length(handle), element_dtype=dtensor.dtype
    )
    return tensor_list_scatter_into_existing_list(reserved, dtensor, indices), None, None


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
    return tensor_list_scatter_into_existing_list(dlist, zeros, indices), dtensor, None
