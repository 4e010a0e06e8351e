"""Neighbouring strings joined: n-grams. The op runs on the host."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.text import as_bytes
from stillflow.ops.array import joining, reshaping, shape_of
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, convert_to_tensor_or_ragged_tensor
from stillflow.ops.strings.each import as_strings


def _of_grams(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 1)
    return [(None,), shapes.with_rank(ctx.shape(1), 1)]


@op(
    "StringNGrams",
    "data: string, data_splits: Tsplits -> ngrams: string, ngrams_splits: Tsplits",
    shape=_of_grams,
    types={"Tsplits": INDEX},
    defaults={"Tsplits": dtypes.int64},
    host=True,
)
def string_n_grams_op(
    xp,
    data,
    splits,
    *,
    separator: str,
    ngram_widths: list[int],
    left_pad: str,
    right_pad: str,
    pad_width: int,
    preserve_short_sequences: bool,
):
    """data: string[m], splits: i[n + 1] -> string[k], i[n + 1], of the rows data[splits[i]:...]

    A negative `pad_width` pads each row with one string less than a gram has.
    """
    for split in splits.tolist():
        if not 0 <= split <= len(data):
            refuse(f"Invalid split value {split}, must be in [0,{len(data)}]")
    if not len(data) or not len(splits):
        return data, splits
    join = as_bytes(separator).join
    pads = as_bytes(left_pad), as_bytes(right_pad)
    grams: list[bytes] = []
    ends = [0]
    for first, last in itertools.pairwise(splits):
        row = data[first:last].tolist()
        found = [join(g) for width in ngram_widths for g in _grams(row, width, pad_width, pads)]
        if preserve_short_sequences and row and not found:
            found = [join([pads[0]] * pad_width + row + [pads[1]] * pad_width)]
        grams += found
        ends.append(len(grams))
    return as_strings(grams), np.array(ends, splits.dtype)


def _grams(
    row: list[bytes], width: int, pad_width: int, pads: tuple[bytes, bytes]
) -> Iterator[list[bytes]]:
    """The runs of `width` strings; of the pads none is all."""
    around = width - 1 if pad_width < 0 else min(pad_width, width - 1)
    padded = [pads[0]] * around + row + [pads[1]] * around
    for at in range(len(padded) - width + 1):
        yield padded[at : at + width]


def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> Any:
    """string[..., (s)] -> string[..., (n-grams)], neighbours in the innermost axis joined.

    Args:
      data: a Tensor or a RaggedTensor.
      ngram_width: how many strings make one, or several such numbers.
      separator: what stands between the strings.
      pad_values: what stands before and behind a row: a string, or two; nothing when it is None.
      padding_width: how many of these, at most one less than `ngram_width`, which None is.
      preserve_short_sequences: whether a row that is too short for any is one as it is.

    Raises:
      TypeError: the `pad_values` are no strings.
      ValueError: a width is not positive, or the rank of `data` unknown or 0.
    """
    options = (ngram_width, separator, pad_values, padding_width, preserve_short_sequences, name)
    with name_scope(name, "StringNGrams", [data]):
        pads = _pads(pad_values, padding_width)
        data = convert_to_tensor_or_ragged_tensor(data, name="data", dtype=dtypes.string)
        sizes = None
        if isinstance(data, Tensor):
            sizes = joining.concat([shape_of.shape(data)[:-1], [-1]], axis=0)
            rank = data.shape.ndims
            if rank is None:
                raise ValueError("Rank of data must be known.")
            if rank == 0:
                raise ValueError("Data must have rank>0")
            if rank == 1:
                rows = RaggedTensor.from_row_starts(data, [0], validate=False)
                return ngrams(rows, *options)[0]
            data = RaggedTensor.from_tensor(data, ragged_rank=rank - 1)
        if data.ragged_rank > 1:
            found = data.with_values(ngrams(data.values, *options))
        else:
            width = _pad_width(pad_values, padding_width)
            values, ends = string_n_grams_op(
                data.flat_values,
                data.row_splits,
                separator=separator,
                ngram_widths=_widths(ngram_width),
                left_pad=pads[0],
                right_pad=pads[1],
                pad_width=width,
                preserve_short_sequences=preserve_short_sequences,
            )
            found = RaggedTensor.from_row_splits(values, ends, validate=False)
        return found if sizes is None else reshaping.reshape(found.flat_values, sizes)


def _pads(pad_values: Any, width: int | None) -> tuple[Any, Any]:
    """What stands before and behind a row."""
    pads = pad_values if isinstance(pad_values, (list, tuple)) else [pad_values] * 2
    if pad_values is None:
        pads = ["", ""]
    if not all(isinstance(pad, (str, bytes)) for pad in pads[:2]):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    if width is not None and width < 1:
        raise ValueError("padding_width must be greater than 0.")
    if width is not None and pad_values is None:
        raise ValueError("pad_values must be provided if padding_width is set.")
    return pads[0], pads[1]


def _pad_width(pad_values: Any, width: int | None) -> int:
    if pad_values is None:
        return 0
    return -1 if width is None else width


def _widths(ngram_width: Any) -> list[int]:
    widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
    if any(width < 1 for width in widths):
        raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
    return widths
