"""The op that parses a batch of examples. It runs on the host."""

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
from stillflow.ops.parsing.outputs import (
    check_as_many_as_keys,
    check_defaults,
    features_of,
    is_of_any_number,
    known,
    outputs,
    sparse_shapes,
)

_MISMATCH = "Data type: {there} but expected type: {wanted}"
# What TensorFlow calls the values of a list.
LISTS = {dtypes.float32: "float", dtypes.int64: "int64", dtypes.string: "bytes"}


def _of_batch(ctx: ShapeContext) -> list[Sizes]:
    batch = shapes.with_rank(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(1), 1)
    attrs = ctx.attrs
    sparse_types, dense_types = attrs["sparse_types"], attrs["Tdense"]
    dense_shapes = attrs["dense_shapes"]
    check_as_many_as_keys("sparse", attrs["Nsparse"], types=sparse_types)
    check_as_many_as_keys("dense", attrs["Ndense"], types=dense_types, shapes=dense_shapes)
    return sparse_shapes(len(sparse_types), 2) + [
        None if batch is None or shape.sizes is None else (*batch, *shape.sizes)
        for shape in dense_shapes
    ]


@op(
    "ParseExample",
    "serialized: string, names: string, sparse_keys: Nsparse * string, "
    "dense_keys: Ndense * string, dense_defaults: [Tdense] -> sparse_indices: Nsparse * int64, "
    "sparse_values: [sparse_types], sparse_shapes: Nsparse * int64, dense_values: [Tdense]",
    shape=_of_batch,
    limits={"Nsparse": 0, "Ndense": 0},
    host=True,
)
def parse_example_op(
    xp, serialized, names, *rest, sparse_types: list[DType], dense_shapes: list[TensorShape]
):
    """serialized: string[n], names: string[n] or string[0] -> of each sparse feature i64[k, 2],
    n[k], i64[2]; of each dense one n[n, ...]

    Raises:
      InvalidArgumentError: in a run, one is no example, or a feature is missing or of another kind.
    """
    if names.size and names.ndim != 1:
        refuse(f"Expected names to be a vector, got shape: {format_sizes(names.shape)}")
    if names.size and names.size != serialized.size:
        refuse(
            f"Expected len(names) == len(serialized), but got: {names.size} vs. {serialized.size}"
        )
    if serialized.ndim != 1:
        refuse(f"Expected serialized to be a vector, got shape: {format_sizes(serialized.shape)}")
    defaults = rest[len(rest) - len(dense_shapes) :]
    check_defaults(defaults, dense_shapes)
    keys = [as_bytes(key.item()) for key in rest[: len(rest) - len(dense_shapes)]]
    sparse, dense = parsed(
        Batch([as_bytes(each) for each in serialized], names),
        keys[: len(sparse_types)],
        sparse_types,
        keys[len(sparse_types) :],
        dense_shapes,
        defaults,
    )
    return outputs([*in_columns(sparse), *dense])


def parsed(
    batch: Batch,
    sparse_keys: Sequence[bytes],
    sparse_types: Sequence[DType],
    dense_keys: Sequence[bytes],
    dense_shapes: Sequence[TensorShape],
    defaults: Sequence[np.ndarray],
) -> tuple[list[tuple[np.ndarray, ...]], list[np.ndarray]]:
    """The sparse features of a batch (indices, values, shape of each), and the dense ones."""
    sparse = [_sparse(batch, *pair) for pair in zip(sparse_keys, sparse_types, strict=True)]
    three = zip(dense_keys, dense_shapes, defaults, strict=True)
    return sparse, [_dense(batch, *each) for each in three]


def in_columns(sparse: Sequence[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    """Sparse tensors as an op gives them: all indices, then all values, then all shapes."""
    return [parts[i] for i in range(3) for parts in sparse]


class Batch:
    """Serialized examples, and where the features of each lie."""

    def __init__(self, examples: Sequence[bytes], names: np.ndarray):
        self.examples = examples
        self.names = names
        self.found = [features_of(example) for example in examples]

    def refuse(self, index: int, key: bytes, message: str) -> NoReturn:
        name, shown = self.name(index), key.decode("utf-8", "replace")
        refuse(f"Name: {name}, Key: {shown}, Index: {index}.  {message}")

    def name(self, index: int) -> str:
        return as_bytes(self.names[index]).decode() if self.names.size else "<unknown>"

    def lists(self, key: bytes, wanted: DType, mismatch: str) -> list[np.ndarray | None]:
        """The values of a feature in each example; None where there are none.

        `mismatch` says that the type is another, of {there} and {wanted}.
        """
        return [self._list(index, key, wanted, mismatch) for index in range(len(self.examples))]

    def _list(self, index: int, key: bytes, wanted: DType, mismatch: str) -> np.ndarray | None:
        data, span = self.examples[index], self.found[index].get(key, wire.NOTHING)
        try:
            there = wire.type_of(data, span)
        except wire.MalformedError:
            refuse("Unsupported datatype.")
        if there is None:
            return None
        if there != wanted:
            said = mismatch.format(there=there.runtime_name, wanted=wanted.runtime_name)
            self.refuse(index, key, f"Data types don't match. {said}")
        try:
            return wire.values(data, span, wanted)
        except wire.MalformedError:
            self.refuse(index, key, "Can't parse serialized Example.")


def _sparse(batch: Batch, key: bytes, dtype: DType) -> tuple[np.ndarray, ...]:
    lists = batch.lists(key, dtype, "Expected type: {wanted}, Actual type: {there}")
    return joined([wire.EMPTY[dtype] if each is None else each for each in lists], dtype)


def joined(lists: Sequence[np.ndarray], dtype: DType) -> tuple[np.ndarray, ...]:
    """The rows of a sparse matrix -> its indices i64[k, 2], values n[k] and shape i64[2]."""
    counts = np.array([len(each) for each in lists], np.int64)
    total = int(counts.sum())
    firsts = np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(np.arange(len(lists)), counts)
    indices = np.stack([rows, np.arange(total) - firsts], axis=1)
    values = np.concatenate(lists) if lists else wire.EMPTY[dtype]
    return indices, values, np.array([len(lists), max(counts, default=0)], np.int64)


def _dense(batch: Batch, key: bytes, shape: TensorShape, default: np.ndarray) -> np.ndarray:
    if is_of_any_number(shape):
        return _padded(batch, key, shape, default)
    dtype, sizes, size = dtypes.as_dtype(default.dtype), known(shape), shape.num_elements()
    lists = batch.lists(key, dtype, _MISMATCH)
    block: Any = np.empty((len(lists), size), default.dtype)
    for index, values in enumerate(lists):
        if values is None:
            values = _default(batch, index, key, default)
        elif len(values) != size:
            batch.refuse(
                index,
                key,
                f"Number of {LISTS[dtype]} values != expected.  Values size: {len(values)} but "
                f"output shape: {format_sizes(sizes)}",
            )
        block[index] = values
    return block.reshape(len(lists), *sizes)


def dense_column(
    batch: Batch, key: bytes, shape: TensorShape, default: np.ndarray
) -> np.ndarray | None:
    """As `_dense`, but what is of any number is not filled up: None where numbers differ."""
    if not is_of_any_number(shape):
        return _dense(batch, key, shape, default)
    lists = batch.lists(key, dtypes.as_dtype(default.dtype), _MISMATCH)
    if len({0 if values is None else len(values) for values in lists}) > 1:
        return None
    return _padded(batch, key, shape, default)


def _default(batch: Batch, index: int, key: bytes, default: np.ndarray) -> np.ndarray:
    if default.size:
        return default.ravel()
    name, dtype = batch.name(index), dtypes.as_dtype(default.dtype).runtime_name
    refuse(
        f"Name: {name}, Feature: {key.decode()} (data type: {dtype}) is required but could not be "
        "found."
    )


def _padded(batch: Batch, key: bytes, shape: TensorShape, default: np.ndarray) -> np.ndarray:
    dtype, row = dtypes.as_dtype(default.dtype), known(shape)[1:]
    size = int(np.prod(row, dtype=np.int64))
    lists = batch.lists(key, dtype, _MISMATCH)
    for index, values in enumerate(lists):
        if values is not None and (len(values) % size if size else len(values)):
            batch.refuse(
                index,
                key,
                f"Number of {LISTS[dtype]} values is not a multiple of stride length. Saw "
                f"{len(values)} values but output shape is: {format_sizes(shape.sizes)}",
            )
    longest = max((len(values) for values in lists if values is not None), default=0)
    block: Any = np.full((len(lists), longest), default.reshape(()), default.dtype)
    for index, values in enumerate(lists):
        if values is not None:
            block[index, : len(values)] = values
    return block.reshape(len(lists), longest // size if size else 0, *row)
