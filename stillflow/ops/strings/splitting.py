"""Strings split into parts, which make rows of a sparse tensor. The ops run on the host."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Sized
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
    ends, texts = delimiter[()], strings.tolist()
    if not ends:
        return _rows(*_bytes_of(texts))
    parts, counts = _between_bytes(texts, ends)
    if b"" not in parts:
        return _rows(as_strings(parts), counts)
    # A text without bytes has no part, where others have one more than they have ends.
    kept = np.repeat(_lengths(texts) > 0, counts)
    if skip_empty:
        kept &= _lengths(parts) > 0
    row = np.repeat(np.arange(len(texts)), counts)
    return _rows(as_strings(parts)[kept], np.bincount(row[kept], minlength=len(texts)))


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
    between, texts = separator[()], strings.tolist()
    if maxsplit < 0 and len(between) == 1:
        found, counts = _between_bytes(texts, between)
        return _rows(as_strings(found), counts)
    parts = [_split(text, between, maxsplit) for text in texts]
    flat = as_strings(list(itertools.chain.from_iterable(parts)))
    return _rows(flat, _lengths(parts))


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


def _lengths(texts: Sequence[Sized]) -> np.ndarray:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _between_bytes(texts: list[bytes], ends: bytes) -> tuple[list[bytes], np.ndarray]:
    """The parts of all texts between bytes of `ends`, and how many each has, i64[n].

    All texts are split at once: lists of their own would keep the garbage collector busy.
    """
    if not texts:
        return [], np.zeros(0, np.int64)
    end = ends[:1]
    whole = end.join(texts)
    if len(ends) > 1:
        to_one = bytes.maketrans(ends, end * len(ends))
        whole = whole.translate(to_one)
        texts = [text.translate(to_one) for text in texts]
    counts = np.fromiter((text.count(end) for text in texts), np.int64, len(texts)) + 1
    return whole.split(end), counts


_BYTES = as_strings([bytes([value]) for value in range(256)])


def _bytes_of(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of all texts, string[m], and how many each has."""
    return _BYTES[np.frombuffer(b"".join(texts), np.uint8)], _lengths(texts)


def _rows(values: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, ...]:
    """The matrix whose rows are the next so many of `values` each."""
    indices = np.empty((len(values), 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    indices[:, 1] = np.arange(len(indices)) - starts
    return indices, values, np.array([len(lengths), lengths.max(initial=0)], np.int64)


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
