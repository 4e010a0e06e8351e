"""The ops that parse examples, one of them or a batch. They run on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.parsing import wire

TYPES = (dtypes.float32, dtypes.int64, dtypes.string)


def _of_one(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 0)
    return sparse_shapes(ctx.attrs["num_sparse"], 1) + [
        shape.sizes for shape in ctx.attrs["dense_shapes"]
    ]


def sparse_shapes(count: int, rank: int) -> list[Sizes]:
    """Of so many sparse tensors: their indices, their values, their shapes."""
    return [(None, rank)] * count + [(None,)] * count + [(rank,)] * count


@op(
    "ParseSingleExample",
    "serialized: string, dense_defaults: [Tdense] -> sparse_indices: num_sparse * int64, "
    "sparse_values: [sparse_types], sparse_shapes: num_sparse * int64, dense_values: [Tdense]",
    shape=_of_one,
    limits={"num_sparse": 0},
    host=True,
)
def parse_single_example_op(
    xp,
    serialized,
    *dense_defaults,
    num_sparse: int,
    sparse_keys: list[str],
    dense_keys: list[str],
    sparse_types: list[DType],
    dense_shapes: list[TensorShape],
):
    """serialized: string[] -> of each sparse feature i64[k, 1], n[k], i64[1]; of each dense one
    n[...] of its shape

    Raises:
      InvalidArgumentError: in a run, it is no example, or a feature is missing or of another kind.
    """
    if serialized.ndim:
        refuse(f"Expected serialized to be a scalar, got shape: {format_sizes(serialized.shape)}")
    check_defaults(dense_defaults, dense_shapes)
    data = as_bytes(serialized.item())
    found = features_of(data)
    sparse = [
        _sparse(data, found, as_bytes(key), dtype)
        for key, dtype in zip(sparse_keys, sparse_types, strict=True)
    ]
    dense = [
        _dense(data, found, as_bytes(key), shape, default)
        for key, shape, default in zip(dense_keys, dense_shapes, dense_defaults, strict=True)
    ]
    counts = [len(values) for values in sparse]
    indices = [np.arange(count).reshape(-1, 1) for count in counts]
    sizes = [np.array([count], np.int64) for count in counts]
    return outputs([*indices, *sparse, *sizes, *dense])


def outputs(values: Sequence[Any]) -> Any:
    """As a kernel gives them: a single one by itself."""
    return values[0] if len(values) == 1 else tuple(values)


def features_of(data: bytes) -> dict[bytes, wire.Span]:
    try:
        return wire.maps(data)[0]
    except wire.MalformedError:
        refuse_bytes("Could not parse example input, value: ", data)


def refuse_bytes(message: str, data: bytes) -> NoReturn:
    refuse(f"{message}'{data.decode('utf-8', 'replace')}'")


def _sparse(data: bytes, found: dict, key: bytes, dtype: DType) -> np.ndarray:
    span = found.get(key, wire.NOTHING)
    there = _type_of(data, span)
    if there is None:
        return wire.EMPTY[dtype]
    if there != dtype:
        _refuse_key(
            key,
            f"Data types don't match. Expected type: {dtype.runtime_name}, "
            f"Actual type: {there.runtime_name}",
        )
    return _values(data, span, dtype, key)


def _dense(data: bytes, found: dict, key: bytes, shape: TensorShape, default: Any) -> Any:
    span = found.get(key, wire.NOTHING)
    there, dtype, sizes = _type_of(data, span), dtypes.as_dtype(default.dtype), known(shape)
    any_number = is_of_any_number(shape)
    if there is None:
        if any_number:
            return wire.EMPTY[dtype].reshape(0, *sizes[1:])
        if not default.size:
            refuse(
                f"Feature: {key.decode()} (data type: {dtype.runtime_name}) is required but could "
                "not be found."
            )
        return default
    if there != dtype:
        _refuse_key(
            key,
            f"Data types don't match. Data type: {there.runtime_name} but expected type: "
            f"{dtype.runtime_name}",
        )
    values = _values(data, span, dtype, key)
    try:
        return values.reshape(-1, *sizes[1:]) if any_number else values.reshape(sizes)
    except ValueError:
        _refuse_key(
            key,
            f"Can't parse serialized Example.\n  It has {len(values)} values; the shape is "
            f"{format_sizes(sizes)}.",
        )


def _type_of(data: bytes, span: wire.Span) -> DType | None:
    try:
        return wire.type_of(data, span)
    except wire.MalformedError:
        refuse("Unsupported datatype.")


def _values(data: bytes, span: wire.Span, dtype: DType, key: bytes) -> np.ndarray:
    try:
        return wire.values(data, span, dtype)
    except wire.MalformedError:
        _refuse_key(key, "Can't parse serialized Example.")


def _refuse_key(key: bytes, message: str) -> NoReturn:
    refuse(f"Key: {key.decode('utf-8', 'replace')}.  {message}")


def known(shape: TensorShape) -> Any:
    """The sizes of a shape of known rank."""
    return shape.sizes


def is_of_any_number(shape: TensorShape) -> bool:
    return bool(shape.sizes) and known(shape)[0] is None


def check_defaults(defaults: Sequence[np.ndarray], dense_shapes: Sequence[TensorShape]) -> None:
    """Refuses a default value that does not have the shape of its feature."""
    for index, (default, shape) in enumerate(zip(defaults, dense_shapes, strict=True)):
        if is_of_any_number(shape):
            if default.size != 1:
                refuse(
                    f"dense_shape[{index}] is a variable length shape: {format_sizes(shape.sizes)},"
                    f" therefore def_value[{index}] must contain a single element (the padding "
                    f"element).  But its shape is: {format_sizes(default.shape)}"
                )
        elif default.size and default.shape != shape.sizes:
            refuse(
                f"def_value[{index}].shape() == {format_sizes(default.shape)} is not compatible "
                f"with dense_shapes_[{index}] == {format_sizes(shape.sizes)}"
            )
