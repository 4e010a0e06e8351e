"""Sparse tensors as strings, or as objects that only their readers look into; and back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.protos.tensor_proto import content_proto_of, make_ndarray
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.densifying import check_order
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor

_FORMS = types("string variant")
_ONE = "sparse_indices: int64, sparse_values: T, sparse_shape: int64 -> serialized_sparse: out_type"
_PARTS = "sparse_indices: int64, sparse_values: dtype, sparse_shape: int64"


class Held(Handle):
    """An array as one element of a variant tensor."""

    def __init__(self, array: np.ndarray):
        self.array = array


def _written(array: np.ndarray, out_type: DType) -> Any:
    if out_type is dtypes.variant:
        return Held(array)
    dtype = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
    return content_proto_of(array, dtype).SerializeToString()


def _row_of(elements: list[Any]) -> np.ndarray:
    """An array of objects, whatever these are."""
    row = np.empty(len(elements), object)
    row[:] = elements
    return row


def boxed(indices: np.ndarray, values: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """A sparse any[*sizes] -> its three parts as elements of datasets hold them, variant[3]"""
    return _row_of([Held(part) for part in (indices, values, sizes)])


def _checked(result: Any) -> Callable[[shapes.ShapeContext], Any]:
    def shape(ctx: shapes.ShapeContext) -> Any:
        for index, rank in enumerate((2, 1, 1)):
            shapes.with_rank(ctx.shape(index), rank)
        return result

    return shape


@op("SerializeSparse", _ONE, shape=_checked((3,)), types={"out_type": _FORMS}, host=True)
def serialize_sparse_op(xp, indices, values, sizes, *, out_type: DType = dtypes.string):
    """A sparse any[*sizes] -> its three parts, out_type[3]"""
    rows.check_parts(indices, values, sizes)
    return _row_of([_written(part, out_type) for part in (indices, values, sizes)])


@op("SerializeManySparse", _ONE, shape=_checked((None, 3)), types={"out_type": _FORMS}, host=True)
def serialize_many_sparse_op(xp, indices, values, sizes, *, out_type: DType = dtypes.string):
    """A sparse any[n, *sizes], in order -> the parts of each of its n elements, out_type[n, 3]"""
    elements = elements_of(indices, values, sizes)
    written = [_written(part, out_type) for element in elements for part in element]
    return _row_of(written).reshape(len(elements), 3)


def elements_of(indices: Any, values: Any, sizes: Any) -> list[tuple[Any, Any, Any]]:
    """The parts of each element along the first axis of a sparse tensor that is in order."""
    rows.check_parts(indices, values, sizes)
    if len(sizes) <= 1:
        refuse(f"Rank of input SparseTensor should be > 1, but saw rank: {len(sizes)}")
    rows.check_fit(indices, values, sizes)
    check_order("", indices, tuple(sizes.tolist()))
    stops = np.searchsorted(indices[:, 0], np.arange(sizes[0] + 1))
    return [
        (indices[start:stop, 1:], values[start:stop], sizes[1:])
        for start, stop in itertools.pairwise(stops)
    ]


def _read(element: Any, what: str) -> np.ndarray:
    if isinstance(element, Held):
        return element.array
    if not isinstance(element, bytes):
        refuse(f"Could not get a tensor from {what}")
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    try:
        proto = TensorProto.FromString(element)
    except DecodeError:
        refuse("Could not parse serialized proto")
    try:
        return make_ndarray(proto)
    except (ValueError, TypeError):
        refuse("Could not construct tensor from proto")


def _read_parts(row: Any, dtype: DType, number: int) -> tuple[np.ndarray, ...]:
    parts = [_read(part, f"serialized_sparse[{number}, {at}]") for at, part in enumerate(row)]
    indices, values, sizes = parts
    shown = [shapes.format_sizes(part.shape) for part in parts]
    place = f"serialized_sparse[{number}"
    if indices.ndim != 2:
        refuse(f"Expected {place}, 0] to represent an index matrix but received shape {shown[0]}")
    if values.ndim != 1:
        refuse(f"Expected {place}, 1] to represent a values vector but received shape {shown[1]}")
    own = dtypes.string if values.dtype == object else dtypes.as_dtype(values.dtype)
    tensor = f"SparseTensor[{number}]"
    if own is not dtype:
        refuse(
            f"Requested SparseTensor of type {dtype.runtime_name} but {tensor}.values.dtype() == "
            f"{own.runtime_name}"
        )
    if len(indices) != len(values):
        refuse(
            f"Expected row counts of {tensor}.indices and {tensor}.values to match but they do "
            f"not: {len(indices)} vs. {len(values)}"
        )
    if sizes.ndim != 1:
        refuse(f"Expected {place}, 1] to be a shape vector but its shape is {shown[2]}")
    if indices.shape[1] != len(sizes):
        refuse(
            f"Expected column counts of {tensor}.indices to match size of {tensor}.shape but they "
            f"do not: {indices.shape[1]} vs. {len(sizes)}"
        )
    return indices, values, sizes


def _whole(serialized: np.ndarray, dtype: DType) -> tuple[np.ndarray, ...]:
    """The parts of a sparse tensor whose first axes are those of `serialized`, but for its last."""
    shown = shapes.format_sizes(serialized.shape)
    if not serialized.ndim:
        refuse(f"Serialized sparse should have non-zero rank {shown}")
    if serialized.shape[-1] != 3:
        refuse(f"Serialized sparse should have 3 as the last dimension {shown}")
    outer = serialized.shape[:-1]
    if not math.prod(outer):
        refuse(
            "Serialized sparse should have at least 1 serialized tensor, but has a zero dimension "
            f"{shown}"
        )
    read = [_read_parts(row, dtype, at) for at, row in enumerate(serialized.reshape(-1, 3))]
    if not outer:
        return read[0]
    rank = len(read[0][2])
    for number, (_, _, sizes) in enumerate(read):
        if len(sizes) != rank:
            refuse(
                "Inconsistent shape across SparseTensors: rank prior to "
                f"SparseTensor[{number}] was: {rank} but rank of SparseTensor[{number}] is: "
                f"{len(sizes)}"
            )
    return stacked(read, outer)


def stacked(elements: list[tuple[np.ndarray, ...]], outer: tuple[int, ...]) -> tuple:
    """Sparse tensors of one rank as one with the axes `outer` before, of the largest sizes."""
    before = np.array(list(np.ndindex(*outer)), np.int64)
    indices = [
        np.concatenate([np.broadcast_to(place, (len(own), len(outer))), own], axis=1)
        for place, (own, _, _) in zip(before, elements, strict=True)
    ]
    sizes = np.max([size for _, _, size in elements], axis=0)
    values = np.concatenate([own for _, own, _ in elements])
    return np.concatenate(indices), values, np.array([*outer, *sizes], np.int64)


def _rows_of_three(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = ctx.shape(0)
    if ctx.attrs.get("Tserialized") is None:
        sizes = shapes.with_rank(sizes, 2)
    if sizes:
        _three(sizes[-1])
    return [(None, None), (None,), (None,)]


def _three(size: int | None) -> None:
    if size not in (None, 3):
        raise shapes.ShapeError(f"Dimension must be 3 but is {size}")


@op(
    "DeserializeSparse",
    f"serialized_sparse: Tserialized -> {_PARTS}",
    shape=_rows_of_three,
    types={"Tserialized": _FORMS},
    defaults={"Tserialized": dtypes.string},
    host=True,
)
def deserialize_sparse_op(xp, serialized, *, dtype: DType):
    """serialized: string or variant[*o, 3] -> a sparse dtype[*o, *sizes]"""
    return _whole(serialized, dtype)


@op(
    "DeserializeManySparse",
    f"serialized_sparse: string -> {_PARTS}",
    shape=_rows_of_three,
    host=True,
)
def deserialize_many_sparse_op(xp, serialized, *, dtype: DType):
    """serialized: string[n, 3] -> a sparse dtype[n, *sizes]"""
    return _whole(serialized, dtype)


def serialize_sparse(
    sp_input: Any, name: str | None = None, out_type: Any = dtypes.string
) -> Tensor:
    """Returns the parts of `sp_input`, string[3], each a TensorProto; or variant[3]."""
    sparse = as_sparse_tensor(sp_input)
    return serialize_sparse_op(*sparse.fetch_parts(), name=name, out_type=out_type)


def serialize_many_sparse(
    sp_input: Any, name: str | None = None, out_type: Any = dtypes.string
) -> Tensor:
    """Returns the parts of each element along the first axis of `sp_input`, string[n, 3].

    `sp_input` has at least two axes, and its elements are in order.
    """
    sparse = as_sparse_tensor(sp_input)
    return serialize_many_sparse_op(*sparse.fetch_parts(), name=name, out_type=out_type)


def deserialize_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """serialized_sparse: string or variant[*o, 3] -> a sparse dtype[*o, *sizes], of `rank` axes."""
    return _of_rank(deserialize_sparse_op(serialized_sparse, dtype=dtype, name=name), rank)


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Returns the elements that `serialize_many_sparse` made, string[n, 3], as one tensor again.

    They may come from several tensors of one rank, which is `rank` - 1; the sizes are the largest.
    """
    return _of_rank(deserialize_many_sparse_op(serialized_sparse, dtype=dtype, name=name), rank)


def _of_rank(made: Any, rank: int | None) -> SparseTensor:
    indices, values, sizes = made
    indices.set_shape([None, rank])
    sizes.set_shape([rank])
    return SparseTensor(indices, values, sizes)
