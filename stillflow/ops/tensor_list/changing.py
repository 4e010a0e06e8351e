"""Operations that make a list of another: they leave that as it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.tensor_list import (
    TensorList,
    describe,
    has_shape,
    list_of,
    list_of_type,
    merge,
    shape_given,
    type_of,
    zeros_of,
)
from stillflow.declare.tensor_list import is_known as is_shape_known
from stillflow.graph.dtypes import DType
from stillflow.ops.tensor_list.knowing import element_sizes, known_of
from stillflow.ops.tensor_list.making import check_vector, rows_of, with_rows

_PUSHED = (
    "Trying to push to list with wrong element dtype. List has type {list} but trying to push "
    "element with type {op}"
)
_POPPED = (
    "Trying to read from list with wrong element dtype. List has type {list} but trying to push "
    "element with type {op}"
)
EXPECTED = "Expected list with element dtype {op} but got list with element dtype {list}"


def _pushed(ctx: ShapeContext) -> Sizes:
    """list: [], tensor: element_dtype[...] -> []"""
    element_sizes(ctx, _PUSHED)
    return ()


@op(
    "TensorListPushBack",
    "input_handle: variant, tensor: element_dtype -> output_handle: variant",
    shape=_pushed,
    host=True,
)
def tensor_list_push_back(xp, handle, tensor):
    """list: variant[], tensor: any[...] -> variant[], with one element more"""
    tensors = list_of(handle)
    if not has_shape(tensor, tensors.element_shape):
        refuse(
            "Tried to append a tensor with incompatible shape to a list. Op element shape: "
            f"{format_sizes(tensor.shape)} list shape: {describe(tensors.element_shape)}"
        )
    _check_type(tensors, tensor)
    most = tensors.max_num_elements
    if most != -1 and len(tensors) >= most:
        refuse(
            f"Tried to push item into a full list list size: {len(tensors)} "
            f"max_num_elements: {most}"
        )
    return tensors.of((*tensors.elements, tensor))


def _is_of_type(tensors: TensorList, value: Any) -> bool:
    own, given = tensors.element_dtype, type_of(value)
    return given is own or given.stored_as == own.stored_as


def _check_type(tensors: TensorList, value: Any, before: str = "Invalid data types") -> None:
    if not _is_of_type(tensors, value):
        refuse(
            f"{before}; op elements {type_of(value).runtime_name} but list elements "
            f"{tensors.element_dtype.runtime_name}"
        )


def _pushed_rows(ctx: ShapeContext) -> Sizes:
    """lists: [n], tensor: element_dtype[n, ...] -> [n]"""
    lists = shapes.with_rank(ctx.shape(0), 1)
    tensor = shapes.with_rank_at_least(ctx.shape(1), 1)
    element_sizes(ctx, _PUSHED)
    return lists if tensor is None else shapes.merge(lists, tensor[:1])


@op(
    "TensorListPushBackBatch",
    "input_handles: variant, tensor: element_dtype -> output_handles: variant",
    shape=_pushed_rows,
    host=True,
)
def tensor_list_push_back_batch(xp, handles, tensor):
    """lists: variant[n], tensor: any[n, ...] -> variant[n], each with a row of it more"""
    if not tensor.ndim:
        refuse("Expected tensor to be at least a vector, but saw shape: []")
    if len(handles.shape) != 1:
        refuse(
            f"Expected input_handles to be a vector, but saw shape: {format_sizes(handles.shape)}"
        )
    if tensor.shape[0] != handles.shape[0]:
        refuse(
            "Expected tensor.shape[0] == input_handles.size, but saw "
            f"{tensor.shape[0]} vs. {handles.shape[0]}"
        )
    longer = np.empty(handles.shape, object)
    for index, row in enumerate(rows_of(tensor)):
        tensors = handles[index]
        if not isinstance(tensors, TensorList):
            refuse(f"Input handle at index {index} is not a list. Saw: '{tensors}'")
        if not has_shape(row, tensors.element_shape):
            refuse(
                f"Tried to append a tensor with incompatible shape to a list at index {index}. "
                f"Op element shape: {format_sizes(row.shape)} list shape: "
                f"{describe(tensors.element_shape)}"
            )
        _check_type(tensors, row, f"Invalid data type at index {index}")
        longer[index] = tensors.of((*tensors.elements, row))
    return longer


def _popped(ctx: ShapeContext) -> list[Sizes]:
    """list: [], element_shape -> [], the element"""
    return [(), element_sizes(ctx, _POPPED)]


@op(
    "TensorListPopBack",
    "input_handle: variant, element_shape: int32 -> output_handle: variant, tensor: element_dtype",
    shape=_popped,
    host=True,
)
def tensor_list_pop_back_op(xp, handle, element_shape, *, element_dtype: DType):
    """list: variant[], element_shape: i32[k] or -1 -> variant[], element_dtype[...], its last"""
    tensors = list_of_type(handle, element_dtype)
    if not len(tensors):
        refuse("Trying to pop from an empty list.")
    last = tensors.elements[-1]
    if last is None:
        sizes = merge(shape_given(element_shape), tensors.element_shape)
        if not is_shape_known(sizes):
            refuse(
                "Trying to read an uninitialized tensor but element_shape is not fully defined."
                f"{describe(sizes)}"
            )
        last = zeros_of(xp, sizes, element_dtype)
    return tensors.of(tensors.elements[:-1]), last


def _set(ctx: ShapeContext) -> Sizes:
    """list: [], index: [], item: element_dtype[...] -> []"""
    known = known_of(ctx.inputs[0])
    if known is not None:
        shapes.merge(ctx.shape(2), known.sizes)
    return ()


@op(
    "TensorListSetItem",
    "input_handle: variant, index: int32, item: element_dtype -> output_handle: variant",
    shape=_set,
    host=True,
)
def tensor_list_set_item_op(xp, handle, index, item):
    """list: variant[], index: i32[], item: any[...] -> variant[], with the item there"""
    tensors, place = list_of(handle), int(index)
    _check_type(tensors, item)
    check_index(place, len(tensors), "modify")
    if not has_shape(item, tensors.element_shape):
        refuse(
            "Tried to set a tensor with incompatible shape at a list index. Item element shape: "
            f"{format_sizes(item.shape)} list shape: {describe(tensors.element_shape)}"
        )
    elements = list(tensors.elements)
    elements[place] = item
    return tensors.of(elements)


def check_index(place: int, count: int, verb: str) -> None:
    """InvalidArgumentError for what is no place in a list; TensorFlow reads before its first."""
    if not 0 <= place < count:
        refuse(f"Trying to {verb} element {place} in a list with {count} elements.")


def _resized(ctx: ShapeContext) -> Sizes:
    """list: [], size: [] -> []"""
    shapes.with_rank(ctx.shape(1), 0)
    return ()


@op(
    "TensorListResize",
    "input_handle: variant, size: int32 -> output_handle: variant",
    shape=_resized,
    stateful=True,
    host=True,
)
def tensor_list_resize(xp, handle, size):
    """list: variant[], size: i32[] -> variant[], cut, or longer by what is not set"""
    tensors, count = list_of(handle), int(size)
    if count < 0:
        refuse(f"TensorListSlice expects size to be non-negative. Got: {count}")
    return tensors.of((*tensors.elements[:count], *(None,) * (count - len(tensors))))


def _scattered_into(ctx: ShapeContext) -> Sizes:
    """list: [], tensor: [n, ...], indices: [n] -> []"""
    shapes.with_rank_at_least(ctx.shape(1), 1)
    shapes.with_rank(ctx.shape(2), 1)
    element_sizes(ctx, EXPECTED)
    return ()


@op(
    "TensorListScatterIntoExistingList",
    "input_handle: variant, tensor: element_dtype, indices: int32 -> output_handle: variant",
    shape=_scattered_into,
    host=True,
)
def tensor_list_scatter_into_existing_list(xp, handle, tensor, indices):
    """list: variant[], tensor: any[n, ...], indices: i32[n] -> variant[], with the rows there"""
    tensors = list_of(handle)
    if not _is_of_type(tensors, tensor):
        refuse(
            f"Invalid data types; input tensor type: {type_of(tensor).runtime_name} list "
            f"element_type: {tensors.element_dtype.runtime_name}"
        )
    check_vector(tensor)
    if indices.ndim != 1:
        refuse(
            f"Expected indices to be a vector, but received shape: {format_sizes(indices.shape)}"
        )
    places = indices.tolist()
    if len(places) != tensor.shape[0]:
        refuse(
            f"Expected len(indices) == tensor.shape[0], but saw: {len(places)} vs. "
            f"{tensor.shape[0]}"
        )
    if min(places, default=0) < 0:
        refuse("Indices in TensorListScatter must all be non-negative.")
    more = max(places, default=-1) + 1 - len(tensors)
    return tensors.of(with_rows([*tensors.elements, *[None] * more], places, tensor))


def _joined(ctx: ShapeContext) -> Sizes:
    """a, b: [...] -> [...]"""
    sizes = shapes.merge(ctx.shape(0), ctx.shape(1))
    dtype = ctx.attrs["element_dtype"]
    known = [known_of(tensor) for tensor in ctx.inputs]
    for name, own in zip("ab", known, strict=True):
        if own is not None and own.dtype is not dtype:
            raise ShapeError(
                f"input_{name}.type != element_dtype: {own.dtype.runtime_name} vs. "
                f"{dtype.runtime_name}"
            )
    shapes.merge_all(own.sizes for own in known if own is not None)
    return sizes


@op(
    "TensorListConcatLists",
    "input_a: variant, input_b: variant -> output: variant",
    shape=_joined,
    host=True,
)
def tensor_list_concat_lists(xp, a, b, *, element_dtype: DType):
    """a, b: variant[...] -> variant[...], each list of `a` with that of `b` behind it"""
    if a.shape != b.shape:
        refuse(
            f"Incompatible input TensorList tensor shapes: {format_sizes(a.shape)} vs. "
            f"{format_sizes(b.shape)}"
        )
    pairs = zip(_lists_in(a), _lists_in(b), strict=True)
    joined = np.empty(a.shape, object)
    flat = [_one_behind(i, x, y, element_dtype) for i, (x, y) in enumerate(pairs)]
    if a.shape == ():
        return flat[0]
    joined.ravel()[:] = flat
    return joined


def _lists_in(handles: Any) -> list[Any]:
    return list(handles.ravel()) if isinstance(handles, np.ndarray) else [handles]


def _one_behind(index: int, a: Any, b: Any, dtype: DType) -> TensorList:
    for name, tensors in (("a", a), ("b", b)):
        if not isinstance(tensors, TensorList):
            refuse(f"input_{name} is not a TensorList at index {index}.  Saw: '{tensors}'")
        if tensors.element_dtype is not dtype:
            refuse(
                f"input_{name}[{index}].dtype != element_dtype.  Saw: "
                f"{tensors.element_dtype.runtime_name} vs. {dtype.runtime_name}"
            )
    if a.element_shape != b.element_shape:
        refuse(
            "input_a and input_b TensorList element shapes are not identical at index "
            f"{index}.  Saw {describe(a.element_shape)} vs. {describe(b.element_shape)}"
        )
    return a.of((*a.elements, *b.elements))
