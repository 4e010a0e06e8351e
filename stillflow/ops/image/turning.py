"""Pictures mirrored, turned and transposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.array.reversing import reverse
from stillflow.ops.control.case import case
from stillflow.ops.control.cond import cond
from stillflow.ops.image import checking
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import floormod
from stillflow.ops.random.drawing import random_uniform

_ROWS, _COLUMNS = 0, 1


def flip_up_down(image: Any) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the picture upside down.

    Raises:
      ValueError: another rank.
    """
    return _flip(image, _ROWS, "flip_up_down")


def flip_left_right(image: Any) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the picture in a mirror.

    Raises:
      ValueError: another rank.
    """
    return _flip(image, _COLUMNS, "flip_left_right")


def _flip(image: Any, axis: int, scope: str) -> Tensor:
    with name_scope(None, scope, [image]):
        image = checking.at_least_3d(convert_to_tensor(image, name="image"))
        return checking.by_rank(
            image,
            lambda: _shaped_as(image, reverse(image, [axis])),
            lambda: reverse(image, [axis + 1]),
        )


def _shaped_as(image: Tensor, flipped: Tensor) -> Tensor:
    """`flipped`, of which is known what is of `image`; at least that it is a picture."""
    flipped.set_shape([None] * 3 if image.shape.ndims is None else image.shape)
    return flipped


def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> each picture, upside down in one of two cases.

    Raises:
      ValueError: another rank.
    """
    return _random_flip(image, _ROWS, seed, "random_flip_up_down")


def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> each picture, mirrored in one of two cases.

    Raises:
      ValueError: another rank.
    """
    return _random_flip(image, _COLUMNS, seed, "random_flip_left_right")


def _random_flip(image: Any, axis: int, seed: int | None, scope_name: str) -> Tensor:
    with name_scope(None, scope_name, [image]) as scope:
        image = checking.at_least_3d(convert_to_tensor(image, name="image"))

        def one() -> Tensor:
            flips = comparison.less(random_uniform([], 0, 1.0, seed=seed), 0.5)
            flipped = cond(flips, lambda: reverse(image, [axis]), lambda: image, name=scope)
            return _shaped_as(image, flipped)

        def batch() -> Tensor:
            count = shape_of.shape(image)[0]
            numbers = random_uniform([count], 0, 1.0, seed=seed)
            flips = elementwise.round_(reshaping.reshape(numbers, [count, 1, 1, 1]))
            flips = cast(flips, image.dtype)
            flipped = reverse(image, [axis + 1])
            return flips * flipped + (1 - flips) * image

        return checking.by_rank(image, one, batch)


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the picture, `k` quarters of a turn to the left.

    Raises:
      ValueError: another rank; `k` is no scalar.
    """
    with name_scope(name, "rot90", [image, k]) as scope:
        image = checking.at_least_3d(convert_to_tensor(image, name="image"))
        k = convert_to_tensor(k, dtype=dtypes.int32, name="k")
        k.shape.assert_has_rank(0)
        k = floormod(k, 4)
        return checking.by_rank(
            image, lambda: _turned(image, k, 0, scope), lambda: _turned(image, k, 1, scope)
        )


def _turned(image: Tensor, k: Tensor, first: int, scope: str) -> Tensor:
    """`first` is the axis of the rows."""
    rows, columns = first, first + 1
    swapped = [*range(first), columns, rows, columns + 1]
    quarters = [
        lambda: transposing.transpose(reverse(image, [columns]), swapped),
        lambda: reverse(image, [rows, columns]),
        lambda: reverse(transposing.transpose(image, swapped), [columns]),
    ]
    cases = [(comparison.equal(k, i), turn) for i, turn in enumerate(quarters, 1)]
    turned = case(cases, default=lambda: image, exclusive=True, name=scope)
    if first:
        turned.set_shape([turned.shape[0], None, None, turned.shape[3]])
    else:
        turned.set_shape([None, None, image.shape[2]])
    return turned


def transpose(image: Any, name: str | None = None) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> n[w, h, c] or n[n, w, h, c]

    Raises:
      ValueError: another rank.
    """
    with name_scope(name, "transpose", [image]):
        image = checking.at_least_3d(convert_to_tensor(image, name="image"))

        def swap(axes: Sequence[int]) -> Tensor:
            return transposing.transpose(image, axes, name=name)

        return checking.by_rank(image, lambda: swap([1, 0, 2]), lambda: swap([0, 2, 1, 3]))
