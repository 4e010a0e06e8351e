"""Bytes as numbers: `tf.decode_raw`. The ops run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_bytes
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup

_PADDED = "float16 float32 float64 int32 uint16 uint8 int16 int8 int64"


def _with_axis(ctx: ShapeContext) -> Sizes:
    sizes = ctx.shape(0)
    return None if sizes is None else (*sizes, None)


def _rows_decoded(rows: Rows) -> Any:
    """Of strings of one length."""
    return rows.call(*rows.inputs)


@op(
    "DecodeRaw",
    "bytes: string -> output: out_type",
    shape=_with_axis,
    types={"out_type": types(f"{_PADDED} complex64 complex128 bool")},
    host=True,
    rows=_rows_decoded,
)
def decode_raw_op(xp, strings, *, out_type: DType, little_endian: bool = True):
    """strings: string[...] of one length -> out_type[..., n]"""
    each = [as_bytes(text) for text in strings.ravel()]
    size = len(each[0]) if each else 0
    for index, data in enumerate(each):
        if len(data) != size:
            refuse(
                "DecodeRaw requires input strings to all be the same size, but element "
                f"{index} has size {size} != {len(data)}"
            )
    if size % out_type.size:
        refuse(
            f"Input to DecodeRaw has length {size} that is not a multiple of {out_type.size}, the "
            f"size of {out_type.runtime_name}"
        )
    sizes = (*strings.shape, size // out_type.size)
    return _numbers(b"".join(each), out_type, little_endian).reshape(sizes)


def _numbers(data: bytes, dtype: DType, little_endian: bool) -> np.ndarray:
    kept: Any = np.dtype(dtype.as_numpy_dtype)
    if kept == np.bool_:
        return np.frombuffer(data, np.uint8) != 0
    order = "<" if little_endian else ">"
    if kept.kind == "c" and not little_endian:  # all bytes of a number turned round, as a whole
        whole = np.frombuffer(data, np.uint8).reshape(-1, kept.itemsize)[:, ::-1]
        return np.ascontiguousarray(whole).view(kept).ravel()
    return np.frombuffer(data, kept.newbyteorder(order)).astype(kept)


def _with_width(ctx: ShapeContext) -> Sizes:
    sizes, length = ctx.shape(0), ctx.scalar(1)
    shapes.with_rank(ctx.shape(1), 0)
    itemsize = ctx.attrs["out_type"].size
    if length is not None and length % itemsize:
        raise ShapeError(f"Dimension size must be evenly divisible by {itemsize} but is {length}")
    if sizes is None:
        return None
    return (*sizes, None if length is None else length // itemsize)


@op(
    "DecodePaddedRaw",
    "input_bytes: string, fixed_length: int32 -> output: out_type",
    shape=_with_width,
    types={"out_type": types(_PADDED)},
    host=True,
)
def decode_padded_raw_op(xp, strings, fixed_length, *, out_type: DType, little_endian: bool = True):
    """strings: string[...], fixed_length: i32[] -> out_type[..., n], of so many bytes of each,
    zeros following where there are fewer"""
    if fixed_length.ndim:
        refuse(f"k must be scalar, got shape {format_sizes(fixed_length.shape)}")
    length = int(fixed_length)
    if length % out_type.size:
        refuse(
            f"fixed_length ({length}) must be a multiple of the size of out_type ({out_type.size})"
        )
    if length <= 0:
        refuse(f"fixed_length ({length}) must be greater than zero.")
    padded = [as_bytes(text)[:length].ljust(length, b"\0") for text in strings.ravel()]
    sizes = (*strings.shape, length // out_type.size)
    return _numbers(b"".join(padded), out_type, little_endian).reshape(sizes)


@deprecated_args(None, "bytes is deprecated, use input_bytes instead", "bytes")
def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """string[...] -> out_type[..., n], the numbers that the bytes of each string are.

    Args:
      input_bytes: strings of one length; `bytes` is its older name.

    Raises:
      ValueError: there is no `out_type`.
      InvalidArgumentError: in a run, strings differ in length, or are no whole number of numbers.
    """
    strings = deprecated_argument_lookup("input_bytes", input_bytes, "bytes", bytes)
    if out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'")
    return decode_raw_op(strings, out_type=out_type, little_endian=little_endian, name=name)


decode_raw_op.not_differentiable()
decode_padded_raw_op.not_differentiable()


def decode_raw_v2(
    input_bytes: Any,
    out_type: Any,
    little_endian: bool = True,
    fixed_length: Any = None,
    name: str | None = None,
) -> Tensor:
    """`decode_raw`, or with `fixed_length`, i32[], that many bytes of each string.

    Zeros follow where a string has fewer.
    """
    if fixed_length is None:
        return decode_raw_op(input_bytes, out_type=out_type, little_endian=little_endian, name=name)
    return decode_padded_raw_op(
        input_bytes, fixed_length, out_type=out_type, little_endian=little_endian, name=name
    )
