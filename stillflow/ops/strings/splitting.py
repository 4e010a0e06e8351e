"""Strings split into parts, which make rows of a sparse tensor. The ops run on the host."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import stacking
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, convert_to_tensor_or_ragged_tensor
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.strings.each import as_strings
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup


def _of_rows(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(1), 0)
    return [(None, 2), (None,), (2,)]


@op(
    "StringSplit",
    "input: string, delimiter: string -> indices: int64, values: string, shape: int64",
    shape=_of_rows,
    host=True,
)
def string_split_op(xp, strings, delimiter, *, skip_empty: bool = True):
    """strings: string[n], delimiter: string[] -> i64[m, 2], string[m], i64[2], a sparse matrix

    Every byte of `delimiter` ends a part; where there is none, every byte is a part.
    """
    _check_ranks(strings, delimiter=delimiter)
    ends = delimiter[()]
    pattern = re.compile(b"[" + re.escape(ends) + b"]") if len(ends) > 1 else None

    def parts(text: bytes) -> list[bytes]:
        if not text or not ends:
            return [text[at : at + 1] for at in range(len(text))]
        found = pattern.split(text) if pattern else text.split(ends)
        return [part for part in found if part] if skip_empty else found

    return _rows([parts(text) for text in strings])


string_split_op.not_differentiable()


@op(
    "StringSplitV2",
    "input: string, sep: string -> indices: int64, values: string, shape: int64",
    shape=_of_rows,
    host=True,
)
def string_split_v2_op(xp, strings, separator, *, maxsplit: int = -1):
    """strings: string[n], separator: string[] -> i64[m, 2], string[m], i64[2], a sparse matrix

    As `bytes.split` splits, at white space where there is no separator.
    """
    _check_ranks(strings, sep=separator)
    between = separator[()]
    return _rows([_split(text, between, maxsplit) for text in strings])


def _split(text: bytes, between: bytes, most: int) -> list[bytes]:
    if most == 0:
        return [text]
    if between:
        return text.split(between, max(most, -1))
    parts = text.split(None, max(most, -1))
    # What is left after the last split is a part for TensorFlow, though it be empty.
    if len(parts) == most:
        parts.append(b"")
    return parts


def _check_ranks(strings: np.ndarray, **separator: np.ndarray) -> None:
    if strings.ndim != 1:
        refuse(f"input must be a vector, got shape: {format_sizes(strings.shape)}")
    for name, value in separator.items():
        if value.ndim:
            refuse(f"{name} must be a scalar, got shape: {format_sizes(value.shape)}")


def _rows(parts: list[list[bytes]]) -> tuple[np.ndarray, ...]:
    lengths = np.array([len(row) for row in parts], np.int64)
    indices = np.empty((int(lengths.sum()), 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(parts)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    indices[:, 1] = np.arange(len(indices)) - starts
    values = as_strings([part for row in parts for part in row])
    return indices, values, np.array([len(parts), lengths.max(initial=0)], np.int64)


# Public functions -------------------------------------------------------------------------------


def sparse_split(source: Any, sep: Any, skip_empty: bool, delimiter: Any) -> SparseTensor:
    """The parts between bytes of `sep` (by its older name `delimiter`), a space when None."""
    sep = deprecated_argument_lookup("sep", sep, "delimiter", delimiter)
    sep = convert_to_tensor(" " if sep is None else sep, dtypes.string)
    source = convert_to_tensor(source, dtypes.string)
    return SparseTensor(*string_split_op(source, sep, skip_empty=skip_empty))


def sparse_split_v2(source: Any, sep: Any = None, maxsplit: int = -1) -> SparseTensor:
    """The parts between `sep`, white space when None."""
    sep = convert_to_tensor("" if sep is None else sep, dtypes.string)
    source = convert_to_tensor(source, dtypes.string)
    return SparseTensor(*string_split_v2_op(source, sep, maxsplit=maxsplit))


@deprecated_args(None, "delimiter is deprecated, please use sep instead.", "delimiter")
def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: str | None = None,
) -> SparseTensor | RaggedTensor:
    """Splits the strings of `source`, string[n], at every byte of `sep`: row i is string i's parts.

    Args:
      sep: string[]; a space when it is None. Where it is empty every byte is a part. `delimiter`
        is its older name.
      skip_empty: leaves empty parts out.
      result_type: "SparseTensor" or "RaggedTensor".

    Raises:
      ValueError: `result_type` is another.
    """
    with name_scope(name, "StringSplit", [source]):
        parts = sparse_split(source, sep, skip_empty, delimiter)
        _check_result_type(result_type)
        return parts if result_type == "SparseTensor" else _as_rows(parts)


def strings_split(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: str | None = None,
) -> Any:
    """Splits the strings of `input`, string[...], as Python does: row i is string i's parts.

    Args:
      sep: string[]; white space when it is None or empty.
      maxsplit: at most so many times, when it is positive.
      result_type: "SparseTensor", or "RaggedTensor": a Tensor for a single string.
      source: another name of `input`.

    Raises:
      ValueError: `result_type` is another.
    """
    input = deprecated_argument_lookup("input", input, "source", source)
    with name_scope(name, "StringSplit", [input]):
        strings = convert_to_tensor_or_ragged_tensor(input, dtype=dtypes.string, name="input")
        if result_type == "SparseTensor" and strings.shape.ndims == 1:
            return sparse_split_v2(strings, sep, maxsplit)
        rows = strings_split_v2(strings, sep, maxsplit)
        _check_result_type(result_type)
        return rows.to_sparse() if result_type == "SparseTensor" else rows


def strings_split_v2(
    input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None
) -> Any:
    """`tf.strings.split` of TensorFlow 2, which gives a RaggedTensor."""
    with name_scope(name, "StringSplit", [input]):
        strings = convert_to_tensor_or_ragged_tensor(input, dtype=dtypes.string, name="input")
        if isinstance(strings, RaggedTensor):
            return strings.with_flat_values(strings_split_v2(strings.flat_values, sep, maxsplit))
        rank = strings.shape.ndims
        if rank == 0:
            return strings_split_v2(stacking.stack([strings]), sep, maxsplit)[0]
        if rank is not None and rank > 1:
            return strings_split_v2(RaggedTensor.from_tensor(strings), sep, maxsplit)
        return _as_rows(sparse_split_v2(strings, sep, maxsplit))


def _check_result_type(result_type: str) -> None:
    if result_type not in ("SparseTensor", "RaggedTensor"):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def _as_rows(parts: SparseTensor) -> RaggedTensor:
    return RaggedTensor.from_value_rowids(
        values=parts.values,
        value_rowids=parts.indices[:, 0],
        nrows=parts.dense_shape[0],
        validate=False,
    )
