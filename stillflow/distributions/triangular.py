"""Triangular matrices from vectors and back, diagonals put together, axes turned."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.shapes import prefer_static_rank
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, filling, joining, reshaping, shape_of
from stillflow.ops.array.reversing import reverse
from stillflow.ops.math import casts, elementwise


def fill_triangular(x: Any, upper: bool = False, name: str | None = None) -> Tensor:
    """Returns a triangular matrix, n[..., k, k], of the elements of `x`, n[..., k (k + 1) / 2].

    They go round: the last ones fill the last row, the others the rows before it and, backwards,
    what is left of it; an `upper` one is filled from its first row.

    Raises:
      ValueError: there is no such k.
    """
    with name_scope(name, "fill_triangular", values=[x]):
        x = convert_to_tensor(x, name="x")
        count = x.shape.with_rank_at_least(1)[-1].value
        k: Any
        if count is not None:
            root = np.sqrt(0.25 + 2.0 * count) - 0.5
            if root != np.floor(root):
                raise ValueError(
                    f"Input right-most shape ({count}) does not correspond to a triangular matrix."
                )
            k = np.int32(root)
            static = x.shape[:-1].concatenate([k, k])
        else:
            size = shape_of.shape(x)[-1]
            half = casts.cast(2 * size, dtype=dtypes.float32)
            k = casts.cast(elementwise.sqrt(0.25 + half), dtype=dtypes.int32)
            static = x.shape[:-1].concatenate([None, None])
        rank = prefer_static_rank(x)
        if upper:
            parts = [x, reverse(x[..., k:], axis=[rank - 1])]
        else:
            parts = [x[..., k:], reverse(x, axis=[rank - 1])]
        shape = (
            static.as_list()
            if static.is_fully_defined()
            else joining.concat([shape_of.shape(x)[:-1], [k, k]], axis=0)
        )
        x = reshaping.reshape(joining.concat(parts, axis=-1), shape)
        bands = {"num_lower": 0, "num_upper": -1} if upper else {"num_lower": -1, "num_upper": 0}
        x = diagonals.matrix_band_part(x, **bands)
        x.set_shape(static)
        return x


def fill_triangular_inverse(x: Any, upper: bool = False, name: str | None = None) -> Tensor:
    """Returns the vectors, n[..., k (k + 1) / 2], of which `fill_triangular` makes `x`."""
    with name_scope(name, "fill_triangular_inverse", values=[x]):
        x = convert_to_tensor(x, name="x")
        k: Any = x.shape.with_rank_at_least(2)[-1].value
        if k is not None:
            k = np.int32(k)
            count = np.int32(k * (k + 1) // 2)
            static = x.shape[:-2].concatenate([count])
        else:
            k = shape_of.shape(x)[-1]
            count = k * (k + 1) // 2
            static = x.shape[:-2].concatenate([None])
        rank = prefer_static_rank(x)
        if upper:
            first, rest = x[..., 0, :], x[..., 1:, :]
        else:
            first, rest = reverse(x[..., -1, :], axis=[rank - 2]), x[..., :-1, :]
        turned = reverse(reverse(rest, axis=[rank - 1]), axis=[rank - 2])
        whole = rest + turned
        sizes = joining.concat([shape_of.shape(x)[:-2], [k * (k - 1)]], axis=0)
        sequence = reshaping.reshape(whole, sizes)
        y = joining.concat([first, sequence[..., : count - k]], axis=-1)
        y.set_shape(static)
        return y


def matrix_diag_transform(
    matrix: Any, transform: Callable[[Tensor], Any] | None = None, name: str | None = None
) -> Tensor:
    """Returns `matrix`, n[..., k, k], with `transform` of its diagonal, n[..., k], in its place."""
    with name_scope(name, "matrix_diag_transform", [matrix]):
        matrix = convert_to_tensor(matrix, name="matrix")
        if transform is None:
            return matrix
        changed = transform(diagonals.matrix_diag_part(matrix))
        return diagonals.matrix_set_diag(matrix, changed)


def tridiag(
    below: Any = None, diag: Any = None, above: Any = None, name: str | None = None
) -> Tensor:
    """Returns a matrix, n[..., k, k], of its diagonal and of those beside it, n[..., k - 1].

    Raises:
      ValueError: none is given.
    """

    def padded(x: Tensor) -> Tensor:
        shape = joining.concat([shape_of.shape(x)[:-1], [1]], axis=0)
        zero = filling.zeros(shape, dtype=x.dtype)
        return joining.concat([zero, x, zero], axis=-1)

    with name_scope(name, "tridiag", [below, diag, above]):
        parts = []
        if below is not None:
            below = convert_to_tensor(below, name="below")
            parts.append(diagonals.matrix_diag(padded(below))[..., :-1, 1:])
        if diag is not None:
            parts.append(diagonals.matrix_diag(convert_to_tensor(diag, name="diag")))
        if above is not None:
            above = convert_to_tensor(above, name="above")
            parts.append(diagonals.matrix_diag(padded(above))[..., 1:, :-1])
        if not parts:
            raise ValueError("Must specify at least one of `below`, `diag`, `above`.")
        return reduce(lambda total, part: total + part, parts)
