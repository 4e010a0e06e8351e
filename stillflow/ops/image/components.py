"""Connected parts of pictures, and rows matched to columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, ranging, reshaping, selecting, shape_of
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.unique import unique
from stillflow.ops.control.cond import cond
from stillflow.ops.math import casts, comparison

_PIXELS = types("int64 int32 uint16 int16 uint8 int8 float16 float32 float64 bool string")


@op(
    "ImageConnectedComponents",
    "image: dtype -> components: int64",
    shape=lambda ctx: ctx.shape(0),
    types={"dtype": _PIXELS},
    host=True,
)
def image_connected_components(xp, image):
    """image: n[b, h, w] -> i64[b, h, w], 0 where a pixel is 0

    Pixels are connected that have an edge in common and are equal. The number of a part is that of
    its first pixel, counted from 1 through all images.
    """
    if image.ndim != 3:
        refuse("images must have rank 3")
    empty = b"" if image.dtype == object else np.zeros((), image.dtype)
    is_part = image != empty
    label = np.arange(image.size).reshape(image.shape)
    beside = is_part[:, :, 1:] & (image[:, :, 1:] == image[:, :, :-1])
    below = is_part[:, 1:] & (image[:, 1:] == image[:, :-1])
    pairs = [
        np.stack([label[:, :, :-1][beside], label[:, :, 1:][beside]]),
        np.stack([label[:, :-1][below], label[:, 1:][below]]),
    ]
    roots = _roots(image.size, *np.concatenate(pairs, axis=1)).reshape(image.shape)
    return np.where(is_part, roots + 1, 0).astype(np.int64)


def _roots(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The least number of each connected part of a graph: parents take the least, then jump."""
    parent = np.arange(count)
    while True:
        a, b = parent[first], parent[second]
        if np.array_equal(a, b):
            return parent
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(parent[parent], parent):
            parent = parent[parent]


image_connected_components.not_differentiable()


def connected_components(images: Any) -> Tensor:
    """Returns the parts of pictures, i64[h, w] or i64[b, h, w], counted from 1; 0 where they are 0.

    Args:
      images: n[h, w] or n[b, h, w]. Pixels are connected that have an edge in common and are equal.

    Raises:
      TypeError: another rank.
      ValueError: the rank is not known.
    """
    with name_scope("connected_components"):
        pictures = convert_to_tensor(images, name="images")
        rank = len(pictures.shape)
        if rank not in (2, 3):
            raise TypeError(
                f"images should have rank 2 (HW) or 3 (NHW). Static shape is {pictures.shape}"
            )
        batch = pictures[None, :, :] if rank == 2 else pictures
        components = image_connected_components(batch)
        ids, places = unique(reshaping.reshape(components, [-1]))
        numbers = gather(_numbered(ids), places)
        components = reshaping.reshape(numbers, shape_of.shape(components))
        return components[0, :, :] if rank == 2 else components


def _numbered(ids: Tensor) -> Tensor:
    """1, 2, ... for the elements of `ids`, i64[n], but 0 for 0."""
    of_zero = selecting.where_v2(comparison.equal(ids, 0))[:, 0]
    count = shape_of.shape(ids)[0] - shape_of.shape(of_zero)[0]
    numbers = ranging.range_(count) + 1

    def with_zero() -> Tensor:
        place = casts.cast(of_zero[0], dtypes.int32)
        before, after = numbers[:place], numbers[place:]
        return joining.concat([before, [0], after], axis=0)

    has_none = comparison.equal(shape_of.shape(of_zero)[0], 0)
    return cond(has_none, lambda: numbers, with_zero)


def _matched(ctx: ShapeContext) -> list[Sizes]:
    rows, columns = shapes.with_rank(ctx.shape(0), 2)
    return [(rows,), (columns,)]


@op(
    "BipartiteMatch",
    "distance_mat: float32, num_valid_rows: float32 -> "
    "row_to_col_match_indices: int32, col_to_row_match_indices: int32",
    shape=_matched,
    host=True,
    stateful=True,
)
def bipartite_match_op(xp, distances, count, *, top_k: int = -1):
    """distances: f32[n, m], count: f32[] -> i32[n], i32[m]: partners, -1 where there is none

    The nearest pair first, then the nearest of what is left; among the first `count` rows, all
    when it is negative; `top_k` pairs, all when it is not positive.
    """
    if distances.ndim != 2:
        refuse(f"distance_mat should be 2-dimensional, but got {list(distances.shape)}")
    if count.size != 1:
        refuse(f"num_valid_rows argument should be a tensor with 1 element, but got {count.size}")
    rows, columns = distances.shape
    valid = int(count.item() + 0.1) if count.item() >= 0 else rows
    if rows < valid:
        refuse(f"There should be at least {valid} rows in distance_mat, but only got {rows} rows.")
    order = np.argsort(distances[:valid], axis=None, kind="stable")
    of_row, of_column = np.full(rows, -1, np.int32), np.full(columns, -1, np.int32)
    wanted = top_k if top_k > 0 else valid * columns
    for row, column in zip(*np.divmod(order, max(columns, 1)), strict=True):
        if of_row[row] == -1 and of_column[column] == -1:
            of_row[row], of_column[column] = column, row
            wanted -= 1
            if wanted == 0:
                break
    return of_row, of_column


bipartite_match_op.not_differentiable()


def bipartite_match(
    distance_mat: Any, num_valid_rows: Any, top_k: int = -1, name: str = "bipartite_match"
) -> Any:
    """Returns the partners of rows, i32[n], and of columns, i32[m], the nearest pairs first.

    Args:
      distance_mat: f32[n, m].
      num_valid_rows: how many rows take part, f32[]; all when it is negative.
      top_k: how many pairs are matched; all when it is not positive.
    """
    return bipartite_match_op(distance_mat, num_valid_rows, top_k=top_k, name=name)
