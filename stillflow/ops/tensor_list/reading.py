"""Operations that read lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.tensor_list import (
    TensorList,
    describe,
    is_known,
    list_of,
    list_of_type,
    merge,
    shape_given,
    zeros_of,
)
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.tensor_list.changing import EXPECTED, check_index
from stillflow.ops.tensor_list.knowing import element_sizes, known_of
from stillflow.ops.tensor_list.making import INDEX

_READ = (
    "Trying to read from list with wrong element dtype. List has type {list} but expected type {op}"
)


@op("TensorListLength", "input_handle: variant -> length: int32", shape=shapes.scalar, host=True)
def tensor_list_length(xp, handle):
    """list: variant[] -> i32[]"""
    return np.asarray(len(list_of(handle)), np.int32)


def _shape_of_shape(ctx: ShapeContext) -> Sizes:
    known = known_of(ctx.inputs[0])
    return (None,) if known is None or known.sizes is None else (len(known.sizes),)


@op(
    "TensorListElementShape",
    "input_handle: variant -> element_shape: shape_type",
    shape=_shape_of_shape,
    types=INDEX,
    host=True,
)
def tensor_list_element_shape(xp, handle, *, shape_type: DType):
    """list: variant[] -> shape_type[k], -1 for what is not known; -1 alone where nothing is"""
    sizes = list_of(handle).element_shape
    numbers = -1 if sizes is None else [-1 if size is None else size for size in sizes]
    return np.asarray(numbers, shape_type.stored_as)


@op(
    "TensorListGetItem",
    "input_handle: variant, index: int32, element_shape: int32 -> item: element_dtype",
    shape=lambda ctx: element_sizes(ctx, EXPECTED, 2),
    host=True,
)
def tensor_list_get_item_op(xp, handle, index, element_shape, *, element_dtype: DType):
    """list: variant[], index: i32[], element_shape: i32[k] or -1 -> element_dtype[...]"""
    tensors, place = list_of_type(handle, element_dtype), int(index)
    check_index(place, len(tensors), "access")
    item = tensors.elements[place]
    if item is not None:
        return item
    sizes = merge(shape_given(element_shape), tensors.element_shape)
    if not is_known(sizes):
        sizes = _merged_with(sizes, tensors.elements)
    if not is_known(sizes):
        refuse(
            "Trying to read an uninitialized tensor but element_shape is not fully defined: "
            f"{describe(sizes)} and no list element is set."
        )
    return zeros_of(xp, sizes, element_dtype)


def _merged_with(sizes: Sizes, elements: Iterable[Any]) -> Sizes:
    """The shape that they all have."""
    for element in elements:
        if element is not None:
            sizes = merge(sizes, element.shape)
    return sizes


def _gathered(ctx: ShapeContext) -> Sizes:
    """list: [], indices: [n], element_shape -> [n, element...]"""
    sizes, indices = element_sizes(ctx, EXPECTED, 2), ctx.shape(1)
    return None if sizes is None or indices is None else (*indices, *sizes)


@op(
    "TensorListGather",
    "input_handle: variant, indices: int32, element_shape: int32 -> values: element_dtype",
    shape=_gathered,
    host=True,
)
def tensor_list_gather_op(xp, handle, indices, element_shape, *, element_dtype: DType):
    """list: variant[], indices: i32[n], element_shape: i32[k] or -1 -> element_dtype[n, ...]"""
    tensors = list_of_type(handle, element_dtype)
    sizes = merge(shape_given(element_shape), tensors.element_shape)
    if not is_known(sizes) and not indices.size:
        refuse(
            "Tried to gather 0-elements from a list with non-fully-defined shape: "
            f"{describe(sizes)}"
        )
    places = indices.ravel().tolist()
    for place in places:
        if not 0 <= place < len(tensors):
            refuse(f"Index {place} out o range; list only has {len(tensors)} elements.")
    chosen = [tensors.elements[place] for place in places]
    return _stacked(
        xp,
        tensors,
        chosen,
        sizes,
        "Tried to gather uninitialized tensors from a list with non-fully-defined element_shape: ",
    )


def _stacked(xp: Any, tensors: TensorList, elements: list[Any], sizes: Sizes, unknown: str) -> Any:
    """The elements in one array, zeros for those that are not set."""
    if not is_known(tensors.element_shape):
        sizes = _merged_with(sizes, elements)
    if not is_known(sizes):
        refuse(f"{unknown}{describe(sizes)}")
    zeros = zeros_of(xp, sizes, tensors.element_dtype)
    if tensors.element_dtype is dtypes.variant:
        stacked: Any = np.empty((len(elements), *sizes), object)  # type: ignore[misc]
        for index, element in enumerate(elements):
            stacked[index] = zeros if element is None else element
        return stacked
    if not elements:
        return zeros_of(xp, (0, *sizes), tensors.element_dtype)  # type: ignore[misc]
    return xp.stack([zeros if element is None else element for element in elements])


def _of_all(ctx: ShapeContext) -> Sizes:
    """list: [], element_shape -> [num_elements, element...]"""
    count, sizes = ctx.attrs["num_elements"], element_sizes(ctx, _READ, 1)
    return None if sizes is None else (None if count == -1 else count, *sizes)


@op(
    "TensorListStack",
    "input_handle: variant, element_shape: int32 -> tensor: element_dtype",
    shape=_of_all,
    host=True,
)
def tensor_list_stack_op(
    xp, handle, element_shape, *, element_dtype: DType, num_elements: int = -1
):
    """list: variant[], element_shape: i32[k] or -1 -> element_dtype[n, ...]"""
    tensors = list_of_type(handle, element_dtype)
    if num_elements not in (-1, len(tensors)):
        refuse(
            f"Operation expected a list with {num_elements} elements but got a list with "
            f"{len(tensors)} elements."
        )
    sizes = merge(shape_given(element_shape), tensors.element_shape)
    if not is_known(sizes) and not len(tensors):
        refuse(
            "Tried to stack elements of an empty list with non-fully-defined element_shape: "
            f"{describe(sizes)}"
        )
    return _stacked(
        xp,
        tensors,
        list(tensors.elements),
        sizes,
        "Tried to stack list which only contains uninitialized tensors and has a "
        "non-fully-defined element_shape: ",
    )
