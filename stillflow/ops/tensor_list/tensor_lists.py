"""Lists of tensors in Python: the functions of TensorFlow's list_ops."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.control.cond import cond
from stillflow.ops.tensor_list import gradients  # noqa: F401  declares the rules
from stillflow.ops.tensor_list.changing import (
    tensor_list_pop_back_op,
    tensor_list_resize,
    tensor_list_scatter_into_existing_list,
    tensor_list_set_item_op,
)
from stillflow.ops.tensor_list.concatenating import tensor_list_concat_v2_op
from stillflow.ops.tensor_list.making import (
    build_element_shape,
    empty_tensor_list_op,
    tensor_list_from_tensor_op,
    tensor_list_reserve_op,
    tensor_list_scatter_v2_op,
    tensor_list_split_op,
)
from stillflow.ops.tensor_list.reading import (
    tensor_list_gather_op,
    tensor_list_get_item_op,
    tensor_list_length,
    tensor_list_stack_op,
)

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
