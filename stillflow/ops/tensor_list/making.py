"""Operations that make lists."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.declare.tensor_list import TensorList, describe, shape_given, type_of
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape
from stillflow.ops.tensor_list.knowing import shape_said

INDEX = {"shape_type": (dtypes.int32, dtypes.int64)}


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


@op(
    "EmptyTensorList",
    "element_shape: shape_type, max_num_elements: int32 -> handle: variant",
    shape=shapes.scalar,
    types=INDEX,
    host=True,
)
def empty_tensor_list_op(xp, element_shape, max_num_elements, *, element_dtype: DType):
    """element_shape: i[k] or -1, max_num_elements: i32[], -1 for any -> variant[]"""
    if max_num_elements.ndim:
        refuse(
            "max_num_elements expected to be a scalar but got shape: "
            f"{format_sizes(max_num_elements.shape)}"
        )
    return TensorList((), shape_given(element_shape), element_dtype, int(max_num_elements))


@op(
    "TensorListReserve",
    "element_shape: shape_type, num_elements: int32 -> handle: variant",
    shape=shapes.scalar,
    types=INDEX,
    host=True,
)
def tensor_list_reserve_op(xp, element_shape, num_elements, *, element_dtype: DType):
    """element_shape: i[k] or -1, num_elements: i32[] -> variant[], none of them set"""
    return TensorList((None,) * int(num_elements), shape_given(element_shape), element_dtype)


def _from_tensor(ctx: ShapeContext) -> Sizes:
    """tensor: [n, rows...], element_shape -> []"""
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.merge(None if sizes is None else sizes[1:], shape_said(ctx, 1))
    return ()


@op(
    "TensorListFromTensor",
    "tensor: element_dtype, element_shape: shape_type -> output_handle: variant",
    shape=_from_tensor,
    types=INDEX,
    host=True,
)
def tensor_list_from_tensor_op(xp, tensor, element_shape):
    """tensor: any[n, ...], element_shape: i[k] or -1 -> variant[], its n rows"""
    sizes = shape_given(element_shape)
    check_rows(tensor, sizes)
    return TensorList(rows_of(tensor), sizes, type_of(tensor))


def check_vector(tensor: Any) -> None:
    """InvalidArgumentError for what has no rows."""
    if not tensor.ndim:
        refuse("Tensor must be at least a vector, but saw shape: []")


def check_rows(tensor: Any, sizes: Sizes) -> None:
    """InvalidArgumentError where the rows of a tensor are no elements of this shape."""
    check_vector(tensor)
    if not shapes.fits(tensor.shape[1:], sizes):
        refuse(
            f"Specified a list with shape {describe(sizes)} from a tensor with shape "
            f"{format_sizes(tensor.shape[1:])}"
        )


def rows_of(tensor: Any) -> list[Any]:
    """The rows, each an array."""
    return [tensor[index, ...] for index in range(tensor.shape[0])]


def _split(ctx: ShapeContext) -> Sizes:
    """tensor: [n, rows...], element_shape, lengths: [k] -> []"""
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(2), 1)
    shapes.merge(None if sizes is None else (None, *sizes[1:]), shape_said(ctx, 1))
    return ()


@op(
    "TensorListSplit",
    "tensor: element_dtype, element_shape: shape_type, lengths: int64 -> output_handle: variant",
    shape=_split,
    types=INDEX,
    host=True,
)
def tensor_list_split_op(xp, tensor, element_shape, lengths):
    """tensor: any[n, ...], lengths: i64[k], of sum n -> variant[], any[lengths[i], ...] each"""
    sizes = shape_given(element_shape)
    if sizes == ():
        refuse("TensorListSplit requires element_shape to be at least of rank 1, but saw: []")
    check_vector(tensor)
    if not shapes.fits(tensor.shape[1:], None if sizes is None else sizes[1:]):
        refuse(
            f"tensor shape {format_sizes(tensor.shape)} is not compatible with element_shape "
            f"{describe(sizes)}"
        )
    if lengths.ndim != 1:
        refuse(f"Expected lengths to be a vector, received shape: {format_sizes(lengths.shape)}")
    return TensorList(_pieces(tensor, lengths.tolist()), sizes, type_of(tensor))


def _pieces(tensor: Any, lengths: list[int]) -> list[Any]:
    pieces, end, size = [], 0, tensor.shape[0]
    for length in lengths:
        start, end = end, end + length
        if length < 0:
            refuse(f"Invalid value in lengths: {length}")
        if end > size:
            refuse(f"Attempting to slice [{start}, {end}] from tensor with length {size}")
        pieces.append(tensor[start:end])
    if end != size:
        refuse(f"Unused values in tensor. Length of tensor: {size} Values used: {end}")
    return pieces


@op(
    "TensorListScatter",
    "tensor: element_dtype, indices: int32, element_shape: shape_type -> output_handle: variant",
    shape=shapes.scalar,
    types=INDEX,
    host=True,
)
def tensor_list_scatter_op(xp, tensor, indices, element_shape):
    """tensor: any[n, ...], indices: i32[n] -> variant[], of max(indices) + 1 elements"""
    return _scattered(tensor, indices, element_shape, -1)


@op(
    "TensorListScatterV2",
    "tensor: element_dtype, indices: int32, element_shape: shape_type, num_elements: int32 "
    "-> output_handle: variant",
    shape=shapes.scalar,
    types=INDEX,
    host=True,
)
def tensor_list_scatter_v2_op(xp, tensor, indices, element_shape, num_elements):
    """tensor: any[n, ...], indices: i32[n] -> variant[], of num_elements unless that is -1"""
    return _scattered(tensor, indices, element_shape, int(num_elements))


def _scattered(tensor: Any, indices: Any, element_shape: Any, num_elements: int) -> TensorList:
    sizes = shape_given(element_shape)
    if num_elements < -1:
        refuse(f"TensorListScatter expects num_elements >= -1, found: {num_elements}")
    check_rows(tensor, sizes)
    places = indices.ravel().tolist()
    if len(places) != tensor.shape[0]:
        refuse(
            f"Invalid number of rows in input tensor. Expected: {len(places)} "
            f"Actual: {tensor.shape[0]}"
        )
    for place in places:
        if place < 0:
            refuse("Indices in TensorListScatter must all be non-negative.")
        if num_elements != -1 and place >= num_elements:
            refuse(
                f"TensorListScatter: Trying to scatter at index {place} in list with size "
                f"{num_elements}"
            )
    elements = [None] * max(max(places, default=-1) + 1, num_elements)
    return TensorList(with_rows(elements, places, tensor), sizes, type_of(tensor))


def with_rows(elements: list[Any], places: list[int], tensor: Any) -> list[Any]:
    """The elements, with the rows of a tensor at these places."""
    for place, row in zip(places, rows_of(tensor), strict=True):
        elements[place] = row
    return elements
