"""Neighbouring strings joined: n-grams. The op runs on the host."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.text import as_bytes
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
