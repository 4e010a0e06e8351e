"""The ops that parse examples, one of them or a batch. They run on the host."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.parsing import wire
from stillflow.ops.parsing.example_batch import Batch, dense_column
from stillflow.ops.parsing.outputs import (
    check_as_many_as_keys,
    check_defaults,
    check_number,
    features_of,
    is_of_any_number,
    known,
    outputs,
    sparse_shapes,
)


def _of_one(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 0)
    attrs = ctx.attrs
    keys, types = attrs["sparse_keys"], attrs["sparse_types"]
    check_number("num_sparse", attrs["num_sparse"], sparse_keys=keys, sparse_types=types)
    types, sizes = attrs["Tdense"], attrs["dense_shapes"]
    check_as_many_as_keys("dense", len(attrs["dense_keys"]), types=types, shapes=sizes)
    return sparse_shapes(attrs["num_sparse"], 1) + [shape.sizes for shape in sizes]


def _rows_parsed(rows: Rows) -> Any:
    """A batch of examples whose features have the same shapes in all."""
    serialized, *defaults = rows.inputs
    attrs = rows.attrs
    if not rows.only_first or serialized.ndim != 1 or attrs["sparse_keys"]:
        return NotImplemented
    check_defaults(defaults, attrs["dense_shapes"])
    batch = Batch([as_bytes(each) for each in serialized], wire.EMPTY[dtypes.string])
    columns = [
        dense_column(batch, as_bytes(key), shape, default)
        for key, shape, default in zip(
            attrs["dense_keys"], attrs["dense_shapes"], defaults, strict=True
        )
    ]
    if any(column is None for column in columns):
        return NotImplemented
    return outputs(columns)


@op(
    "ParseSingleExample",
    "serialized: string, dense_defaults: [Tdense] -> sparse_indices: num_sparse * int64, "
    "sparse_values: [sparse_types], sparse_shapes: num_sparse * int64, dense_values: [Tdense]",
    shape=_of_one,
    limits={"num_sparse": 0},
    host=True,
    rows=_rows_parsed,
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
