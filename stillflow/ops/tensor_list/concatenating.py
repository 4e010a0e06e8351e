"""Operations that give a list's elements one behind the other in one tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.shapes import merge as merge_static
from stillflow.declare.tensor_list import (
    TensorList,
    describe,
    is_known,
    list_of_type,
    merge,
    shape_given,
    zeros_of,
)
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape, unknown_shape
from stillflow.ops.tensor_list.knowing import element_sizes, shape_said
from stillflow.ops.tensor_list.making import INDEX

_READ = (
    "Trying to read from list with wrong element dtype. List has type {list} but expected type {op}"
)
_ANY_SHAPE = unknown_shape()


def _joined_sizes(ctx: ShapeContext, said: Sizes) -> list[Sizes]:
    """list: [] -> [sum of lengths, element[1:]...], [n]"""
    sizes = merge_static(said, element_sizes(ctx, _READ))
    return [None if sizes is None else (None, *sizes[1:]), (None,)]


@op(
    "TensorListConcat",
    "input_handle: variant -> tensor: element_dtype, lengths: int64",
    shape=lambda ctx: _joined_sizes(ctx, ctx.attrs["element_shape"].sizes),
    host=True,
)
def tensor_list_concat_op(
    xp, handle, *, element_dtype: DType, element_shape: TensorShape = _ANY_SHAPE
):
    """list: variant[] -> element_dtype[sum of lengths, ...], i64[n]: how long the elements are"""
    tensors, said = list_of_type(handle, element_dtype), element_shape.sizes
    return _concatenated(xp, tensors, None, None if said is None else said[1:], None)


@op(
    "TensorListConcatV2",
    "input_handle: variant, element_shape: shape_type, leading_dims: int64 "
    "-> tensor: element_dtype, lengths: int64",
    shape=lambda ctx: _joined_sizes(ctx, shape_said(ctx, 1)),
    types=INDEX,
    host=True,
)
def tensor_list_concat_v2_op(xp, handle, element_shape, leading_dims, *, element_dtype: DType):
    """list: variant[], element_shape: i[k] or -1, leading_dims: i64[m], the lengths of those that
    are not set -> element_dtype[sum of lengths, ...], i64[n]: how long the elements are"""
    tensors = list_of_type(handle, element_dtype)
    sizes = merge(shape_given(element_shape), tensors.element_shape)
    if sizes == ():
        refuse("Concat requires elements to be at least vectors, found scalars instead.")
    first, rest = (None, None) if sizes is None else (sizes[0], sizes[1:])
    return _concatenated(xp, tensors, first, rest, leading_dims.ravel().tolist())


def _concatenated(
    xp: Any, tensors: TensorList, first: int | None, rest: Sizes, given: list[int] | None
) -> tuple[Any, Any]:
    if not len(tensors) and not is_known(rest):
        refuse(
            "All except the first dimension must be fully defined when concating an empty tensor "
            f"list. element_shape: {describe(rest)}"
        )
    if not is_known(tensors.element_shape):
        first, rest = _agreed(tensors, first, rest)
    if not is_known(rest):
        refuse(
            "Trying to concat list with only uninitialized tensors but "
            f"element_shape_except_first_dim_ is not fully defined: {describe(rest)}"
        )
    lengths = [
        _length(index, element, first, given) for index, element in enumerate(tensors.elements)
    ]
    parts = [
        zeros_of(xp, (length, *rest), tensors.element_dtype) if element is None else element  # type: ignore[misc]
        for length, element in zip(lengths, tensors.elements, strict=True)
    ]
    none = zeros_of(xp, (0, *rest), tensors.element_dtype)  # type: ignore[misc]
    return xp.concatenate(parts) if parts else none, np.asarray(lengths, np.int64)


def _agreed(tensors: TensorList, first: int | None, rest: Sizes) -> tuple[int | None, Sizes]:
    """The length that all elements have, None for several, and the rest of their shape."""
    lengths = set()
    for index, element in enumerate(tensors.elements):
        if element is None:
            continue
        if not element.shape:
            refuse(f"Concat saw a scalar shape at index {index} but requires at least vectors.")
        rest = merge(rest, element.shape[1:])
        lengths.add(element.shape[0])
        if first not in (None, element.shape[0]):
            refuse(
                "First entry of element_shape input does not match the first dim of list element "
                f"at index: {index} Expected: {first} Actual: {element.shape[0]}"
            )
    return (lengths.pop() if first is None and len(lengths) == 1 else first), rest


def _length(index: int, element: Any, first: int | None, given: list[int] | None) -> int:
    """How long an element is; for one that is not set, as long as is given, or as the others."""
    if element is not None:
        return element.shape[0]
    if first is not None and (given is None or index >= len(given)):
        return first
    if given is None:
        refuse(
            "Concating lists with uninitialized tensors is not supported in this version of "
            "TensorListConcat. Consider updating your GraphDef to run the newer version."
        )
    if index >= len(given):
        refuse(
            f"List contains uninitialized tensor at index {index} but leading_dims has only "
            f"{len(given)} elements."
        )
    return given[index]
